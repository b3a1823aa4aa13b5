#include "limn/cluster/assign.h"

#include <gtest/gtest.h>

#include "limn/cluster/test_points.h"
#include "limn/core/parallel.h"

namespace limn {
namespace {

TEST(Assign, OfEveryInstructionSetAgreesWithADoubleLoop) {
  for (const Isa isa : supported_isas()) {
    SCOPED_TRACE(isa_name(isa));
    std::uint64_t seed = 0;
    for (const std::size_t n : {1, 5, 6, 7, 12, 97, 300}) {
      for (const std::size_t k : {1, 2, 7, 8, 15, 16, 17, 33, 70}) {
        for (const std::size_t dim : {1, 3, 8, 33}) {
          SCOPED_TRACE(++seed);
          const Matrix points = random_points(n, dim, seed);
          const Matrix centroids = random_points(k, dim, seed + 10'000);
          std::vector<std::uint32_t> labels(n);
          std::vector<float> similarities(n);
          assign_rows(points, PackedCentroids(centroids, isa), labels, similarities);

          for (std::size_t i = 0; i < n; ++i) {
            ASSERT_LT(labels[i], k);
            const double own = similarity(points.view().row(i), centroids.view().row(labels[i]));
            EXPECT_NEAR(similarities[i], own, 1e-5);
            for (std::size_t c = 0; c < k; ++c) {
              const double other = similarity(points.view().row(i), centroids.view().row(c));
              ASSERT_LE(other, own + 1e-5);
            }
          }
        }
      }
    }
  }
}

TEST(Assign, OfEqualCentroidsTakesTheLowest) {
  for (const Isa isa : supported_isas()) {
    SCOPED_TRACE(isa_name(isa));
    const Matrix points = random_points(50, 5, 1);
    Matrix centroids(100, 5);
    for (std::size_t c = 0; c < 100; ++c) {
      std::ranges::copy(points.view().row(c < 40 ? 49 : 0), centroids.row(c).begin());
    }
    std::vector<std::uint32_t> labels(50);
    std::vector<float> similarities(50);
    assign_rows(points, PackedCentroids(centroids, isa), labels, similarities);
    EXPECT_EQ(labels[49], 0);
    EXPECT_EQ(labels[0], 40);
  }
}

TEST(Assign, TakesTheLeastUnlikeWhereAllAreUnlike) {
  const Matrix points(1, 2, {1, 0});
  const Matrix centroids(2, 2, {-1, 0, -0.6F, 0.8F});
  const Assignment found = assign(points, centroids);
  EXPECT_EQ(found.labels[0], 1);
  EXPECT_FLOAT_EQ(found.similarities[0], -0.6F);
}

TEST(Assign, LeavesRowsOfZerosWithoutACluster) {
  const Matrix points(3, 2, {1, 0, 0, 0, 0, 1});
  const Matrix centroids(1, 2, {1, 0});
  const Assignment found = assign(points, centroids);
  // The last point is at a right angle to the only centroid, and still says something.
  EXPECT_EQ(found.labels, (std::vector<std::uint32_t>{0, no_cluster, 0}));
}

TEST(Assign, SurvivesNothing) {
  EXPECT_TRUE(assign(Matrix(0, 4), Matrix(2, 4)).labels.empty());
  EXPECT_EQ(assign(Matrix(2, 4), Matrix(0, 4)).labels,
            (std::vector<std::uint32_t>{no_cluster, no_cluster}));
}

TEST(Assign, IsTheSameOnAnyNumberOfThreads) {
  const Matrix points = random_points(3'000, 20, 4);
  const Matrix centroids = random_points(30, 20, 5);
  const std::size_t before = thread_count();
  set_thread_count(1);
  const Assignment alone = assign(points, centroids);
  set_thread_count(5);
  const Assignment together = assign(points, centroids);
  set_thread_count(before);
  EXPECT_EQ(alone.labels, together.labels);
  EXPECT_EQ(alone.similarities, together.similarities);
}

}  // namespace
}  // namespace limn
