#include "limn/recommend/interactions.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "limn/core/check.h"

namespace limn {
namespace {

// A history's items, ascending, each with the sum of its weights.
std::vector<std::pair<ItemIndex, double>> summed_by_item(History history) {
  std::vector<std::pair<ItemIndex, double>> sums;
  sums.reserve(history.size());
  for (const HistoryEntry& entry : history) {
    if (std::isfinite(entry.weight)) sums.emplace_back(entry.item, entry.weight);
  }
  // Stable: equal items are added in the order of their events, on every machine.
  std::stable_sort(sums.begin(), sums.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < sums.size(); ++i) {
    if (kept > 0 && sums[kept - 1].first == sums[i].first) {
      sums[kept - 1].second += sums[i].second;
    } else {
      sums[kept++] = sums[i];
    }
  }
  sums.resize(kept);
  return sums;
}

}  // namespace

SparseMatrix interactions(std::span<const History> histories, std::size_t item_count,
                          const InteractionOptions& options) {
  std::vector<std::uint64_t> offsets{0};
  std::vector<std::uint32_t> items;
  std::vector<float> weights;
  offsets.reserve(histories.size() + 1);
  for (const History history : histories) {
    for (const auto& [item, weight] : summed_by_item(history)) {
      LIMN_CHECK(item < item_count);
      if (weight <= options.min_weight || weight <= 0) continue;
      items.push_back(item);
      weights.push_back(std::min(static_cast<float>(weight), options.max_weight));
    }
    offsets.push_back(items.size());
  }
  return {std::move(offsets), std::move(items), std::move(weights), item_count};
}

}  // namespace limn
