#include "limn/feedback/thompson.h"

#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "limn/feedback/simulate.h"

namespace limn {
namespace {

const std::vector<std::uint8_t> none_stopped(3, 0);

TEST(PriorStrength, IsLargeWhereSegmentsAreAlikeAndSmallWhereTheyAreNot) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    ArmRecords alike(1);
    ArmRecords apart(1);
    for (int segment = 0; segment < 30; ++segment) {
      // Rates of one mean; those of `apart` come from Beta{2, 8}, whose strength is 10.
      const double own = Beta{2, 8}.sample(random);
      for (auto* records : {&alike, &apart}) {
        ArmRecord record{.shown = 400};
        const double rate = records == &alike ? 0.2 : own;
        for (int list = 0; list < 400; ++list) record.satisfied += random.uniform() < rate;
        (*records)[0].push_back(record);
      }
    }
    EXPECT_GT(prior_strength(alike), 300);
    EXPECT_GT(prior_strength(apart), 4);
    EXPECT_LT(prior_strength(apart), 25);
  }
  EXPECT_EQ(prior_strength({{{.shown = 10, .satisfied = 1}}}), 1e6);
  EXPECT_EQ(prior_strength({}), 1e6);
}

TEST(SegmentPosteriors, LeanOnTheOtherSegmentsButCountNothingTwice) {
  // One segment alone: nothing but its own lists.
  const auto alone = segment_posteriors({{{.shown = 10, .satisfied = 4}}});
  EXPECT_EQ(alone[0][0], (Beta{5, 7}));
  // A segment without lists takes over what is known elsewhere.
  const auto fresh = segment_posteriors({{{.shown = 100, .satisfied = 30}, {}}});
  EXPECT_NEAR(fresh[0][1].mean(), 31.0 / 102, 1e-12);
  // All that is borrowed and owned together is never more than there is.
  const auto both =
      segment_posteriors({{{.shown = 50, .satisfied = 30}, {.shown = 70, .satisfied = 9}}});
  for (const Beta& beta : both[0]) EXPECT_LE(beta.successes + beta.failures, 122 + 1e-9);
}

TEST(ThompsonShares, AreTheChancesOfBeingBest) {
  // Of two arms the chance is known in closed form: P(Beta{1, 1} > Beta{2, 1}) = 1 / 3.
  const Beta two[] = {{1, 1}, {2, 1}};
  const auto shares =
      thompson_shares(two, std::vector<std::uint8_t>(2), {.least_share = 0, .draws = 40'000});
  EXPECT_NEAR(shares[0], 1.0 / 3, 0.012);
  EXPECT_NEAR(shares[0] + shares[1], 1, 1e-12);
}

TEST(ThompsonShares, ShowEveryRunningArmAndNoStoppedOne) {
  const Beta arms[] = {{900, 100}, {10, 990}, {500, 500}};
  const auto shares = thompson_shares(arms, none_stopped, {.least_share = 0.05});
  EXPECT_NEAR(shares[0], 0.9, 1e-12);
  EXPECT_NEAR(shares[1], 0.05, 1e-12);
  const std::vector<std::uint8_t> stopped = {0, 1, 0};
  const auto fewer = thompson_shares(arms, stopped, {.least_share = 0.05});
  EXPECT_EQ(fewer[1], 0);
  EXPECT_NEAR(std::accumulate(fewer.begin(), fewer.end(), 0.0), 1, 1e-12);
  EXPECT_EQ(thompson_shares(arms, std::vector<std::uint8_t>{1, 1, 1}),
            (std::vector<double>{0, 0, 0}));
}

TEST(Pick, FollowsTheShares) {
  const double shares[] = {0.25, 0, 0.75};
  EXPECT_EQ(pick(shares, 0), 0U);
  EXPECT_EQ(pick(shares, 0.2499), 0U);
  EXPECT_EQ(pick(shares, 0.25), 2U);
  EXPECT_EQ(pick(shares, 0.999999999), 2U);
}

TEST(Judge, WaitsUntilItIsSure) {
  const Beta present{501, 4'501};
  EXPECT_EQ(judge({61, 41}, present, 200), Verdict::undecided);  // good, but too few
  EXPECT_EQ(judge({521, 4'481}, present), Verdict::undecided);   // within chance
  EXPECT_EQ(judge({701, 4'301}, present), Verdict::better);
  EXPECT_EQ(judge({301, 4'701}, present), Verdict::worse);
}

TEST(Learn, NeverStopsThePresentArmNorStartsAStoppedOne) {
  const ArmRecords records = {{{.shown = 5'000, .satisfied = 100}},
                              {{.shown = 5'000, .satisfied = 900}}};
  const Learned learned = learn(records, 0, {0, 1});
  EXPECT_EQ(learned.stopped, (std::vector<std::uint8_t>{0, 1}));
  EXPECT_EQ(learned.shares[0], (std::vector<double>{1, 0}));
  EXPECT_EQ(learned.verdicts[1], Verdict::better);
}

TEST(Simulation, FindsTheBestArmAndLeavesTheBadOne) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE(seed);
    const SimulationReport report = simulate({.rates = {0.10, 0.14, 0.05},
                                              .segments = 3,
                                              .lists = 20'000,
                                              .seed = seed,
                                              .shares = {.draws = 512}});
    EXPECT_EQ(report.best, 1U);
    EXPECT_EQ(report.present, 1U);
    EXPECT_GT(report.arms[1].promoted_at, 0U);
    EXPECT_GT(report.arms[2].stopped_at, 0U);
    EXPECT_EQ(report.arms[2].shown_late, 0U);
    EXPECT_GT(report.arms[1].shown_late, 3'600U);  // of 4,000; two others keep 2 % each at least
    EXPECT_LT(report.arms[2].shown, 1'000U);
    EXPECT_GT(report.satisfied, report.satisfied_evenly);
  }
}

TEST(Simulation, PromotesNothingWhereAllAreAlike) {
  int promoted = 0;
  int stopped = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const SimulationReport report = simulate(
        {.rates = {0.1, 0.1, 0.1}, .lists = 4'000, .seed = seed, .shares = {.draws = 256}});
    promoted += report.present != 0;
    for (const SimulatedArm& arm : report.arms) stopped += arm.stopped_at > 0;
  }
  EXPECT_LE(promoted, 3);
  EXPECT_LE(stopped, 6);  // of 40: looking often errs more than once in a hundred
}

TEST(Simulation, IsTheSameEachTime) {
  const SimulationOptions options{
      .rates = {0.1, 0.2}, .lists = 500, .seed = 4, .shares = {.draws = 64}};
  EXPECT_EQ(to_text(to_json(simulate(options))), to_text(to_json(simulate(options))));
}

}  // namespace
}  // namespace limn
