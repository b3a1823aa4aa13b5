// Merging clusters that say nearly the same.
#pragma once

#include "limn/cluster/kmeans.h"
#include "limn/core/matrix.h"

namespace limn {

// Joins clusters whose centroids are more alike than `max_similarity`, the most alike first, until
// none are; then labels the points anew. `restart_inertias` and `iterations` stay.
//
// Costs k^2 (dim + k) and one assignment. Requires the points that `clustering` was made from.
[[nodiscard]] Clustering merge_similar(MatrixView points, const Clustering& clustering,
                                       float max_similarity);

}  // namespace limn
