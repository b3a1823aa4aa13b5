// On rows of length 1 the nearest centroid is the one with the largest dot product, and the best
// centroid of a cluster is the sum of its rows, scaled to length 1 (Dhillon and Modha, 2001). So a
// step is one fused matrix product (assign.h) and one pass that sums the rows.
//
// Lloyd's algorithm finds a local optimum that depends on its start: it never moves a centroid from
// where there are too many to where there are too few. Swaps (swaps.h) do. We start several times,
// keep the best, and report the inertia of all: their spread tells how far the result can be
// trusted.
#include "limn/cluster/kmeans.h"

#include <algorithm>
#include <span>
#include <utility>

#include "limn/cluster/members.h"
#include "limn/cluster/rows.h"
#include "limn/cluster/seeding.h"
#include "limn/cluster/swaps.h"
#include "limn/core/check.h"
#include "limn/core/parallel.h"
#include "limn/core/random.h"
#include "limn/core/vector_ops.h"

namespace limn {
namespace {

// Sum of squared distances. Of rows of length 1: |x - c|^2 = 2 - 2 x c.
double inertia_of(const Assignment& assignment) {
  double inertia = 0;
  for (std::size_t i = 0; i < assignment.labels.size(); ++i) {
    if (assignment.labels[i] == no_cluster) continue;
    inertia += std::max(0.0, 2.0 - 2.0 * assignment.similarities[i]);
  }
  return inertia;
}

// Writes the sum of `rows`, scaled to length 1. Rows that cancel out leave `centroid` as it is.
void write_mean(MatrixView points, std::span<const std::size_t> rows, std::span<float> centroid) {
  const std::vector<double> total = sum_of(points, rows);
  std::vector<float> mean(centroid.size());
  for (std::size_t d = 0; d < total.size(); ++d) {
    mean[d] = static_cast<float>(total[d] / static_cast<double>(rows.size()));
  }
  if (normalize(mean) > 1e-6F) std::ranges::copy(mean, centroid.begin());
}

// Moves each empty cluster to a point far from its centroid: the farthest first, the lowest row
// of equals.
void refill_empty(MatrixView points, const Assignment& assignment, const Members& members,
                  Matrix& centroids) {
  std::vector<std::size_t> empty;
  for (std::size_t c = 0; c < centroids.rows(); ++c) {
    if (members.of(c).empty()) empty.push_back(c);
  }
  if (empty.empty()) return;
  std::vector<std::size_t> farthest = members.rows;
  const std::size_t count = std::min(empty.size(), farthest.size());
  const auto farther = [&](std::size_t a, std::size_t b) {
    const float similarity_a = assignment.similarities[a];
    const float similarity_b = assignment.similarities[b];
    return similarity_a != similarity_b ? similarity_a < similarity_b : a < b;
  };
  std::ranges::partial_sort(farthest, farthest.begin() + static_cast<std::ptrdiff_t>(count),
                            farther);
  for (std::size_t i = 0; i < count; ++i) {
    std::ranges::copy(points.row(farthest[i]), centroids.row(empty[i]).begin());
    normalize(centroids.row(empty[i]));
  }
}

// Moves every centroid to the mean of its points.
void update(MatrixView points, const Assignment& assignment, Matrix& centroids) {
  const Members members = members_of(assignment.labels, centroids.rows());
  const std::size_t work =
      points.rows() * points.cols() / std::max<std::size_t>(1, members.begin.size());
  parallel_for(centroids.rows(), rows_per_chunk(work), [&](std::size_t begin, std::size_t end) {
    for (std::size_t c = begin; c < end; ++c) {
      if (!members.of(c).empty()) write_mean(points, members.of(c), centroids.row(c));
    }
  });
  refill_empty(points, assignment, members, centroids);
}

// Leaves out the centroids that no point is nearest to.
void drop_empty(Matrix& centroids, std::span<std::uint32_t> labels) {
  const std::vector<std::size_t> sizes = count_labels(labels, centroids.rows());
  std::vector<std::uint32_t> new_label(sizes.size());
  std::vector<float> kept;
  std::uint32_t count = 0;
  for (std::size_t c = 0; c < sizes.size(); ++c) {
    if (sizes[c] == 0) continue;
    new_label[c] = count++;
    const std::span<const float> row = std::as_const(centroids).row(c);
    kept.insert(kept.end(), row.begin(), row.end());
  }
  if (count == sizes.size()) return;
  centroids = Matrix(count, centroids.cols(), std::move(kept));
  for (std::uint32_t& label : labels) {
    if (label != no_cluster) label = new_label[label];
  }
}

Matrix seed_centroids(MatrixView points, std::size_t k, std::uint64_t seed) {
  Matrix centroids = gather_rows(points, seed_rows(points, k, seed));
  normalize_rows(centroids);
  return centroids;
}

// Lloyd's algorithm from one start.
Clustering lloyd(MatrixView points, Matrix centroids, const KMeansOptions& options) {
  Assignment assignment = assign(points, centroids);
  double inertia = inertia_of(assignment);
  int iterations = 0;

  while (iterations < options.max_iterations) {
    const double previous = inertia;
    update(points, assignment, centroids);
    assignment = assign(points, centroids);
    inertia = inertia_of(assignment);
    iterations += 1;
    if (previous - inertia <= options.tolerance * previous) break;
  }
  drop_empty(centroids, assignment.labels);
  return {std::move(centroids), std::move(assignment.labels), inertia, iterations, {}};
}

// The points that starts are compared on: all, or so many of them that the swaps of a start cost
// less than the steps on all points that follow.
constexpr std::size_t search_per_cluster = 128;
constexpr std::size_t smallest_search = 16'384;

// Swaps that would add more than this share to the inertia are not tried.
constexpr double worst_swap = 0.01;

// A swap has to lower the inertia by this share to be kept: what rounding can do is less.
constexpr double least_gain = 1e-5;

// Swaps, and Lloyd's steps after each, until none of those that look best lowers the inertia.
Clustering improved(MatrixView points, Clustering found, const KMeansOptions& options) {
  const auto trials = static_cast<std::size_t>(options.swap_trials);
  for (bool better = trials > 0; better;) {
    better = false;
    for (const Swap& swap : best_swaps(points, found.labels, found.centroids.rows(), trials)) {
      if (swap.inertia > worst_swap * found.inertia) break;
      Clustering trial =
          lloyd(points, swapped(points, found.labels, found.centroids, swap), options);
      trial.iterations += found.iterations;
      better = trial.inertia < (1 - least_gain) * found.inertia;
      if (better) {
        found = std::move(trial);
        break;
      }
      found.iterations = trial.iterations;
    }
  }
  return found;
}

Clustering one_start(MatrixView points, std::uint64_t seed, const KMeansOptions& options) {
  const auto start = [&](MatrixView some) {
    return improved(some, lloyd(some, seed_centroids(some, options.k, seed), options), options);
  };
  const std::size_t limit = std::max(smallest_search, search_per_cluster * options.k);
  if (options.swap_trials == 0 || points.rows() <= limit) return start(points);
  Random random(seed);
  const Matrix sample = gather_rows(points, sample_rows(points, limit, random));
  return lloyd(points, start(sample).centroids, options);
}

}  // namespace

Clustering kmeans(MatrixView points, const KMeansOptions& options) {
  LIMN_CHECK(options.k >= 1);
  LIMN_CHECK(options.restarts >= 1);
  LIMN_CHECK(options.swap_trials >= 0);

  Clustering best;
  std::vector<double> inertias;
  Random seeds(options.seed);  // two seeds have no start in common
  for (int start = 0; start < options.restarts; ++start) {
    Clustering found = one_start(points, seeds.next(), options);
    inertias.push_back(found.inertia);
    if (start == 0 || found.inertia < best.inertia) best = std::move(found);
  }
  best.restart_inertias = std::move(inertias);
  return best;
}

Clustering kmeans_from(MatrixView points, Matrix centroids, const KMeansOptions& options) {
  LIMN_CHECK(points.cols() == centroids.cols());
  Clustering found = lloyd(points, std::move(centroids), options);
  found.restart_inertias = {found.inertia};
  return found;
}

Clustering label_points(MatrixView points, Matrix centroids) {
  return lloyd(points, std::move(centroids), {.max_iterations = 0});
}

double restart_spread(const Clustering& clustering) {
  const std::vector<double>& inertias = clustering.restart_inertias;
  if (inertias.empty()) return 0;
  const auto [lowest, highest] = std::ranges::minmax(inertias);
  return lowest > 0 ? (highest - lowest) / lowest : 0;
}

std::vector<std::size_t> cluster_sizes(const Clustering& clustering) {
  return count_labels(clustering.labels, clustering.centroids.rows());
}

}  // namespace limn
