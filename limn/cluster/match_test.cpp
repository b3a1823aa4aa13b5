#include "limn/cluster/match.h"

#include <algorithm>
#include <numeric>

#include <gtest/gtest.h>

#include "limn/cluster/assign.h"
#include "limn/cluster/kmeans.h"
#include "limn/cluster/test_points.h"

namespace limn {
namespace {

TEST(MatchByCentroids, FindsEachClusterAgainInAnyOrder) {
  const Matrix old_centroids = random_points(10, 16, 1);
  Matrix new_centroids(10, 16);
  for (std::size_t c = 0; c < 10; ++c) {
    std::ranges::copy(old_centroids.row(9 - c), new_centroids.row(c).begin());
  }
  const ClusterMatches matches = match_by_centroids(old_centroids, new_centroids);
  for (std::uint32_t c = 0; c < 10; ++c) EXPECT_EQ(matches[c], 9 - c);
}

TEST(MatchByCentroids, ContinuesAnOldClusterOnceAndByTheMostAlike) {
  const Matrix old_centroids(1, 2, {1, 0});
  const Matrix new_centroids(3, 2, {0.8F, 0.6F, 0.96F, 0.28F, 0, 1});
  const ClusterMatches matches = match_by_centroids(old_centroids, new_centroids);
  EXPECT_EQ(matches, (ClusterMatches{std::nullopt, 0, std::nullopt}));
}

TEST(MatchByMembers, FindsClustersAgainWithoutTheirVectors) {
  const std::vector<std::uint32_t> old_labels{0, 0, 0, 1, 1, 1, 2, no_cluster};
  const std::vector<std::uint32_t> new_labels{2, 2, 2, 0, 0, 1, 3, 3};
  const ClusterMatches matches = match_by_members(old_labels, 3, new_labels, 4, 0.5);
  EXPECT_EQ(matches, (ClusterMatches{1, std::nullopt, 0, 2}));
}

TEST(ClusterChanges, TellSplitsMergesBeginningsAndEnds) {
  // Old 0 splits into new 0 and 1; old 1 and 2 become new 2; old 3 scatters; new 3 is of new
  // points.
  const std::uint32_t none = no_cluster;
  const std::vector<std::uint32_t> old_labels{0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 3, none, none};
  const std::vector<std::uint32_t> new_labels{0, 0, 0, 1, 1, 2, 2, 2, 2, 2, 0, 1, 2, 3, 3};
  const ClusterMatches matches = match_by_members(old_labels, 4, new_labels, 4, 0.4);
  EXPECT_EQ(matches, (ClusterMatches{0, std::nullopt, 1, std::nullopt}));
  using Kind = ClusterChange::Kind;
  EXPECT_EQ(cluster_changes(old_labels, 4, new_labels, matches),
            (std::vector<ClusterChange>{{Kind::split, 1, 0},
                                        {Kind::created, 3, std::nullopt},
                                        {Kind::merged, 2, 2},
                                        {Kind::ended, 3, std::nullopt}}));
}

TEST(ClusterChanges, AreNoneWhereEveryClusterGoesOn) {
  const std::vector<std::uint32_t> labels{0, 1, 1, 2, no_cluster};
  EXPECT_TRUE(cluster_changes(labels, 3, labels, {0, 1, 2}).empty());
  EXPECT_TRUE(cluster_changes({}, 0, {}, {}).empty());
}

TEST(CarryIds, KeepsAnIdThroughARebuildAndNeverGivesItTwice) {
  const TopicIds first = carry_ids({}, ClusterMatches(3));
  EXPECT_EQ(first, (TopicIds{{0, 1, 2}, 3}));
  const TopicIds second = carry_ids(first, {2, std::nullopt});  // 0 and 1 are gone, 3 is new
  EXPECT_EQ(second, (TopicIds{{2, 3}, 4}));
  EXPECT_EQ(carry_ids(second, {std::nullopt, 0}), (TopicIds{{4, 2}, 5}));
}

TEST(CarryIds, KeepsTopicsWhenAFewPointsAreAdded) {
  const Matrix points = grouped_points(330, 24, 6, 0.1, 1);
  const Clustering before = kmeans(points.view().slice(0, 300), {.k = 6, .seed = 1});
  const Clustering after = kmeans(points, {.k = 6, .seed = 99});
  const TopicIds old_ids = carry_ids({}, ClusterMatches(6));
  const TopicIds new_ids =
      carry_ids(old_ids, match_by_centroids(before.centroids, after.centroids));
  EXPECT_EQ(new_ids.next, 6);
  for (std::size_t i = 0; i < 300; ++i) {
    EXPECT_EQ(new_ids.ids[after.labels[i]], old_ids.ids[before.labels[i]]);
  }
}

}  // namespace
}  // namespace limn
