// Spherical k-means: Lloyd's algorithm on cosine similarity, from several k-means++ starts, and
// swaps of centroids after each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "limn/cluster/assign.h"
#include "limn/core/matrix.h"

namespace limn {

struct KMeansOptions {
  std::size_t k = 64;       // clusters
  int max_iterations = 25;  // Lloyd steps of one start, and after each swap, at most
  double tolerance = 1e-4;  // stop once inertia falls by less than this share
  int restarts = 5;         // starts; the one with the lowest inertia is kept
  int swap_trials = 5;      // swaps that fail before a start is left as it is; 0: no swaps
  std::uint64_t seed = 1;   // same seed and points, same clusters
};

struct Clustering {
  Matrix centroids;                      // (k, dim), rows of length 1
  std::vector<std::uint32_t> labels;     // (n): points[i] belongs to centroids[labels[i]]
  double inertia = 0;                    // sum of squared distances, each point to its centroid
  int iterations = 0;                    // Lloyd steps on all points of the start that was kept
  std::vector<double> restart_inertias;  // of every start, in order: how much the start matters
};

// Partitions `points` (n, dim), rows of length 1, into `options.k` clusters.
//
// Every point is nearest its own centroid, and no cluster is empty: where there are fewer than k
// distinct points there are fewer clusters, so centroids.rows() tells how many there are. Rows of
// zeros get no_cluster and count nowhere. A step costs n k dim multiplications, in parallel; a
// start takes some 15 without swaps and some 70 with them, most of those on a sample of at most
// 16,384 points, or 128 a cluster. Requires k >= 1, restarts >= 1 and finite values.
[[nodiscard]] Clustering kmeans(MatrixView points, const KMeansOptions& options);

// As kmeans(), from given centroids (k, dim), rows of length 1, in place of starts of its own:
// cluster c goes on from row c, unless it is left without points. Reads of `options` the iterations
// and the tolerance. One restart_inertia.
[[nodiscard]] Clustering kmeans_from(MatrixView points, Matrix centroids,
                                     const KMeansOptions& options);

// The clusters that given centroids (k, dim), rows of length 1, make of `points`; those that no
// point is nearest to are left out. Zero iterations, no restart_inertias.
[[nodiscard]] Clustering label_points(MatrixView points, Matrix centroids);

// The share by which the worst start is above the best one: (max - min) / min of
// restart_inertias; 0 where that cannot be told.
[[nodiscard]] double restart_spread(const Clustering& clustering);

// How many points each cluster has: (k).
[[nodiscard]] std::vector<std::size_t> cluster_sizes(const Clustering& clustering);

}  // namespace limn
