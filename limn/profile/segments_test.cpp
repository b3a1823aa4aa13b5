#include "limn/profile/segments.h"

#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "limn/core/random.h"
#include "limn/core/vector_ops.h"

namespace limn {
namespace {

const std::vector<std::string> labels{"space", "noir", "romance", "drama"};

// Users of `groups` kinds: kind g likes topic g most and drama, which all like, as well.
Matrix users_of(const std::vector<std::size_t>& groups, std::uint64_t seed) {
  Random random(seed);
  std::size_t users = 0;
  for (const std::size_t size : groups) users += size;
  Matrix topics(users, labels.size());
  std::size_t user = 0;
  for (std::size_t group = 0; group < groups.size(); ++group) {
    for (std::size_t i = 0; i < groups[group]; ++i, ++user) {
      topics.row(user)[group] = static_cast<float>(0.6 + 0.2 * random.uniform());
      topics.row(user)[3] = static_cast<float>(0.5 + 0.2 * random.uniform());
      topics.row(user)[random.below(3)] += 0.1F;
    }
  }
  normalize_rows(topics);
  return topics;
}

std::vector<std::uint32_t> group_labels(const std::vector<std::size_t>& groups) {
  std::vector<std::uint32_t> result;
  for (std::uint32_t group = 0; group < groups.size(); ++group)
    result.insert(result.end(), groups[group], group);
  return result;
}

TEST(DescribeSegments, NamesEachByWhatItsUsersLikeMoreThanOthers) {
  const std::vector<std::size_t> groups{60, 80, 70};
  const Matrix users = users_of(groups, 1);
  const Segments found = describe_segments(users, group_labels(groups), 3, labels);
  ASSERT_EQ(found.segments.size(), 3U);
  EXPECT_EQ(found.segments[0].label, "noir");  // the largest first
  EXPECT_EQ(found.segments[0].size, 80U);
  EXPECT_EQ(found.segments[1].label, "romance");
  EXPECT_EQ(found.segments[2].label, "space");
  EXPECT_GT(found.segments[0].topics[0].lift, 2);
}

TEST(MakeSegments, FindsTheKindsOfUsersOnItsOwn) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    SCOPED_TRACE(seed);
    const std::vector<std::size_t> groups{60, 80, 70};
    const Matrix users = users_of(groups, seed);
    const Segments found = make_segments(users, labels, {.k = 3, .seed = seed});
    ASSERT_EQ(found.segments.size(), 3U);
    EXPECT_EQ(found.segments[0].label, "noir");
    EXPECT_EQ(found.segments[0].size, 80U);
    EXPECT_EQ(found.segments[2].size, 60U);
    const Segments again = make_segments(users, labels, {.k = 3, .seed = seed});
    EXPECT_EQ(again.labels, found.labels);
    EXPECT_EQ(again.segments, found.segments);
  }
}

TEST(MakeSegments, MakesNoneOfNobody) {
  EXPECT_TRUE(make_segments({}, {}).segments.empty());
  const Matrix nobody(80, labels.size());
  const Segments found = make_segments(nobody, labels);
  EXPECT_TRUE(found.segments.empty());
  EXPECT_EQ(found.labels, std::vector<std::uint32_t>(80, no_segment));
}

TEST(DescribeSegments, CountsExactlyTheUsersThatAreNearest) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    const Matrix users = users_of({90, 60, 120}, seed);
    Random random(seed);
    std::vector<std::uint32_t> start(users.rows());
    for (std::uint32_t& label : start) label = static_cast<std::uint32_t>(random.below(6));
    const Segments found = describe_segments(users, start, 6, labels, {.min_size = 20});

    std::vector<std::size_t> sizes(found.segments.size());
    for (std::size_t user = 0; user < users.rows(); ++user) {
      EXPECT_EQ(nearest_segment(found.centroids, users.view().row(user)), found.labels[user]);
      sizes[found.labels[user]] += 1;
    }
    std::set<std::string> names;
    for (std::size_t s = 0; s < found.segments.size(); ++s) {
      EXPECT_EQ(found.segments[s].size, sizes[s]);
      EXPECT_GE(found.segments[s].size, 20U);
      EXPECT_TRUE(names.insert(found.segments[s].label).second) << found.segments[s].label;
      EXPECT_NEAR(l2_norm(found.centroids.view().row(s)), 1, 1e-5);
    }
  }
}

TEST(DescribeSegments, JoinsTheSmallToTheirNearest) {
  const std::vector<std::size_t> groups{60, 80, 7};
  const Segments found = describe_segments(users_of(groups, 1), group_labels(groups), 3, labels);
  ASSERT_EQ(found.segments.size(), 2U);
  EXPECT_EQ(found.segments[0].size + found.segments[1].size, 147U);
}

TEST(DescribeSegments, MakesNoneOfTooFewUsers) {
  const std::vector<std::size_t> groups{10, 10, 10};
  const Segments found = describe_segments(users_of(groups, 1), group_labels(groups), 3, labels);
  EXPECT_TRUE(found.segments.empty());
  EXPECT_TRUE(found.centroids.empty());
  EXPECT_EQ(found.labels, std::vector<std::uint32_t>(30, no_segment));
}

TEST(DescribeSegments, LeavesOutUsersWhoLikeNothing) {
  const std::vector<std::size_t> groups{60, 60};
  Matrix users = users_of(groups, 1);
  for (float& value : users.row(5)) value = 0;
  const Segments found = describe_segments(users, group_labels(groups), 2, labels);
  EXPECT_EQ(found.labels[5], no_segment);
  EXPECT_EQ(found.segments[0].size + found.segments[1].size, 119U);
}

TEST(DescribeSegments, NamesASegmentByTopicsThatSayDifferentThings) {
  // Half of the users like topics 0, 1 and 2 alike, the others topic 3.
  const std::vector<std::string> topics{"alcohol, abv, beer", "beers, alcohol, strength",
                                        "glass, glassware, beer", "cheese"};
  Matrix users(120, topics.size());
  std::vector<std::uint32_t> kinds(users.rows());
  for (std::size_t user = 0; user < users.rows(); ++user) {
    kinds[user] = user % 2 == 0 ? 0 : 1;
    const std::vector<float> shares =
        user % 2 == 0 ? std::vector<float>{0.4F, 0.35F, 0.25F, 0} : std::vector<float>{0, 0, 0, 1};
    for (std::size_t t = 0; t < topics.size(); ++t) users.row(user)[t] = std::sqrt(shares[t]);
  }
  const Segments found = describe_segments(users, kinds, 2, topics);
  ASSERT_EQ(found.segments.size(), 2U);
  std::set<std::string> names{found.segments[0].label, found.segments[1].label};
  EXPECT_EQ(names, (std::set<std::string>{"alcohol, abv + glass", "cheese"}));
}

TEST(DescribeSegments, SurvivesNoUsersAndOneKindOfUser) {
  EXPECT_TRUE(describe_segments({}, {}, 0, {}).segments.empty());
  const std::vector<std::size_t> groups{80};
  const Segments one = describe_segments(users_of(groups, 1), group_labels(groups), 1, labels);
  ASSERT_EQ(one.segments.size(), 1U);
  EXPECT_FALSE(one.segments[0].label.empty());
}

TEST(NearestSegment, IsNoneForAUserWhoLikesNothing) {
  Matrix centroids(1, 2);
  centroids.row(0)[0] = 1;
  EXPECT_EQ(nearest_segment(centroids, std::vector<float>{0, 1}), 0U);
  EXPECT_EQ(nearest_segment(centroids, std::vector<float>{0, 0}), std::nullopt);
  EXPECT_EQ(nearest_segment({}, std::vector<float>{0, 1}), std::nullopt);
}

}  // namespace
}  // namespace limn
