// Interactions: who used what, how strongly, as the matrix that item models are fitted on.
#pragma once

#include <cstddef>
#include <span>

#include "limn/core/sparse.h"
#include "limn/core/types.h"

namespace limn {

struct InteractionOptions {
  float min_weight = 0;  // pairs that do not weigh more are left out
  float max_weight = 2;  // heavier pairs weigh this: the tenth purchase says little new
};

// The (users, items) matrix: row u holds the summed weights of histories[u] by item.
//
// Histories are taken without decay. Negative sums are left out: models learn from what was liked.
// Requires every item < item_count. O(events log events).
[[nodiscard]] SparseMatrix interactions(std::span<const History> histories, std::size_t item_count,
                                        const InteractionOptions& options);

}  // namespace limn
