// Text neighbours: the items whose texts mean most nearly the same, as item weights.
#pragma once

#include <cstddef>

#include "limn/core/matrix.h"
#include "limn/recommend/item_weights.h"

namespace limn {

struct TextNeighbourOptions {
  std::size_t k = 100;       // neighbours kept a row
  float min_similarity = 0;  // less similar ones are dropped
};

// The exact k nearest rows of `embeddings` (items, dim), rows of length 1 or 0, by cosine; an item
// without text (a row of zeros) has none and is nobody's. Parallel, the same bytes on any number of
// threads. O(items^2 dim) time.
[[nodiscard]] ItemWeights fit_text_neighbours(MatrixView embeddings,
                                              const TextNeighbourOptions& options);

}  // namespace limn
