// Sorted lists without repetitions.
#pragma once

#include <algorithm>
#include <vector>

namespace limn {

// Makes `values` ascending and each of them once. O(n log n).
template <typename T>
void sort_unique(std::vector<T>& values) {
  std::ranges::sort(values);
  const auto rest = std::ranges::unique(values);
  values.erase(rest.begin(), rest.end());
}

}  // namespace limn
