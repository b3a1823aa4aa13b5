#include "limn/recommend/forgetful.h"

#include <gtest/gtest.h>

#include "limn/recommend/gram.h"
#include "limn/recommend/test_data.h"

namespace limn {
namespace {

HistoryEntry event_at(std::int64_t day, float weight) {
  return {
      .item = static_cast<ItemIndex>(day), .weight = weight, .time = Time(std::chrono::days(day))};
}

TEST(Forgetful, HalvesAWeightAfterSoManyEvents) {
  const std::vector<HistoryEntry> history = {event_at(1, 2), event_at(2, 1), event_at(3, 0),
                                             event_at(4, -1), event_at(5, 1)};
  const std::vector<HistoryEntry> found = faded(history, 3);
  ASSERT_EQ(found.size(), 5U);
  EXPECT_FLOAT_EQ(found[0].weight, 1);  // three newer ones that weigh anything
  EXPECT_FLOAT_EQ(found[1].weight, 0.6F);
  EXPECT_FLOAT_EQ(found[2].weight, 0);
  EXPECT_FLOAT_EQ(found[3].weight, -0.75F);
  EXPECT_FLOAT_EQ(found[4].weight, 1);
}

TEST(Forgetful, TreatsEventsOfOneTimeAlike) {
  const std::vector<HistoryEntry> history = {event_at(1, 1), event_at(2, 1), event_at(2, 1)};
  const std::vector<HistoryEntry> found = faded(history, 2);
  EXPECT_FLOAT_EQ(found[0].weight, 0.5F);
  EXPECT_FLOAT_EQ(found[1].weight, 1);
  EXPECT_FLOAT_EQ(found[2].weight, 1);
}

TEST(Forgetful, OfNothingLeavesHistoriesAsTheyAre) {
  const TestHistories histories = random_histories(5, 9, 6, 3);
  for (const History history : histories.views()) {
    const std::vector<HistoryEntry> same = faded(history, 0);
    EXPECT_TRUE(std::equal(same.begin(), same.end(), history.begin(), history.end()));
  }
  EXPECT_TRUE(faded({}, 2).empty());
}

TEST(Forgetful, ExplainsWhatItScores) {
  const SparseMatrix weights = fit_gram(random_interactions(60, 20, 5, 2), {});
  const Forgetful forgetful(std::make_unique<ItemModel>("gram", weights), 1.5);
  EXPECT_EQ(forgetful.name(), "gram");
  const TestHistories histories = random_histories(10, 20, 6, 4);
  for (const History history : histories.views()) {
    Query query;
    query.history = history;
    std::vector<float> scores(20);
    forgetful.score(query, scores);
    for (ItemIndex item = 0; item < 20; ++item) {
      float sum = 0;
      for (const Term& term : forgetful.explain(query, item)) sum += term.weight;
      EXPECT_NEAR(sum, scores[item], 1e-5);
    }
  }
}

}  // namespace
}  // namespace limn
