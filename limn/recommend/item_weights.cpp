#include "limn/recommend/item_weights.h"

#include <algorithm>
#include <cmath>

#include "limn/core/check.h"

namespace limn {

void add_history_scores(SparseView weights, History history, std::span<float> scores) {
  LIMN_CHECK(scores.size() == weights.cols());
  for (const HistoryEntry& entry : history) {
    if (entry.item >= weights.rows() || entry.weight == 0) continue;
    const SparseRow row = weights.row(entry.item);
    for (std::size_t i = 0; i < row.size(); ++i) {
      scores[row.cols[i]] += entry.weight * row.values[i];
    }
  }
}

void keep_largest(std::vector<WeightedItem>& row, std::size_t k) {
  std::erase_if(row, [](const WeightedItem& entry) {
    return entry.weight == 0 || !std::isfinite(entry.weight);
  });
  if (row.size() > k) {
    const auto larger = [](const WeightedItem& a, const WeightedItem& b) {
      const float size_a = std::abs(a.weight);
      const float size_b = std::abs(b.weight);
      return size_a != size_b ? size_a > size_b : a.item < b.item;
    };
    std::nth_element(row.begin(), row.begin() + static_cast<std::ptrdiff_t>(k), row.end(), larger);
    row.resize(k);
  }
  std::sort(row.begin(), row.end(),
            [](const WeightedItem& a, const WeightedItem& b) { return a.item < b.item; });
}

ItemWeights to_item_weights(std::span<const std::vector<WeightedItem>> rows,
                            std::size_t item_count) {
  std::vector<std::uint64_t> offsets{0};
  offsets.reserve(rows.size() + 1);
  for (const auto& row : rows) offsets.push_back(offsets.back() + row.size());

  std::vector<std::uint32_t> items;
  std::vector<float> weights;
  items.reserve(offsets.back());
  weights.reserve(offsets.back());
  for (const auto& row : rows) {
    for (const auto& [item, weight] : row) {
      items.push_back(item);
      weights.push_back(weight);
    }
  }
  return {std::move(offsets), std::move(items), std::move(weights), item_count};
}

}  // namespace limn
