// Greedy k-means++: the first centroids of a k-means start.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "limn/core/matrix.h"

namespace limn {

// The rows of `points` (n, dim), of length 1 or 0, to start from: at most k, all distinct, none a
// row of zeros; fewer than k where there are not so many distinct points.
//
// Each next row is drawn with a chance proportional to its squared distance from the nearest one
// chosen so far; of a few rows so drawn, the one that lowers the inertia most is taken. Costs a few
// times n k dim multiplications, in parallel.
[[nodiscard]] std::vector<std::size_t> seed_rows(MatrixView points, std::size_t k,
                                                 std::uint64_t seed);

}  // namespace limn
