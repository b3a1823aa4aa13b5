#include "limn/recommend/item_weights.h"

#include <algorithm>
#include <array>
#include <bit>
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

namespace {

// Less for a larger weight, whatever its sign, and then for the first item: one whole number, which
// is quicker to compare than both. The bits of floats from 0 on are in the order of the floats.
std::uint64_t size_key(const WeightedItem& entry) {
  const std::uint32_t size = std::bit_cast<std::uint32_t>(std::abs(entry.weight));
  return static_cast<std::uint64_t>(~size) << 32U | entry.item;
}

// The key that k others are less than. Requires k < row.size(). By way of how many keys begin with
// which bits: a comparison of two random numbers, which nth_element does for each, is guessed wrong
// by the processor half of the time.
std::uint64_t kth_key(std::span<const WeightedItem> row, std::size_t k) {
  constexpr unsigned shift = 52;  // an exponent, and three bits more
  std::array<std::uint32_t, 1U << 12U> counts{};
  for (const WeightedItem& entry : row) counts[size_key(entry) >> shift] += 1;
  std::size_t bucket = 0;
  std::size_t before = 0;
  while (before + counts[bucket] <= k) before += counts[bucket++];
  std::vector<std::uint64_t> keys;
  for (const WeightedItem& entry : row) {
    if (size_key(entry) >> shift == bucket) keys.push_back(size_key(entry));
  }
  const auto kth = keys.begin() + static_cast<std::ptrdiff_t>(k - before);
  std::nth_element(keys.begin(), kth, keys.end());
  return *kth;
}

}  // namespace

void keep_largest(std::vector<WeightedItem>& row, std::size_t k) {
  std::erase_if(row, [](const WeightedItem& entry) {
    return entry.weight == 0 || !std::isfinite(entry.weight);
  });
  if (row.size() > k) {
    const std::uint64_t first_out = kth_key(row, k);
    std::erase_if(row, [&](const WeightedItem& entry) { return size_key(entry) >= first_out; });
  }
  const auto by_item = [](const WeightedItem& a, const WeightedItem& b) { return a.item < b.item; };
  if (!std::is_sorted(row.begin(), row.end(), by_item)) std::sort(row.begin(), row.end(), by_item);
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
