#include "limn/profile/similarity.h"

#include <cmath>

#include <gtest/gtest.h>

#include "limn/core/random.h"
#include "limn/core/vector_ops.h"

namespace limn {
namespace {

std::vector<float> random_unit(std::size_t dim, Random& random) {
  std::vector<float> vector(dim);
  for (float& value : vector) value = static_cast<float>(random.normal());
  normalize(vector);
  return vector;
}

TEST(Fuse, MakesCosineTheWeightedMeanOfBothCosines) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const double share = random.uniform();
    const auto text_a = random_unit(16, random);
    const auto text_b = random_unit(16, random);
    const auto behaviour_a = random_unit(8, random);
    const auto behaviour_b = random_unit(8, random);
    const float fused = dot(fuse(text_a, behaviour_a, share), fuse(text_b, behaviour_b, share));
    EXPECT_NEAR(fused, share * dot(text_a, text_b) + (1 - share) * dot(behaviour_a, behaviour_b),
                1e-5);
  }
}

TEST(Fuse, GivesLengthOneWhereOnePartIsMissing) {
  Random random(1);
  const auto text = random_unit(4, random);
  const std::vector<float> none(3);
  const auto fused = fuse(text, none, 0.5);
  EXPECT_NEAR(l2_norm(fused), 1, 1e-6);
  EXPECT_EQ(fuse(std::vector<float>(4), none, 0.5), std::vector<float>(7));
}

TEST(Similarity, IsSymmetricAndOneWithOneself) {
  Random random(2);
  Profile a;
  Profile b;
  a.fused = random_unit(12, random);
  b.fused = random_unit(12, random);
  EXPECT_NEAR(similarity(a, a), 1, 1e-6);
  EXPECT_EQ(similarity(a, b), similarity(b, a));
  EXPECT_EQ(similarity(a, Profile{}), 0);
}

TEST(NearestUsers, FindsTheBestWithoutTheUser) {
  Random random(3);
  Matrix fused(50, 6);
  for (std::size_t i = 0; i < fused.rows(); ++i) {
    const auto row = random_unit(6, random);
    std::copy(row.begin(), row.end(), fused.row(i).begin());
  }
  const auto nearest = nearest_users(fused, fused.view().row(7), 5, UserIndex{7});
  ASSERT_EQ(nearest.size(), 5U);
  for (std::size_t i = 0; i < fused.rows(); ++i) {
    bool found = i == 7;
    for (const Scored& user : nearest) found = found || user.index == i;
    if (found) continue;
    EXPECT_LE(dot(fused.view().row(i), fused.view().row(7)), nearest.back().score);
  }
  EXPECT_NE(nearest.front().index, 7U);
  EXPECT_TRUE(nearest_users(fused, std::vector<float>(6), 5).empty());
  EXPECT_TRUE(nearest_users({}, {}, 5).empty());
}

TEST(SharedLikes, TellsWhatBothLikeAndNotWhatOneDislikes) {
  Profile a;
  Profile b;
  a.interests = {{.index = 1, .weight = 0.6, .polarity = 1},
                 {.index = 2, .weight = 0.4, .polarity = 1}};
  b.interests = {{.index = 2, .weight = 0.7, .polarity = -1},
                 {.index = 1, .weight = 0.3, .polarity = 0.5}};
  a.liked = {{.item = 5, .weight = 3}, {.item = 6, .weight = 1}};
  b.liked = {{.item = 6, .weight = 1}, {.item = 9, .weight = 1}};
  const std::vector<Shared> expected{{SharedKind::topic, 1, 0.15}, {SharedKind::item, 6, 0.25}};
  EXPECT_EQ(shared_likes(a, b), expected);
  EXPECT_EQ(shared_likes(b, a), expected);
  EXPECT_TRUE(shared_likes(a, b, 0).empty());
}

}  // namespace
}  // namespace limn
