#include "limn/cluster/merge.h"

#include <gtest/gtest.h>

#include "limn/cluster/test_points.h"

namespace limn {
namespace {

TEST(MergeSimilar, JoinsWhatWasSplitAndKeepsWhatIsApart) {
  const Matrix points = grouped_points(200, 32, 4, 0.03, 1);
  const Clustering split = kmeans(points, {.k = 12, .restarts = 1});
  ASSERT_EQ(split.centroids.rows(), 12);

  const Clustering merged = merge_similar(points, split, 0.9F);
  ASSERT_EQ(merged.centroids.rows(), 4);
  EXPECT_EQ(merged.restart_inertias, split.restart_inertias);
  EXPECT_GE(merged.inertia, split.inertia);
  for (std::size_t i = 0; i < 200; ++i) EXPECT_EQ(merged.labels[i], merged.labels[i % 4]);
}

TEST(MergeSimilar, LeavesNoTwoCentroidsMoreAlikeThanAllowed) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    SCOPED_TRACE(seed);
    const Matrix points = random_points(300, 4, seed);
    const Clustering merged = merge_similar(points, kmeans(points, {.k = 30, .seed = seed}), 0.7F);
    EXPECT_LT(merged.centroids.rows(), 30);
    for (std::size_t a = 0; a < merged.centroids.rows(); ++a) {
      EXPECT_NEAR(l2_norm(merged.centroids.row(a)), 1, 1e-5);
      for (std::size_t b = 0; b < a; ++b) {
        EXPECT_LE(dot(merged.centroids.row(a), merged.centroids.row(b)), 0.7F);
      }
    }
    for (const std::size_t size : cluster_sizes(merged)) EXPECT_GT(size, 0);
  }
}

TEST(MergeSimilar, ChangesNothingWhereNothingIsAlike) {
  const Matrix points = grouped_points(50, 32, 5, 0.01, 3);
  const Clustering found = kmeans(points, {.k = 5});
  const Clustering merged = merge_similar(points, found, 0.95F);
  EXPECT_EQ(merged.labels, found.labels);
  EXPECT_EQ(merged.inertia, found.inertia);
  EXPECT_EQ(merge_similar(Matrix(0, 3), kmeans(Matrix(0, 3), {.k = 1}), 0.9F).centroids.rows(), 0);
}

}  // namespace
}  // namespace limn
