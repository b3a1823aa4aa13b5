// ItemWeights: the one shape that item models share, with one way to score and to explain it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "limn/core/sparse.h"
#include "limn/core/types.h"
#include "limn/recommend/item_places.h"

namespace limn {

// (items, items): row h holds what history item h contributes to the score of each other item, the
// k largest by magnitude. The diagonal is empty.
using ItemWeights = SparseMatrix;

// scores[i] += sum over the history of weight(h) * weights[h, i]. Entries beyond the matrix are
// skipped: they are items newer than the model. Requires scores of weights.cols(). O(history * k).
void add_history_scores(SparseView weights, History history, std::span<float> scores);

// share(place, entry, weight) for each of `items`, at its place, and each entry of the history that
// adds weight != 0 to its score, in the history's order; they add up to it. The rows are read once
// for all items. Requires items < weights.cols(), each of them once. O(cols + history * k).
template <typename Share>
void each_history_share(SparseView weights, History history, std::span<const ItemIndex> items,
                        Share&& share) {
  const ItemPlaces places(items, weights.cols());
  for (const HistoryEntry& entry : history) {
    if (entry.item >= weights.rows() || entry.weight == 0) continue;
    places.find(weights.row(entry.item), [&](std::size_t place, float weight) {
      share(place, entry, entry.weight * weight);
    });
  }
}

// A row of a model in the making: a column and its weight.
struct WeightedItem {
  ItemIndex item = 0;
  float weight = 0;
};

// Keeps the k of largest magnitude (ties: the lower item), columns ascending; drops zeros and what
// is not finite.
void keep_largest(std::vector<WeightedItem>& row, std::size_t k);

// The matrix of rows[h], each with columns ascending.
[[nodiscard]] ItemWeights to_item_weights(std::span<const std::vector<WeightedItem>> rows,
                                          std::size_t item_count);

}  // namespace limn
