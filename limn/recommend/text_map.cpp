#include "limn/recommend/text_map.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <lapacke.h>

#include "limn/core/check.h"
#include "limn/core/parallel.h"
#include "limn/core/vector_ops.h"
#include "limn/recommend/blas.h"
#include "limn/recommend/factor_kernels.h"

namespace limn {
namespace {

// Rows of a product that a thread makes at once.
constexpr std::size_t rows_per_chunk = 16;

// F' C V (text dim, dim): each of its rows is summed over the items by one thread.
Matrix cross_products(MatrixView factors, MatrixView embeddings,
                      std::span<const float> confidence) {
  Matrix sums(embeddings.cols(), factors.cols());
  parallel_for(embeddings.cols(), rows_per_chunk, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = 0; i < factors.rows(); ++i) {
      if (confidence[i] == 0) continue;
      for (std::size_t t = begin; t < end; ++t) {
        add_scaled(sums.row(t), confidence[i] * embeddings.row(i)[t], factors.row(i));
      }
    }
  });
  return sums;
}

// F' C F + l2 * scale I, column by column.
std::vector<float> ridge_system(MatrixView embeddings, std::span<const float> confidence,
                                double l2) {
  const FactorRows sums = gram(FactorRows(embeddings), confidence);
  const std::size_t n = embeddings.cols();
  double trace = 0;
  for (std::size_t t = 0; t < n; ++t) trace += sums.row(t)[t];
  std::vector<float> system(n * n);
  for (std::size_t t = 0; t < n; ++t) {
    std::copy_n(sums.row(t), n, system.begin() + static_cast<std::ptrdiff_t>(t * n));
    system[t * n + t] += static_cast<float>(l2 * trace / static_cast<double>(n));
  }
  return system;
}

}  // namespace

Result<Matrix> fit_text_map(MatrixView factors, MatrixView embeddings,
                            std::span<const float> confidence, const TextMapOptions& options) {
  LIMN_CHECK(factors.rows() == embeddings.rows());
  LIMN_CHECK(factors.rows() == confidence.size());
  const std::size_t n = embeddings.cols();
  const std::size_t dim = factors.cols();
  const bool any = std::ranges::any_of(confidence, [](float value) { return value > 0; });
  if (!any || n == 0 || dim == 0) {
    return fail(
        ErrorCode::invalid_argument,
        "cannot map texts to factors: no item has both users and a text (leave the map out)");
  }
  std::vector<float> system = ridge_system(embeddings, confidence, options.l2);
  const Matrix sums = cross_products(factors, embeddings, confidence);
  std::vector<float> columns(n * dim);  // a column for each dimension of the factors
  for (std::size_t j = 0; j < dim; ++j) {
    for (std::size_t t = 0; t < n; ++t) columns[j * n + t] = sums.row(t)[j];
  }
  use_one_blas_thread();
  const auto order = static_cast<lapack_int>(n);
  const lapack_int status =
      LAPACKE_sposv(LAPACK_COL_MAJOR, 'L', order, static_cast<lapack_int>(dim), system.data(),
                    order, columns.data(), order);
  const bool finite =
      std::ranges::all_of(columns, [](float value) { return std::isfinite(value); });
  if (status != 0 || !finite) {
    return fail(ErrorCode::invalid_argument,
                "cannot map texts to factors: l2 {}: the system has no solution (raise l2)",
                options.l2);
  }
  return Matrix(dim, n, std::move(columns));
}

Matrix map_texts(MatrixView map, MatrixView embeddings) {
  LIMN_CHECK(map.cols() == embeddings.cols());
  Matrix mapped(embeddings.rows(), map.rows());
  parallel_for(mapped.rows(), rows_per_chunk, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) multiply(map, embeddings.row(i), mapped.row(i));
  });
  return mapped;
}

Matrix blend_factors(MatrixView factors, MatrixView mapped, std::span<const float> confidence,
                     double prior) {
  LIMN_CHECK(factors.rows() == mapped.rows() && factors.cols() == mapped.cols());
  LIMN_CHECK(factors.rows() == confidence.size());
  Matrix blended(factors.rows(), factors.cols());
  for (std::size_t i = 0; i < factors.rows(); ++i) {
    const std::span<const float> words = mapped.row(i);
    const bool silent = std::ranges::all_of(words, [](float value) { return value == 0; });
    const double known = std::max(0.0F, confidence[i]);
    const double share = silent ? 1 : known + prior > 0 ? known / (known + prior) : 0;
    add_scaled(blended.row(i), static_cast<float>(share), factors.row(i));
    add_scaled(blended.row(i), static_cast<float>(1 - share), words);
  }
  return blended;
}

}  // namespace limn
