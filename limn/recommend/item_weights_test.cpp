#include "limn/recommend/item_weights.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "limn/core/random.h"
#include "limn/recommend/test_data.h"

namespace limn {
namespace {

TEST(ItemWeights, ScoresAsTheSumOverTheHistory) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    SCOPED_TRACE(seed);
    const SparseMatrix weights = random_interactions(25, 25, 6, seed);
    const auto w = dense(weights);
    const TestHistories histories = random_histories(1, 25, 15, seed);
    const History history = histories.owned[0];
    std::vector<float> scores(25);
    add_history_scores(weights, history, scores);
    for (std::size_t i = 0; i < 25; ++i) {
      double expected = 0;
      for (const HistoryEntry& entry : history) expected += entry.weight * w[entry.item][i];
      EXPECT_NEAR(scores[i], expected, 1e-5);
    }
  }
}

TEST(ItemWeights, SharesAddUpToTheScore) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    SCOPED_TRACE(seed);
    const SparseMatrix weights = random_interactions(25, 25, 6, seed);
    const TestHistories histories = random_histories(1, 25, 15, seed);
    std::vector<float> scores(25);
    add_history_scores(weights, histories.owned[0], scores);
    std::vector<ItemIndex> items(25);
    std::iota(items.rbegin(), items.rend(), 0U);
    std::vector<double> sums(items.size());
    each_history_share(weights, histories.owned[0], items,
                       [&](std::size_t place, const HistoryEntry& entry, float weight) {
                         EXPECT_NE(weight, 0);
                         EXPECT_LT(entry.item, 25U);
                         sums[place] += weight;
                       });
    for (std::size_t i = 0; i < items.size(); ++i) EXPECT_NEAR(sums[i], scores[items[i]], 1e-5);
  }
}

TEST(ItemWeights, SkipsItemsNewerThanTheModel) {
  const SparseMatrix weights = random_interactions(5, 5, 3, 1);
  const std::vector<HistoryEntry> history = {{.item = 5, .weight = 1}, {.item = 999, .weight = 1}};
  std::vector<float> scores(5);
  add_history_scores(weights, history, scores);
  EXPECT_EQ(scores, std::vector<float>(5));
  const ItemIndex item = 2;
  each_history_share(weights, history, {&item, 1},
                     [](std::size_t, const HistoryEntry&, float) { ADD_FAILURE(); });
}

TEST(KeepLargest, KeepsByMagnitudeAndReturnsColumnsAscending) {
  std::vector<WeightedItem> row = {{7, 0.5F}, {3, -2.0F}, {5, 1.0F}, {1, -0.5F}, {0, 0.1F}};
  keep_largest(row, 3);
  ASSERT_EQ(row.size(), 3U);
  EXPECT_EQ(row[0].item, 1U);  // of the equal magnitudes the lower item
  EXPECT_EQ(row[1].item, 3U);
  EXPECT_EQ(row[2].item, 5U);
}

TEST(KeepLargest, KeepsWhatSortingWouldKeep) {
  Random random(1);
  for (const std::size_t n : {2U, 50U, 3000U}) {
    std::vector<WeightedItem> row;
    for (std::size_t i = 0; i < n; ++i) {
      const double size = std::exp(4 * random.normal());
      // Some sizes come often.
      const double weight = random.below(3) == 0 ? std::round(size) + 1 : size;
      row.push_back({static_cast<ItemIndex>(i * 7919 % n), static_cast<float>(-weight)});
    }
    std::vector<WeightedItem> sorted = row;
    std::ranges::sort(sorted, [](const WeightedItem& a, const WeightedItem& b) {
      return std::tuple(a.weight, a.item) < std::tuple(b.weight, b.item);
    });
    for (const std::size_t k : {std::size_t{0}, std::size_t{1}, n / 3, n - 1, n}) {
      std::vector<WeightedItem> expected(sorted.begin(),
                                         sorted.begin() + static_cast<std::ptrdiff_t>(k));
      std::ranges::sort(expected, {}, &WeightedItem::item);
      std::vector<WeightedItem> kept = row;
      keep_largest(kept, k);
      ASSERT_EQ(kept.size(), k);
      for (std::size_t i = 0; i < k; ++i) {
        EXPECT_EQ(kept[i].item, expected[i].item) << n << " " << k;
        EXPECT_EQ(kept[i].weight, expected[i].weight) << n << " " << k;
      }
    }
  }
}

TEST(KeepLargest, DropsZerosAndWhatIsNotFinite) {
  std::vector<WeightedItem> row = {{0, 0.0F},
                                   {1, std::numeric_limits<float>::infinity()},
                                   {2, std::numeric_limits<float>::quiet_NaN()},
                                   {3, 1.0F}};
  keep_largest(row, 10);
  ASSERT_EQ(row.size(), 1U);
  EXPECT_EQ(row[0].item, 3U);
}

}  // namespace
}  // namespace limn
