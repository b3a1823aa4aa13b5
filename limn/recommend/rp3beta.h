// RP3beta: three steps of a random walk from item to user to item, popular ends held back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "limn/core/sparse.h"
#include "limn/recommend/item_weights.h"

namespace limn {

struct Rp3BetaOptions {
  double alpha = 1;       // exponent of each step's probability
  double beta = 0.3;      // exponent of the popularity that a walk's end is divided by
  std::size_t k = 256;    // weights kept a row
  bool normalize = true;  // scale each row to a sum of 1: every history item has one voice
  std::span<const std::uint8_t> rows;  // (items), 0: rows that are left empty; empty: fit all
};

// Fits on the (users, items) matrix of positive weights. Rows are computed in parallel, each in its
// own order: the same bytes on any number of threads. O(sum over users of n_u^2) time.
[[nodiscard]] ItemWeights fit_rp3beta(SparseView interactions, const Rp3BetaOptions& options);

}  // namespace limn
