#include "limn/recommend/interactions.h"

#include <map>

#include <gtest/gtest.h>

#include "limn/recommend/test_data.h"

namespace limn {
namespace {

TEST(Interactions, AddsTheWeightsOfOneItem) {
  const std::vector<HistoryEntry> history = {
      {.item = 2, .weight = 0.3F}, {.item = 0, .weight = 0.5F}, {.item = 2, .weight = 0.5F}};
  const History histories[] = {history};
  const SparseMatrix matrix = interactions(histories, 3, {});
  ASSERT_EQ(matrix.row(0).size(), 2U);
  EXPECT_EQ(matrix.row(0).cols[0], 0U);
  EXPECT_EQ(matrix.row(0).cols[1], 2U);
  EXPECT_FLOAT_EQ(matrix.row(0).values[1], 0.8F);
}

TEST(Interactions, LeavesOutWhatUsersTurnedAway) {
  const std::vector<HistoryEntry> history = {
      {.item = 0, .weight = 1}, {.item = 0, .weight = -1.5F}, {.item = 1, .weight = -1}};
  const History histories[] = {history};
  EXPECT_EQ(interactions(histories, 2, {}).nonzeros(), 0U);
}

TEST(Interactions, ClipsAndThins) {
  const std::vector<HistoryEntry> history = {
      {.item = 0, .weight = 5}, {.item = 1, .weight = 0.4F}, {.item = 2, .weight = 0.9F}};
  const History histories[] = {history};
  const SparseMatrix matrix = interactions(histories, 3, {.min_weight = 0.5F, .max_weight = 2});
  ASSERT_EQ(matrix.nonzeros(), 2U);
  EXPECT_EQ(matrix.row(0).values[0], 2);
  EXPECT_EQ(matrix.row(0).cols[1], 2U);
}

TEST(Interactions, AgreesWithAMapOfSums) {
  const TestHistories histories = random_histories(40, 30, 20, 5);
  const auto matrix = dense(interactions(histories.views(), 30, {.max_weight = 1.5F}));
  for (std::size_t u = 0; u < 40; ++u) {
    std::map<ItemIndex, double> sums;
    for (const auto& entry : histories.owned[u]) sums[entry.item] += entry.weight;
    for (ItemIndex i = 0; i < 30; ++i) {
      EXPECT_NEAR(matrix[u][i], std::clamp(sums[i], 0.0, 1.5), 1e-6);
    }
  }
}

TEST(Interactions, TakesNoUsersAndEmptyHistories) {
  EXPECT_EQ(interactions({}, 3, {}).rows(), 0U);
  const History histories[] = {History{}, History{}};
  EXPECT_EQ(interactions(histories, 3, {}).rows(), 2U);
  EXPECT_EQ(interactions(histories, 3, {}).nonzeros(), 0U);
}

}  // namespace
}  // namespace limn
