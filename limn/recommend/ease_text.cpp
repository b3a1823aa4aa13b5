// L3AE (2025): two EASE models, of the texts and of the behaviour, the second drawn to the first.
//
// The texts: with E (items, dim) the inverse of E E' + t I is, by Woodbury's identity,
// (I - E M E') / t with M = (t I + E'E)^-1, so that EASE of the texts is
// C[i, j] = e_i' M e_j / (1 - e_j' M e_j) off the diagonal: rank dim, never written out.
//
// The behaviour: with P = (X'X + ridge + w I)^-1 the gradient and the constraint give
// B = w P C - P diag(mu) off the diagonal, mu_j = (1 + w (PC)[j, j]) / P[j, j]. With C = U V' less
// its diagonal, P C = (P U) V' - P diag(own): one product with a thin matrix, and one row by row.
#include "limn/recommend/ease_text.h"

#include <cmath>
#include <optional>
#include <vector>

#include "limn/core/check.h"
#include "limn/core/parallel.h"
#include "limn/core/vector_ops.h"
#include "limn/recommend/product.h"
#include "limn/recommend/square.h"

namespace limn {
namespace {

constexpr std::size_t block_rows = 64;

// (dim, dim): E'E, the lower triangle of its column-major form.
Square moments(MatrixView embeddings) {
  Square result(embeddings.cols());
  const std::size_t dim = embeddings.cols();
  parallel_for(dim, block_rows, [&](std::size_t begin, std::size_t end) {
    const float* const from = embeddings.data();
    add_product({end - begin, dim - begin, embeddings.rows()}, 1, {from + begin, dim, true},
                {from + begin, dim}, result.column(begin).data() + begin, result.stride());
  });
  return result;
}

// a b for a symmetric `square` (n, n) and b (n, dim).
Matrix times(const Square& square, MatrixView b) {
  Matrix result(b.rows(), b.cols());
  parallel_for(b.rows(), block_rows, [&](std::size_t begin, std::size_t end) {
    add_product({end - begin, b.cols(), b.rows()}, 1,
                {square.column(begin).data(), square.stride()}, {b.data(), b.cols()},
                result.row(begin).data(), b.cols());
  });
  return result;
}

// b a for b (n, dim) and a symmetric `square` (dim, dim).
Matrix times(MatrixView b, const Square& square) {
  Matrix result(b.rows(), b.cols());
  parallel_for(b.rows(), block_rows, [&](std::size_t begin, std::size_t end) {
    add_product({end - begin, b.cols(), b.cols()}, 1, {b.row(begin).data(), b.cols()},
                {square.data(), square.stride()}, result.row(begin).data(), b.cols());
  });
  return result;
}

// Row i of the answer is what fit_ease_text() promises, from row i of P and of P U V'.
struct Combined {
  const Square& inverse;
  const Matrix& through;  // (items, dim): P U
  const TextEase& text;
  double weight = 0;

  // mu, as above.
  [[nodiscard]] std::vector<double> multipliers() const {
    std::vector<double> result(inverse.n());
    for (std::size_t j = 0; j < result.size(); ++j) {
      const double p = inverse.column(j)[j];
      const double pc = dot(through.row(j), text.right.row(j)) - p * text.own[j];
      result[j] = (1 + weight * pc) / p;
    }
    return result;
  }
};

ItemWeights combine(const Combined& parts, std::size_t k) {
  const std::size_t n = parts.inverse.n();
  const std::vector<double> mu = parts.multipliers();
  const std::size_t dim = parts.text.right.cols();
  std::vector<std::vector<WeightedItem>> rows(n);
  parallel_for(n, block_rows, [&](std::size_t begin, std::size_t end) {
    std::vector<float> products((end - begin) * n);
    add_product({end - begin, n, dim}, 1, {parts.through.row(begin).data(), dim},
                {parts.text.right.data(), dim, true}, products.data(), n);
    std::vector<WeightedItem> row;
    for (std::size_t i = begin; i < end; ++i) {
      const std::span<const float> p = parts.inverse.column(i);
      row.clear();
      for (std::size_t j = 0; j < n; ++j) {
        if (i == j) continue;
        const double pc = products[(i - begin) * n + j] - p[j] * parts.text.own[j];
        const double weight = parts.weight * pc - p[j] * mu[j];
        row.push_back({static_cast<ItemIndex>(j), static_cast<float>(weight)});
      }
      keep_largest(row, k);
      rows[i].assign(row.begin(), row.end());
    }
  });
  return to_item_weights(rows, n);
}

}  // namespace

std::optional<TextEase> fit_text_ease(MatrixView embeddings, double ridge) {
  LIMN_CHECK(ridge > 0);
  Square inner = moments(embeddings);
  add_ridge(inner, ridge, 0);
  if (!invert(inner)) return std::nullopt;

  TextEase model;
  model.left = Matrix(embeddings.rows(), embeddings.cols());
  model.own.resize(embeddings.rows());
  model.right = times(embeddings, inner);
  for (std::size_t i = 0; i < embeddings.rows(); ++i) {
    const std::span<const float> row = embeddings.row(i);
    std::copy(row.begin(), row.end(), model.left.row(i).begin());
    const std::span<float> right = model.right.row(i);
    const double leverage = dot(right, row);  // below 1, as the ridge is above 0
    scale(right, static_cast<float>(1 / (1 - leverage)));
    model.own[i] = static_cast<float>(leverage / (1 - leverage));
    if (!std::isfinite(model.own[i])) return std::nullopt;
  }
  return model;
}

Result<ItemWeights> fit_ease_text(SparseView interactions, MatrixView embeddings,
                                  const EaseTextOptions& options) {
  LIMN_CHECK(embeddings.rows() == interactions.cols());
  LIMN_TRY_VOID(check_ease_options(interactions.cols(), options.behaviour));
  if (!(options.text_ridge > 0) || !(options.text_weight > 0)) {
    return fail(ErrorCode::invalid_argument,
                "cannot fit EASE: text_ridge {}, text_weight {}: both must be above 0",
                options.text_ridge, options.text_weight);
  }
  if (interactions.cols() == 0) return ItemWeights(0, 0);
  const std::optional<TextEase> text = fit_text_ease(embeddings, options.text_ridge);
  Square square = lower_gram(interactions);
  add_ridge(square, options.behaviour.l2, options.behaviour.dropout);
  add_ridge(square, options.text_weight, 0);
  if (!text || !invert(square)) {
    return fail(ErrorCode::invalid_argument,
                "cannot fit EASE: l2 {}, text_ridge {}: the matrix cannot be inverted (use larger "
                "ones)",
                options.behaviour.l2, options.text_ridge);
  }
  const Matrix through = times(square, text->left);
  return combine({square, through, *text, options.text_weight}, options.behaviour.k);
}

}  // namespace limn
