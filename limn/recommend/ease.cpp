// EASE (Steck, 2019): argmin |X - XB|^2 + |diag(ridge)^(1/2) B|^2 with a zero diagonal has the
// closed form B[i, j] = -P[i, j] / P[j, j], P = (X'X + diag(ridge))^-1. The ridge of an item grows
// with its count, as dropout on the inputs would do (EDLAE; Steck, 2020).
#include "limn/recommend/ease.h"

#include <vector>

#include "limn/recommend/row_fit.h"
#include "limn/recommend/square.h"

namespace limn {

Result<void> check_ease_options(std::size_t items, const EaseOptions& options) {
  if (items > options.max_items) {
    return fail(ErrorCode::invalid_argument,
                "cannot fit EASE: {} items: at most {} (use fit_ease_nearby(), or raise max_items: "
                "memory is 4 bytes times items squared)",
                items, options.max_items);
  }
  if (!(options.l2 > 0) || !(0 <= options.dropout && options.dropout < 1)) {
    return fail(ErrorCode::invalid_argument,
                "cannot fit EASE: l2 {}, dropout {}: l2 must be above 0 and dropout in [0, 1)",
                options.l2, options.dropout);
  }
  return {};
}

Result<ItemWeights> fit_ease(SparseView interactions, const EaseOptions& options) {
  const std::size_t n = interactions.cols();
  LIMN_TRY_VOID(check_ease_options(n, options));
  if (n == 0) return ItemWeights(0, 0);

  Square square = lower_gram(interactions);
  add_ridge(square, options.l2, options.dropout);
  if (!invert(square)) {
    return fail(ErrorCode::invalid_argument,
                "cannot fit EASE: l2 {}: the matrix cannot be inverted (use a larger l2)",
                options.l2);
  }

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
