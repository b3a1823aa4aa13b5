#include "limn/profile/interests.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <gtest/gtest.h>

#include "limn/core/random.h"

namespace limn {
namespace {

std::vector<Contribution> random_contributions(std::size_t n, std::uint32_t topics,
                                               std::uint64_t seed) {
  Random random(seed);
  std::vector<Contribution> contributions;
  for (std::size_t i = 0; i < n; ++i) {
    contributions.push_back({.index = static_cast<std::uint32_t>(random.below(topics)),
                             .event = static_cast<std::int64_t>(random.below(n / 2 + 1)),
                             .item = static_cast<ItemIndex>(random.below(5)),
                             .amount = random.normal()});
  }
  return contributions;
}

std::vector<float> even_shares(std::size_t count) {
  return std::vector<float>(count, 1 / static_cast<float>(count));
}

TEST(RankInterests, GivesWeightsThatSumToOne) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    const auto interests = rank_interests(random_contributions(200, 9, seed), even_shares(9), 5);
    double sum = 0;
    for (const Interest& interest : interests) {
      sum += interest.weight;
      EXPECT_GE(interest.confidence, 0);
      EXPECT_LT(interest.confidence, 1);
      EXPECT_LE(std::abs(interest.polarity), 1);
      EXPECT_LE(interest.evidence.size(), 5U);
    }
    EXPECT_NEAR(sum, 1, 1e-12);
  }
}

TEST(RankInterests, DividesEachInterestExactlyAmongItsEvents) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    for (const Interest& interest :
         rank_interests(random_contributions(200, 9, seed), {}, /*max_evidence=*/1000)) {
      double size = 0;
      double balance = 0;
      for (const InterestEvidence& part : interest.evidence) {
        size += std::abs(part.share);
        balance += part.share;
      }
      EXPECT_EQ(interest.evidence.size(), interest.events);
      EXPECT_NEAR(size, 1, 1e-12);
      EXPECT_NEAR(balance, interest.polarity, 1e-12);
    }
  }
}

TEST(RankInterests, MatchesSumsMadeByHand) {
  // Topic 0: 3 liked, 1 disliked; topic 1: 4 liked.
  const auto interests = rank_interests({{.index = 0, .event = 1, .item = 7, .amount = 2},
                                         {.index = 0, .event = 2, .item = 8, .amount = 1},
                                         {.index = 0, .event = 3, .item = 9, .amount = -1},
                                         {.index = 1, .event = 4, .item = 7, .amount = 4}},
                                        {}, 2);
  ASSERT_EQ(interests.size(), 2U);
  EXPECT_EQ(interests[0].index, 0U);  // equal weights: the lower index first
  EXPECT_DOUBLE_EQ(interests[0].weight, 0.5);
  EXPECT_DOUBLE_EQ(interests[0].polarity, 0.5);
  EXPECT_EQ(interests[0].events, 3U);
  ASSERT_EQ(interests[0].evidence.size(), 2U);
  EXPECT_EQ(interests[0].evidence[0], (InterestEvidence{.event = 1, .item = 7, .share = 0.5}));
  // The newer of two equally strong events stands first.
  EXPECT_EQ(interests[0].evidence[1], (InterestEvidence{.event = 3, .item = 9, .share = -0.25}));
  EXPECT_DOUBLE_EQ(interests[1].polarity, 1);
}

TEST(RankInterests, DoesNotDependOnTheOrderOfEvents) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    std::vector<Contribution> contributions = random_contributions(100, 6, seed);
    const auto expected = rank_interests(contributions, even_shares(6), 5);
    Random(seed).shuffle(std::span(contributions));
    EXPECT_EQ(rank_interests(contributions, even_shares(6), 5), expected);
  }
}

TEST(RankInterests, CountsTheSamePlaceOnceAndForgetsWhatCancelsOut) {
  const auto interests = rank_interests({{.index = 0, .event = 1, .item = 7, .amount = 2},
                                         {.index = 0, .event = 1, .item = 7, .amount = 3},
                                         {.index = 1, .event = 2, .item = 7, .amount = 1},
                                         {.index = 1, .event = 2, .item = 7, .amount = -1}},
                                        {}, 5);
  ASSERT_EQ(interests.size(), 1U);
  EXPECT_EQ(interests[0].events, 1U);
  EXPECT_DOUBLE_EQ(interests[0].weight, 1);
}

TEST(RankInterests, PutsWhatTellsTheUserFromOthersBeforeWhatEverybodyLikes) {
  const std::vector<float> base{0.6F, 0.02F, 0.38F};
  std::vector<Contribution> contributions;
  for (int i = 0; i < 55; ++i) contributions.push_back({.index = 0, .event = i, .amount = 1});
  for (int i = 55; i < 100; ++i) contributions.push_back({.index = 1, .event = i, .amount = 1});
  const auto interests = rank_interests(contributions, base, 5);
  EXPECT_EQ(interests[0].index, 1U);
  EXPECT_GT(interests[0].lift, 10);
  EXPECT_EQ(interests[1].index, 0U);
  EXPECT_GT(interests[1].weight, interests[0].weight);
  EXPECT_LT(interests[1].lift, 1);
}

TEST(RankInterests, DrawsTheLiftOfFewEventsTowardsOne) {
  const std::vector<float> base{0.1F, 0.9F};
  double previous = 1;
  for (const int events : {1, 4, 20, 500}) {
    std::vector<Contribution> contributions;
    for (int i = 0; i < events; ++i) contributions.push_back({.index = 0, .event = i, .amount = 1});
    const double lift = rank_interests(contributions, base, 5)[0].lift;
    EXPECT_GT(lift, previous);
    EXPECT_LT(lift, 10);
    previous = lift;
  }
  EXPECT_GT(previous, 9.9);
}

TEST(RankInterests, SurvivesATopicThatNobodyHasTouched) {
  const std::vector<float> base{0, 1};
  const auto interests = rank_interests({{.index = 0, .event = 1, .amount = 1}}, base, 5);
  EXPECT_TRUE(std::isfinite(interests[0].lift));
  EXPECT_TRUE(std::isfinite(interests[0].relevance));
}

TEST(RankInterests, OfNothingIsNothing) {
  EXPECT_TRUE(rank_interests({}, even_shares(3), 5).empty());
}

// The bound's definition: at share p = bound, the observed share lies exactly z deviations above.
TEST(AgreementBound, SolvesWilsonsEquation) {
  for (const double agreeing : {0.5, 0.7, 0.95, 1.0}) {
    for (const double events : {1.0, 2.5, 10.0, 300.0}) {
      const double p = agreement_bound(agreeing, events);
      EXPECT_NEAR((agreeing - p) / std::sqrt(p * (1 - p) / events), 1.6449, 1e-6);
    }
  }
}

TEST(AgreementBound, GrowsWithEventsAndShrinksWithDisagreement) {
  EXPECT_EQ(agreement_bound(1, 0), 0);
  EXPECT_NEAR(agreement_bound(1, 1), 0.27, 0.005);
  EXPECT_NEAR(agreement_bound(1, 4), 0.60, 0.005);
  EXPECT_NEAR(agreement_bound(1, 20), 0.88, 0.005);
  for (int events = 1; events < 50; ++events) {
    EXPECT_LT(agreement_bound(0.9, events), agreement_bound(0.9, events + 1));
    EXPECT_LT(agreement_bound(0.6, events), agreement_bound(0.9, events));
  }
}

TEST(EffectiveCount, IsTheCountOfEqualWeightsAndLessOfUnequalOnes) {
  EXPECT_EQ(effective_count({}), 0);
  EXPECT_DOUBLE_EQ(effective_count(std::vector<double>{2, 2, -2}), 3);
  EXPECT_DOUBLE_EQ(effective_count(std::vector<double>{3, 1}), 1.6);
}

TEST(Diversity, IsZeroForOneTopicAndOneForAllAlike) {
  EXPECT_EQ(diversity(std::vector<Interest>{{.weight = 1}}, 4), 0);
  EXPECT_EQ(diversity({}, 4), 0);
  EXPECT_EQ(diversity(std::vector<Interest>{{.weight = 1}}, 1), 0);
  const std::vector<Interest> even(4, Interest{.weight = 0.25});
  EXPECT_NEAR(diversity(even, 4), 1, 1e-12);
  EXPECT_NEAR(diversity(even, 16), 0.5, 1e-12);
}

}  // namespace
}  // namespace limn
