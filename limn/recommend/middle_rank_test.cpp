#include "limn/recommend/middle_rank.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace limn {
namespace {

TEST(MiddleRank, CountsWhatIsAboveAndHalfOfWhatIsEqual) {
  const std::vector<float> scores = {3, 1, 2, 2, 2, 5};
  EXPECT_EQ(middle_rank(scores, 5), 0);
  EXPECT_EQ(middle_rank(scores, 3), 1);
  EXPECT_EQ(middle_rank(scores, 2), 3);  // of the ranks 2, 3 and 4
  EXPECT_EQ(middle_rank(scores, 1), 5);
}

TEST(MiddleRank, GainsNothingFromKOn) {
  EXPECT_EQ(discounted_gain(0, 10), 1);
  EXPECT_DOUBLE_EQ(discounted_gain(1.5, 10), 1 / std::log2(3.5));
  EXPECT_GT(discounted_gain(9.5, 10), 0);
  EXPECT_EQ(discounted_gain(10, 10), 0);
}

TEST(MiddleRank, AddsUpTheGainsOfTheRelevant) {
  const std::vector<float> scores = {3, 1, 2, 2, 2, 5, 4};
  std::vector<float> relevant = {1, 5, 2};  // ranks 6, 0 and 4
  EXPECT_DOUBLE_EQ(gain_of(scores, relevant, 3), 1);
  EXPECT_DOUBLE_EQ(gain_of(scores, relevant, 5), 1 + 1 / std::log2(6));
  EXPECT_DOUBLE_EQ(gain_of(scores, relevant, 7), 1 + 1 / std::log2(6) + 1 / std::log2(8));
}

TEST(MiddleRank, OfTheBestListIsTheSumOfItsFirstRanks) {
  EXPECT_EQ(best_gain(0, 10), 0);
  EXPECT_DOUBLE_EQ(best_gain(2, 10), 1 + 1 / std::log2(3));
  EXPECT_DOUBLE_EQ(best_gain(5, 2), best_gain(2, 2));
}

}  // namespace
}  // namespace limn
