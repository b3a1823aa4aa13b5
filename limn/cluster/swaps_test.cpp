#include "limn/cluster/swaps.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "limn/cluster/kmeans.h"
#include "limn/cluster/test_points.h"

namespace limn {
namespace {

// The sum of squared distances of each point to the direction of its cluster's sum, in double.
double inertia_of(MatrixView points, std::span<const std::uint32_t> labels, std::size_t k) {
  std::vector<std::vector<double>> sums(k, std::vector<double>(points.cols()));
  for (std::size_t i = 0; i < points.rows(); ++i) {
    for (std::size_t d = 0; d < points.cols(); ++d) sums[labels[i]][d] += points.row(i)[d];
  }
  double inertia = 0;
  for (std::size_t i = 0; i < points.rows(); ++i) {
    const std::vector<double>& sum = sums[labels[i]];
    double length = 0;
    for (const double value : sum) length += value * value;
    for (std::size_t d = 0; d < sum.size(); ++d) {
      const double difference = points.row(i)[d] - sum[d] / std::sqrt(length);
      inertia += difference * difference;
    }
  }
  return inertia;
}

TEST(BestSwaps, SayWhatTheyAddToTheInertia) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    SCOPED_TRACE(seed);
    const std::size_t k = 7;
    const Matrix points = random_points(150, 6, seed);
    const Clustering found = kmeans(points, {.k = k, .restarts = 1, .swap_trials = 0});
    const std::vector<Swap> swaps = best_swaps(points, found.labels, k, 4);
    ASSERT_EQ(swaps.size(), 4U);
    EXPECT_TRUE(std::ranges::is_sorted(swaps, {}, &Swap::inertia));
    for (const Swap& swap : swaps) {
      EXPECT_TRUE(swap.split != swap.merged && swap.split != swap.freed);
      std::vector<std::uint32_t> labels = found.labels;
      for (std::size_t i = 0; i < labels.size(); ++i) {
        const bool second = similarity(points.row(i), swap.halves.row(1)) >
                            similarity(points.row(i), swap.halves.row(0));
        if (labels[i] == swap.freed) {
          labels[i] = static_cast<std::uint32_t>(swap.merged);
        } else if (labels[i] == swap.split && second) {
          labels[i] = static_cast<std::uint32_t>(swap.freed);
        }
      }
      EXPECT_NEAR(inertia_of(points, labels, k) - inertia_of(points, found.labels, k), swap.inertia,
                  1e-3);
    }
  }
}

TEST(BestSwaps, SplitTheClusterOfTwoGroupsAndMergeTheHalvesOfOne) {
  const Matrix points = grouped_points(400, 16, 4, 0.1, 1);
  std::vector<std::uint32_t> labels(points.rows());
  // Groups 0 and 1 are one cluster, group 2 another, group 3 is cut into two.
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const std::size_t group = i % 4;
    labels[i] = group < 2 ? 0 : group == 2 ? 1 : i % 8 == 3 ? 2 : 3;
  }
  const std::vector<Swap> swaps = best_swaps(points, labels, 4, 1);
  ASSERT_EQ(swaps.size(), 1U);
  EXPECT_EQ(swaps[0].split, 0U);
  EXPECT_EQ(swaps[0].merged, 2U);
  EXPECT_EQ(swaps[0].freed, 3U);
  EXPECT_LT(swaps[0].inertia, 0);
  const Matrix moved = swapped(points, labels, Matrix(4, 16), swaps[0]);
  for (std::size_t i = 0; i < 8; ++i) {
    std::size_t own = 0;
    for (std::size_t c = 1; c < 4; ++c) {
      if (similarity(points.row(i), moved.row(c)) > similarity(points.row(i), moved.row(own))) {
        own = c;
      }
    }
    if (i % 4 != 2) {  // whose row is one of the zeros above
      EXPECT_GT(similarity(points.row(i), moved.row(own)), 0.8) << i;
    }
  }
}

TEST(BestSwaps, AreNoneWhereNothingCanBeSwapped) {
  EXPECT_TRUE(best_swaps(Matrix(0, 4), {}, 0, 5).empty());
  const Matrix two = random_points(20, 4, 1);
  const Clustering found = kmeans(two, {.k = 2});
  EXPECT_TRUE(best_swaps(two, found.labels, 2, 5).empty());
  // Clusters of equal points cannot be split.
  const Matrix equal = grouped_points(40, 8, 4, 0, 1);
  EXPECT_TRUE(best_swaps(equal, kmeans(equal, {.k = 4}).labels, 4, 5).empty());
  // Nor can clusters of one point.
  const Matrix few = random_points(5, 4, 2);
  EXPECT_TRUE(best_swaps(few, kmeans(few, {.k = 5}).labels, 5, 5).empty());
}

}  // namespace
}  // namespace limn
