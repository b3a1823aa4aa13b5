#include "limn/recommend/trending.h"

#include <cmath>

#include <gtest/gtest.h>

#include "limn/core/random.h"
#include "limn/recommend/recommender.h"

namespace limn {
namespace {

Time day(std::int64_t n) {
  return Time(std::chrono::days(n));
}

// `uses` of an item, one a day up to `last`.
void add_uses(std::vector<HistoryEntry>& history, ItemIndex item, std::int64_t uses,
              std::int64_t last) {
  for (std::int64_t n = 0; n < uses; ++n)
    history.push_back({.item = item, .weight = 1, .time = day(last - n)});
}

TEST(Trending, IsTheRatioOfTwoRatesDrawnTogether) {
  std::vector<HistoryEntry> history;
  add_uses(history, 0, 1, 0);
  add_uses(history, 1, 1, 10);
  const History histories[] = {history};
  const auto scores = trending(histories, 3, {.now = day(10), .half_life_days = 10, .shrink = 2});
  // 1.5 of 2 uses are left, so 0.75 of each would be usual.
  EXPECT_NEAR(scores[0], std::log((0.5 + 2) / (0.75 + 2)), 1e-6);
  EXPECT_NEAR(scores[1], std::log((1.0 + 2) / (0.75 + 2)), 1e-6);
  EXPECT_EQ(scores[2], 0);
}

TEST(Trending, PutsWhatRisesBeforeWhatWasAlwaysUsedMore) {
  std::vector<HistoryEntry> history;
  add_uses(history, 0, 200, 200);  // steadily, and most of all
  add_uses(history, 1, 40, 200);   // new, and taken up at once
  add_uses(history, 2, 100, 100);  // over
  add_uses(history, 3, 2, 200);    // two uses say little
  const History histories[] = {history};
  const auto scores = trending(histories, 4, {.now = day(200)});
  EXPECT_GT(scores[1], scores[3]);
  EXPECT_GT(scores[3], scores[2]);
  EXPECT_GT(scores[1], scores[0]);
  EXPECT_LT(scores[2], 0);
}

TEST(Trending, HasNothingToSayWithoutTimesOrEvents) {
  std::vector<HistoryEntry> history(5, {.item = 1, .weight = 1, .time = day(3)});
  const History histories[] = {history};
  for (const float score : trending(histories, 3, {.now = day(3)})) EXPECT_EQ(score, 0);
  for (const float score : trending({}, 3, {.now = day(3)})) EXPECT_EQ(score, 0);
}

TEST(Trending, DoesNotDependOnTheOrderOfUsers) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::vector<std::vector<HistoryEntry>> users(20);
    for (auto& user : users) {
      for (int n = 0; n < 10; ++n) {
        user.push_back({.item = static_cast<ItemIndex>(random.below(8)),
                        .weight = n == 3 ? NAN : static_cast<float>(random.below(3)) - 0.5F,
                        .time = day(static_cast<std::int64_t>(random.below(60)))});
      }
    }
    const std::vector<History> forth(users.begin(), users.end());
    const std::vector<History> back(users.rbegin(), users.rend());
    const auto a = trending(forth, 8, {.now = day(60)});
    const auto b = trending(back, 8, {.now = day(60)});
    for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-5);
  }
}

TEST(Trending, RanksAndExplainsAsAPart) {
  const std::vector<float> scores = {0.2F, -0.1F};
  const Popularity part("trending", Term::Kind::trending, scores);
  EXPECT_EQ(part.name(), "trending");
  std::vector<float> answered(2);
  part.score({}, answered);
  EXPECT_EQ(answered, scores);
  const auto terms = part.explain({}, 1);
  ASSERT_EQ(terms.size(), 1U);
  EXPECT_EQ(terms[0].kind, Term::Kind::trending);
  EXPECT_EQ(terms[0].weight, -0.1F);
}

}  // namespace
}  // namespace limn
