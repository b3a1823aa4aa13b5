// Word neighbours: the items whose texts share the rarest words, as item weights (BM25).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "limn/core/sparse.h"
#include "limn/recommend/item_weights.h"

namespace limn {

struct WordNeighbourOptions {
  double k1 = 1.2;                     // how soon a repeated word stops counting
  double b = 0.75;                     // how much long texts are held back
  std::size_t query_words = 40;        // of an item's text, those that weigh most are looked for
  std::size_t k = 256;                 // neighbours kept a row
  std::span<const std::uint8_t> rows;  // (items), 0: rows that are left empty; empty: fit all
};

// Row i ranks all other items by BM25 (Robertson and Zaragoza, 2009) with the text of item i as the
// query, over what its own text gets: so every history item has one voice, and two equal texts have
// weight 1. `counts` (items, words). Parallel, the same bytes on any number of threads.
// O(items * query_words * texts that have a word).
[[nodiscard]] ItemWeights fit_word_neighbours(SparseView counts,
                                              const WordNeighbourOptions& options);

}  // namespace limn
