#include "limn/eval/lists.h"

#include <algorithm>

namespace limn {

double popularity_at(std::span<const Scored> list, std::size_t k,
                     std::span<const std::uint32_t> popularity) {
  const std::span<const Scored> head = list.first(std::min(k, list.size()));
  double sum = 0;
  for (const Scored& entry : head) sum += popularity[entry.index];
  return head.empty() ? 0 : sum / static_cast<double>(head.size());
}

std::vector<ItemIndex> expected_items(std::span<const ItemIndex> by_popularity,
                                      std::span<const ItemIndex> seen, std::size_t k) {
  std::vector<ItemIndex> expected;
  for (const ItemIndex item : by_popularity) {
    if (expected.size() == k) break;
    if (!std::ranges::binary_search(seen, item)) expected.push_back(item);
  }
  std::ranges::sort(expected);
  return expected;
}

double serendipity_at(std::span<const Scored> list, std::size_t k,
                      std::span<const ItemIndex> relevant, std::span<const ItemIndex> expected) {
  double found = 0;
  for (const Scored& entry : list.first(std::min(k, list.size()))) {
    found += std::ranges::binary_search(relevant, entry.index) &&
                     !std::ranges::binary_search(expected, entry.index)
                 ? 1
                 : 0;
  }
  return k > 0 ? found / static_cast<double>(k) : 0;
}

}  // namespace limn
