#include "limn/cluster/kmeans.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include <gtest/gtest.h>

#include "limn/cluster/test_points.h"
#include "limn/core/parallel.h"

namespace limn {
namespace {

bool same_bytes(const Matrix& a, const Matrix& b) {
  return a.rows() == b.rows() && a.cols() == b.cols() &&
         std::memcmp(a.data(), b.data(), a.rows() * a.cols() * sizeof(float)) == 0;
}

TEST(KMeans, LabelsEveryPointWithItsNearestCentroid) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    const Matrix points = random_points(200, 3, seed);
    const Clustering found = kmeans(points, {.k = 8, .seed = seed});
    ASSERT_EQ(found.centroids.rows(), 8);

    double inertia = 0;
    for (std::size_t i = 0; i < points.rows(); ++i) {
      const auto own = found.centroids.row(found.labels[i]);
      inertia += l2_squared(points.row(i), own);
      for (std::size_t c = 0; c < found.centroids.rows(); ++c) {
        EXPECT_LE(similarity(points.row(i), found.centroids.row(c)),
                  similarity(points.row(i), own) + 1e-6);
      }
    }
    EXPECT_NEAR(found.inertia, inertia, 1e-4);
  }
}

// Lloyd's step written as plainly as it can be: each centroid is the normalised mean of its points.
TEST(KMeans, AtRestHasTheMeansOfItsClustersAsCentroids) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    SCOPED_TRACE(seed);
    const Matrix points = random_points(300, 5, seed);
    const Clustering found = kmeans(
        points, {.k = 6, .max_iterations = 500, .tolerance = 0, .restarts = 1, .seed = seed});
    for (std::size_t c = 0; c < 6; ++c) {
      std::vector<double> mean(5);
      for (std::size_t i = 0; i < points.rows(); ++i) {
        for (std::size_t d = 0; found.labels[i] == c && d < 5; ++d) mean[d] += points.row(i)[d];
      }
      double length = 0;
      for (const double value : mean) length += value * value;
      for (std::size_t d = 0; d < 5; ++d) {
        EXPECT_NEAR(found.centroids.row(c)[d], mean[d] / std::sqrt(length), 1e-3);
      }
    }
  }
}

TEST(KMeans, SeparatesTwoDistantGroups) {
  const Matrix points(5, 2, {1, 0, 0.8F, 0.6F, -1, 0, -0.8F, -0.6F, 0.6F, 0.8F});
  const Clustering found = kmeans(points, {.k = 2});
  EXPECT_EQ(found.labels[0], found.labels[1]);
  EXPECT_EQ(found.labels[0], found.labels[4]);
  EXPECT_EQ(found.labels[2], found.labels[3]);
  EXPECT_NE(found.labels[0], found.labels[2]);
  EXPECT_EQ(cluster_sizes(found)[found.labels[0]], 3);
}

TEST(KMeans, OfMoreStartsIsNeverWorse) {
  const Matrix points = random_points(400, 10, 3);
  double previous = std::numeric_limits<double>::infinity();
  for (int restarts = 1; restarts <= 6; ++restarts) {
    const Clustering found = kmeans(points, {.k = 20, .restarts = restarts});
    EXPECT_LE(found.inertia, previous);
    ASSERT_EQ(found.restart_inertias.size(), restarts);
    EXPECT_EQ(found.inertia, std::ranges::min(found.restart_inertias));
    previous = found.inertia;
  }
}

TEST(KMeans, OfMoreStepsIsNeverWorse) {
  const Matrix points = random_points(400, 10, 5);
  double previous = std::numeric_limits<double>::infinity();
  for (int steps = 0; steps < 12; ++steps) {
    const Clustering found = kmeans(
        points,
        {.k = 20, .max_iterations = steps, .tolerance = -1, .restarts = 1, .swap_trials = 0});
    EXPECT_EQ(found.iterations, steps);
    EXPECT_LE(found.inertia, previous + 1e-4);
    previous = found.inertia;
  }
}

TEST(KMeans, WithSwapsIsNeverWorseAndOnTheWholeBetter) {
  double with = 0;
  double without = 0;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    SCOPED_TRACE(seed);
    const Matrix points = random_points(400, 8, seed);
    const Clustering plain =
        kmeans(points, {.k = 24, .restarts = 1, .swap_trials = 0, .seed = seed});
    const Clustering found = kmeans(points, {.k = 24, .restarts = 1, .seed = seed});
    EXPECT_LE(found.inertia, plain.inertia);
    with += found.inertia;
    without += plain.inertia;
  }
  EXPECT_LT(with, 0.99 * without);
}

// Lloyd's algorithm alone misses some of so many groups in most of these.
TEST(KMeans, FindsEveryGroupFromOneStart) {
  int missed_alone = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    const Matrix points = grouped_points(1'800, 24, 60, 0.1, seed);
    const auto groups_found = [&](int swap_trials) {
      const Clustering found =
          kmeans(points, {.k = 60, .restarts = 1, .swap_trials = swap_trials, .seed = seed});
      std::size_t like_first = 0;
      for (std::size_t i = 0; i < 1'800; ++i) {
        like_first += found.labels[i] == found.labels[i % 60] ? 1 : 0;
      }
      return like_first == 1'800 && found.centroids.rows() == 60;
    };
    EXPECT_TRUE(groups_found(5));
    missed_alone += groups_found(0) ? 0 : 1;
  }
  EXPECT_GT(missed_alone, 5);
}

TEST(KMeans, OfManyPointsSwapsOnSomeOfThem) {
  const Matrix points = grouped_points(20'000, 6, 40, 0.05, 1);
  const Clustering found = kmeans(points, {.k = 40, .restarts = 1});
  for (std::size_t i = 40; i < points.rows(); ++i) {
    ASSERT_EQ(found.labels[i], found.labels[i % 40]);
  }
}

TEST(KMeans, IsTheSameBytesOnAnyNumberOfThreads) {
  const Matrix points = random_points(3'000, 24, 4);
  const std::size_t before = thread_count();
  set_thread_count(1);
  const Clustering alone = kmeans(points, {.k = 40, .restarts = 2});
  for (const std::size_t threads : {2, 5}) {
    set_thread_count(threads);
    const Clustering together = kmeans(points, {.k = 40, .restarts = 2});
    EXPECT_TRUE(same_bytes(alone.centroids, together.centroids));
    EXPECT_EQ(alone.labels, together.labels);
    EXPECT_EQ(alone.inertia, together.inertia);
  }
  const Matrix many = random_points(17'000, 4, 4);
  set_thread_count(1);
  const Clustering once = kmeans(many, {.k = 12, .restarts = 1});
  set_thread_count(3);
  EXPECT_TRUE(same_bytes(once.centroids, kmeans(many, {.k = 12, .restarts = 1}).centroids));
  set_thread_count(before);
}

TEST(KMeans, GivesEachPointItsOwnClusterWhenThereAreAsManyAsPoints) {
  const Matrix points = random_points(30, 8, 6);
  const Clustering found = kmeans(points, {.k = 30});
  EXPECT_EQ(found.centroids.rows(), 30);
  EXPECT_NEAR(found.inertia, 0, 1e-4);
}

TEST(KMeans, OfOneClusterIsTheMean) {
  const Matrix points(2, 2, {1, 0, 0, 1});
  const Clustering found = kmeans(points, {.k = 1});
  EXPECT_NEAR(found.centroids.row(0)[0], std::sqrt(0.5), 1e-6);
  EXPECT_NEAR(found.inertia, 2 * (2 - std::sqrt(2.0)), 1e-5);
}

TEST(KMeans, HasNoMoreClustersThanDistinctPoints) {
  const Clustering found = kmeans(grouped_points(90, 16, 3, 0, 1), {.k = 10});
  EXPECT_EQ(found.centroids.rows(), 3);
  EXPECT_EQ(cluster_sizes(found), (std::vector<std::size_t>{30, 30, 30}));
  EXPECT_EQ(restart_spread(found), 0);
}

TEST(KMeans, LeavesRowsOfZerosWithoutACluster) {
  Matrix points = random_points(50, 4, 1);
  std::ranges::fill(points.row(7), 0.0F);
  const Clustering found = kmeans(points, {.k = 5});
  for (std::size_t i = 0; i < 50; ++i) EXPECT_EQ(found.labels[i] == no_cluster, i == 7);

  const Clustering none = kmeans(Matrix(3, 4), {.k = 2});
  EXPECT_EQ(none.centroids.rows(), 0);
  EXPECT_EQ(none.labels, std::vector<std::uint32_t>(3, no_cluster));
}

TEST(KMeans, SurvivesNoPoints) {
  const Clustering found = kmeans(Matrix(0, 4), {.k = 2});
  EXPECT_TRUE(found.labels.empty());
  EXPECT_EQ(found.centroids.rows(), 0);
  EXPECT_EQ(found.inertia, 0);
}

TEST(KMeans, SurvivesPointsThatCancelOut) {
  const Matrix points(4, 2, {1, 0, -1, 0, 0, 1, 0, -1});
  const Clustering found = kmeans(points, {.k = 1});
  EXPECT_NEAR(l2_norm(found.centroids.row(0)), 1, 1e-6);
  EXPECT_EQ(cluster_sizes(found), (std::vector<std::size_t>{4}));
}

TEST(KMeans, HasNoEmptyCluster) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    SCOPED_TRACE(seed);
    const Matrix points = random_points(40, 2, seed);
    const Clustering found = kmeans(points, {.k = 25, .restarts = 1, .seed = seed});
    EXPECT_GE(found.centroids.rows(), 20);
    for (const std::size_t size : cluster_sizes(found)) EXPECT_GT(size, 0);
  }
}

TEST(KMeans, StartsFromThePointsItIsGivenWhenTheyAreNotOfLengthOne) {
  Matrix points = grouped_points(60, 12, 2, 0.05, 1);
  scale(std::span(points.data(), 60 * 12), 3);
  const Clustering found = kmeans(points, {.k = 2});
  for (std::size_t i = 0; i < 60; ++i) EXPECT_EQ(found.labels[i], found.labels[i % 2]);
}

TEST(KMeansFrom, GoesOnFromGivenCentroidsAndKeepsTheirOrder) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE(seed);
    const Matrix points = grouped_points(600, 16, 6, 0.1, seed);
    const Clustering before = kmeans(points.view().slice(0, 590), {.k = 6, .seed = seed});
    const Clustering after = kmeans_from(points, before.centroids, {});
    ASSERT_EQ(after.centroids.rows(), 6U);
    for (std::size_t i = 0; i < 590; ++i) EXPECT_EQ(after.labels[i], before.labels[i]);
    EXPECT_LE(after.inertia, label_points(points, before.centroids).inertia);
  }
}

TEST(KMeansFrom, StaysWhereItIsDone) {
  const Matrix points = grouped_points(300, 16, 5, 0.3, 1);
  const KMeansOptions to_the_end{.k = 5, .max_iterations = 1'000, .tolerance = -1};
  const Clustering before = kmeans(points, to_the_end);
  const Clustering after = kmeans_from(points, before.centroids, to_the_end);
  EXPECT_EQ(after.labels, before.labels);
  EXPECT_TRUE(std::ranges::equal(after.centroids.row(3), before.centroids.row(3)));
}

}  // namespace
}  // namespace limn
