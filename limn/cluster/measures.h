// Measures of clusterings: of one by itself, and of how far two of them agree.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "limn/core/matrix.h"

namespace limn {

// Mean silhouette by cosine distance: (b - a) / max(a, b), where a is a point's mean distance to
// the others of its cluster and b that to the nearest other cluster; 0 for a point alone in its
// cluster. In [-1, 1]; 0 with fewer than two clusters. Points without a cluster are left out.
// Exact, and costs n k dim multiplications, in parallel. Requires labels of points.rows(), below
// UINT32_MAX - 1 or no_cluster, and rows of length 1.
[[nodiscard]] double silhouette(MatrixView points, std::span<const std::uint32_t> labels);

// Adjusted Rand index (Hubert and Arabie, 1985): 1 for the same partition, about 0 for chance.
// Labels are any numbers; no_cluster is a group like another. Requires equal lengths.
[[nodiscard]] double adjusted_rand(std::span<const std::uint32_t> a,
                                   std::span<const std::uint32_t> b);

// Normalised mutual information, over the mean of the two entropies: 0 to 1.
[[nodiscard]] double nmi(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b);

// Adjusted mutual information (Vinh, Epps and Bailey, 2010), over the mean of the two entropies:
// 1 for the same partition, about 0 for chance. Costs about n x clusters, of one side.
[[nodiscard]] double ami(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b);

}  // namespace limn
