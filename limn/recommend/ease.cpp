// EASE (Steck, 2019): argmin |X - XB|^2 + |diag(ridge)^(1/2) B|^2 with a zero diagonal has the
// closed form B[i, j] = -P[i, j] / P[j, j], P = (X'X + diag(ridge))^-1. The ridge of an item grows
// with its count, as dropout on the inputs would do (EDLAE; Steck, 2020).
//
// All in one square of floats, column-major as LAPACK wants it: a row-major call would transpose
// twice. float is enough as the ridge keeps the matrix well conditioned.
#include "limn/recommend/ease.h"

#include <algorithm>
#include <vector>

#include <lapacke.h>

#include "limn/core/parallel.h"
#include "limn/recommend/blas.h"
#include "limn/recommend/row_fit.h"

namespace limn {
namespace {

// Side of the square tiles that a transposition goes by: two of them fit the first cache.
constexpr std::size_t tile = 64;

// A symmetric (n, n) matrix, of which LAPACK reads and writes the lower triangle.
class Square {
 public:
  explicit Square(std::size_t n) : n_(n), values_(n * n) {}

  [[nodiscard]] std::size_t n() const { return n_; }
  [[nodiscard]] float* data() { return values_.data(); }
  [[nodiscard]] std::span<float> column(std::size_t j) { return {values_.data() + j * n_, n_}; }

 private:
  std::size_t n_;
  std::vector<float> values_;
};

// The lower triangle of X'X, column by column.
Square gram(SparseView interactions) {
  const SparseMatrix users_of_item = transpose(interactions);
  Square result(interactions.cols());
  parallel_for(result.n(), tile, [&](std::size_t begin, std::size_t end) {
    for (std::size_t j = begin; j < end; ++j) {
      const std::span<float> column = result.column(j);
      const SparseRow users = users_of_item.row(j);
      for (std::size_t u = 0; u < users.size(); ++u) {
        const SparseRow items = interactions.row(users.cols[u]);
        const auto first = std::lower_bound(items.cols.begin(), items.cols.end(), j);
        for (auto i = static_cast<std::size_t>(first - items.cols.begin()); i < items.size(); ++i) {
          column[items.cols[i]] += users.values[u] * items.values[i];
        }
      }
    }
  });
  return result;
}

void add_ridge(Square& square, const EaseOptions& options) {
  const double own = options.dropout / (1 - options.dropout);
  for (std::size_t j = 0; j < square.n(); ++j) {
    float& diagonal = square.column(j)[j];
    diagonal = static_cast<float>(diagonal + options.l2 + own * diagonal);
  }
}

// Inverts in place, the lower triangle only. Answers whether the matrix was positive definite.
bool invert(Square& square) {
  use_one_blas_thread();
  const auto n = static_cast<lapack_int>(square.n());
  return LAPACKE_spotrf_work(LAPACK_COL_MAJOR, 'L', n, square.data(), n) == 0 &&
         LAPACKE_spotri_work(LAPACK_COL_MAJOR, 'L', n, square.data(), n) == 0;
}

// Copies the lower triangle to the upper one, by tiles: columns of 12,000 floats alias in the
// cache.
void mirror(Square& square) {
  const std::size_t n = square.n();
  parallel_for(n, tile, [&](std::size_t begin, std::size_t end) {
    for (std::size_t rows = begin; rows < n; rows += tile) {
      for (std::size_t j = begin; j < end; ++j) {
        for (std::size_t i = std::max(rows, j + 1); i < std::min(n, rows + tile); ++i) {
          square.column(i)[j] = square.column(j)[i];
        }
      }
    }
  });
}

}  // namespace

Result<ItemWeights> fit_ease(SparseView interactions, const EaseOptions& options) {
  const std::size_t n = interactions.cols();
  if (n > options.max_items) {
    return fail(ErrorCode::invalid_argument,
                "cannot fit EASE: {} items: at most {} (use rp3beta, or raise max_items: memory is "
                "4 bytes times items squared)",
                n, options.max_items);
  }
  if (!(options.l2 > 0) || !(0 <= options.dropout && options.dropout < 1)) {
    return fail(ErrorCode::invalid_argument,
                "cannot fit EASE: l2 {}, dropout {}: l2 must be above 0 and dropout in [0, 1)",
                options.l2, options.dropout);
  }
  if (n == 0) return ItemWeights(0, 0);

  Square square = gram(interactions);
  add_ridge(square, options);
  if (!invert(square)) {
    return fail(ErrorCode::invalid_argument,
                "cannot fit EASE: l2 {}: the matrix cannot be inverted (use a larger l2)",
                options.l2);
  }
  mirror(square);

  std::vector<float> diagonal(n);
  for (std::size_t j = 0; j < n; ++j) diagonal[j] = square.column(j)[j];
  return fit_rows(n, options.k, [&](ItemIndex item, RowAccumulator&) {
    const std::span<const float> inverse = square.column(item);  // symmetric: the row as well
    std::vector<WeightedItem> row(n);
    for (std::size_t j = 0; j < n; ++j) {
      row[j] = {static_cast<ItemIndex>(j), -inverse[j] / diagonal[j]};
    }
    return row;
  });
}

}  // namespace limn
