// EASE: the linear model that reconstructs each user's items from the user's other items best.
#pragma once

#include <cstddef>

#include "limn/core/result.h"
#include "limn/core/sparse.h"
#include "limn/recommend/item_weights.h"

namespace limn {

struct EaseOptions {
  double l2 = 300;       // ridge
  double dropout = 0.1;  // EDLAE's p: adds p / (1 - p) of an item's own count to its ridge
  std::size_t k = 256;   // weights kept a row
  std::size_t max_items = 12'000;  // more are refused: memory is items^2 floats, time items^3
};

// Fits on the (users, items) matrix. One dense factorisation on one thread: 3 s at 8,000 items; the
// same bytes on any number of threads.
//
// Errors: invalid_argument for more than max_items (fit RP3beta instead), or where the ridge is too
// small for the matrix to be inverted.
[[nodiscard]] Result<ItemWeights> fit_ease(SparseView interactions, const EaseOptions& options);

// What fit_ease() refuses, for `items` items. Errors: as there.
[[nodiscard]] Result<void> check_ease_options(std::size_t items, const EaseOptions& options);

}  // namespace limn
