// Swaps: what Lloyd's algorithm cannot do alone, a centroid that leaves one place for another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "limn/core/matrix.h"

namespace limn {

// Two clusters become one, and another becomes two.
struct Swap {
  std::size_t merged = 0;  // the first of the two
  std::size_t freed = 0;   // the second, whose centroid the split cluster gets
  std::size_t split = 0;
  Matrix halves;       // (2, dim): the split cluster's centroids, of length 1
  double inertia = 0;  // what it adds to the inertia before any other point moves; < 0: it lowers
};

// The swaps of a clustering of `points` (n, dim), rows of length 1, by `labels` into `k` clusters,
// that add least to the inertia: at most `count`, the best first, each of another split cluster.
// None where k < 3. Costs some 20 n dim + k k dim multiplications, in parallel.
[[nodiscard]] std::vector<Swap> best_swaps(MatrixView points, std::span<const std::uint32_t> labels,
                                           std::size_t k, std::size_t count);

// The centroids (k, dim) after the swap, of the clusters that `labels` made.
[[nodiscard]] Matrix swapped(MatrixView points, std::span<const std::uint32_t> labels,
                             Matrix centroids, const Swap& swap);

}  // namespace limn
