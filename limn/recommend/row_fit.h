// Fitting item weights row by row: a sparse accumulator, and the parallel loop over the rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "limn/recommend/item_weights.h"

namespace limn {

// Sums positive weights by item; costs what is added, not the number of items (Gustavson, 1978).
class RowAccumulator {
 public:
  explicit RowAccumulator(std::size_t item_count) : sums_(item_count) {}

  // Requires weight >= 0.
  void add(ItemIndex item, float weight) {
    if (sums_[item] == 0) touched_.push_back(item);
    sums_[item] += weight;
  }

  // The sums that are not 0, items ascending; leaves this empty.
  [[nodiscard]] std::vector<WeightedItem> take();

 private:
  std::vector<float> sums_;  // (items), 0 where nothing was added
  std::vector<ItemIndex> touched_;
};

// Row i of the result is what fit(i, accumulator) answers, its k largest weights kept. `fit` is
// called from several threads, with an empty accumulator that is its own for the call. The same
// bytes on any number of threads. Where `wanted` is not empty, (items), rows that it marks 0 stay
// empty and cost nothing: to try settings on some users, the rows of their histories are enough.
[[nodiscard]] ItemWeights fit_rows(
    std::size_t item_count, std::size_t k,
    const std::function<std::vector<WeightedItem>(ItemIndex, RowAccumulator&)>& fit,
    std::span<const std::uint8_t> wanted = {});

}  // namespace limn
