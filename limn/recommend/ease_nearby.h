// EASE for many items: each item is explained by its nearest items only, exactly.
#pragma once

#include <cstddef>

#include "limn/core/matrix.h"
#include "limn/core/result.h"
#include "limn/core/sparse.h"
#include "limn/recommend/item_weights.h"

namespace limn {

struct EaseNearbyOptions {
  double l2 = 100;          // ridge
  double dropout = 0.1;     // as EaseOptions
  std::size_t nearby = 64;  // items that may explain an item
  std::size_t k = 256;      // weights kept a row
  double text_weight = 0;   // how strongly weights are drawn to the texts' similarities; 0: no text
  std::size_t text_nearby = 32;  // with texts: how many of the nearest texts join the nearby items
};

// Fits on the (users, items) matrix. For each item j the columns of the `nearby` items most like it
// (by the normalised Gram matrix, and by `text_neighbours`, (items, items), cosines; may be empty)
// explain its own column best: b = (G_SS + ridge)^-1 (G_Sj + text_weight c_Sj), the solution of
// EASE with every other weight fixed at 0.
//
// O(sum of n_u^2 + items nearby^3 / 6) time; memory: the pairs of items that share a user, 8 bytes
// each. Parallel, the same bytes on any number of threads. Errors: invalid_argument for a ridge
// that is not above 0, dropout outside [0, 1).
[[nodiscard]] Result<ItemWeights> fit_ease_nearby(SparseView interactions,
                                                  SparseView text_neighbours,
                                                  const EaseNearbyOptions& options);

}  // namespace limn
