// The normalised Gram matrix: items are near when the same users use them, users who use much
// saying less.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "limn/core/sparse.h"
#include "limn/recommend/item_weights.h"

namespace limn {

struct GramOptions {
  double user_exponent = 1;    // a user's pairs are divided by the user's total to this power,
  double from_exponent = 0.5;  // each weight by the history item's total to this one,
  double to_exponent = 0.5;    // and by the recommended item's total to this one
  double power = 1;            // then the weights are taken to this power: below 1 evens them out
  std::size_t k = 256;         // weights kept a row
  std::span<const std::uint8_t> rows;  // (items), 0: rows that are left empty; empty: fit all
};

// W[i, j] = (sum_u r_ui r_uj / n_u^user / (d_i^from d_j^to))^power of the (users, items) matrix r,
// with n the sums over a user's items and d those over an item's users.
//
// Exponents 1, 1/2 and 1/2 give the linear filter of graph filtering (GF-CF: Shen et al., 2021),
// `power` is that of Turbo-CF (Park et al., 2024). Parallel, the same bytes on any number of
// threads. O(sum over users of n_u^2) time.
[[nodiscard]] ItemWeights fit_gram(SparseView interactions, const GramOptions& options);

}  // namespace limn
