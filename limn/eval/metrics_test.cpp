#include "limn/eval/metrics.h"

#include <cmath>
#include <limits>
#include <numeric>

#include <gtest/gtest.h>

#include "limn/core/random.h"
#include "limn/core/vector_ops.h"

namespace limn {
namespace {

constexpr float left_out = -std::numeric_limits<float>::infinity();

struct Measures {
  double recall = 0, recall_min = 0, precision = 0, ndcg = 0, hit = 0, mrr = 0, map = 0;
};

Measures measures_of(const RankedTargets& targets, std::size_t k) {
  return {.recall = recall_at(targets, k, RecallDenominator::test),
          .recall_min = recall_at(targets, k, RecallDenominator::min),
          .precision = precision_at(targets, k),
          .ndcg = ndcg_at(targets, k),
          .hit = hit_at(targets, k),
          .mrr = mrr_at(targets, k),
          .map = map_at(targets, k)};
}

// The textbook: one list without ties; is_relevant[r] tells of rank r + 1.
Measures textbook(const std::vector<bool>& is_relevant, std::size_t relevant, std::size_t k) {
  Measures m;
  double hits = 0;
  double dcg = 0;
  for (std::size_t r = 0; r < std::min(k, is_relevant.size()); ++r) {
    if (!is_relevant[r]) continue;
    const double rank = static_cast<double>(r) + 1;
    hits += 1;
    dcg += 1 / std::log2(rank + 1);
    m.map += hits / rank;
    if (m.mrr == 0) m.mrr = 1 / rank;
  }
  double ideal = 0;
  const std::size_t fit = std::min(k, relevant);
  for (std::size_t r = 0; r < fit; ++r) ideal += 1 / std::log2(static_cast<double>(r) + 2);
  m.recall = hits / static_cast<double>(relevant);
  m.recall_min = hits / static_cast<double>(fit);
  m.precision = hits / static_cast<double>(k);
  m.ndcg = dcg / ideal;
  m.hit = hits > 0 ? 1 : 0;
  m.map /= static_cast<double>(fit);
  return m;
}

// The mean over all orders of the items in which the scores do not rise.
Measures mean_over_orders(const std::vector<float>& scores, const std::vector<ItemIndex>& relevant,
                          std::size_t k) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (scores[i] != left_out) order.push_back(i);
  }
  Measures sum;
  double orders = 0;
  do {
    bool falls = true;
    for (std::size_t r = 1; r < order.size(); ++r) {
      falls = falls && scores[order[r - 1]] >= scores[order[r]];
    }
    if (!falls) continue;
    std::vector<bool> is_relevant;
    for (const std::size_t item : order) {
      is_relevant.push_back(std::ranges::count(relevant, item) > 0);
    }
    const Measures m = textbook(is_relevant, relevant.size(), k);
    orders += 1;
    sum.recall += m.recall, sum.recall_min += m.recall_min, sum.precision += m.precision;
    sum.ndcg += m.ndcg, sum.hit += m.hit, sum.mrr += m.mrr, sum.map += m.map;
  } while (std::ranges::next_permutation(order).found);
  for (double* value :
       {&sum.recall, &sum.recall_min, &sum.precision, &sum.ndcg, &sum.hit, &sum.mrr, &sum.map}) {
    *value /= orders;
  }
  return sum;
}

void expect_same(const Measures& found, const Measures& expected) {
  EXPECT_NEAR(found.recall, expected.recall, 1e-12);
  EXPECT_NEAR(found.recall_min, expected.recall_min, 1e-12);
  EXPECT_NEAR(found.precision, expected.precision, 1e-12);
  EXPECT_NEAR(found.ndcg, expected.ndcg, 1e-12);
  EXPECT_NEAR(found.hit, expected.hit, 1e-12);
  EXPECT_NEAR(found.mrr, expected.mrr, 1e-12);
  EXPECT_NEAR(found.map, expected.map, 1e-12);
}

TEST(RankMetrics, AreTheMeanOverAllOrdersOfTiedItems) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::vector<float> scores(1 + random.below(7));
    for (float& score : scores) {
      score = random.below(8) == 0 ? left_out : static_cast<float>(random.below(3));
    }
    std::vector<ItemIndex> relevant;
    for (ItemIndex item = 0; item < scores.size(); ++item) {
      if (random.below(2) == 0) relevant.push_back(item);
    }
    if (relevant.empty()) relevant.push_back(0);

    // The list may be longer than the k that is measured: both ways of counting must agree.
    for (std::size_t k = 1; k <= 8; ++k) {
      for (const std::size_t max_k : {k, k + 2}) {
        const UserRanking ranking = rank_items(scores, relevant, max_k);
        expect_same(measures_of(ranking.targets, k), mean_over_orders(scores, relevant, k));
      }
    }
  }
}

TEST(RankMetrics, FollowTheTextbookWithoutTies) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::vector<float> scores(500);
    std::iota(scores.begin(), scores.end(), 0.0F);
    random.shuffle(std::span(scores));
    std::vector<ItemIndex> relevant;
    for (ItemIndex item = 0; item < scores.size(); ++item) {
      if (random.below(25) == 0) relevant.push_back(item);
    }
    std::vector<bool> is_relevant(scores.size());
    for (const ItemIndex item : relevant) {
      is_relevant[scores.size() - 1 - static_cast<std::size_t>(scores[item])] = true;
    }
    const UserRanking ranking = rank_items(scores, relevant, 50);
    for (const std::size_t k : {1, 10, 20, 50}) {
      expect_same(measures_of(ranking.targets, k), textbook(is_relevant, relevant.size(), k));
    }
  }
}

TEST(RankMetrics, AgreeWithACaseDoneByHand) {
  // Ranks 1, 3 and 6 are relevant; one more relevant item is left out of the list.
  const std::vector<float> scores = {9, 8, 7, 6, 5, 4, left_out};
  const std::vector<ItemIndex> relevant = {0, 2, 5, 6};
  const Measures m = measures_of(rank_items(scores, relevant, 5).targets, 5);
  EXPECT_DOUBLE_EQ(m.recall, 2.0 / 4);
  EXPECT_DOUBLE_EQ(m.precision, 2.0 / 5);
  EXPECT_DOUBLE_EQ(m.hit, 1);
  EXPECT_DOUBLE_EQ(m.mrr, 1);
  EXPECT_NEAR(m.map, (1.0 + 2.0 / 3) / 4, 1e-12);
  // DCG 1 + 1/log2(4) = 1.5 over 1 + .63093 + .5 + .43068.
  EXPECT_NEAR(m.ndcg, 1.5 / 2.5616063, 1e-6);
}

TEST(RankMetrics, GiveAConstantScorerWhatChanceWould) {
  // 100 items of one score, 5 of them relevant: each of the first 20 ranks holds one with 5 %.
  const std::vector<float> scores(100, 0.25F);
  const std::vector<ItemIndex> relevant = {3, 50, 51, 98, 99};
  const Measures m = measures_of(rank_items(scores, relevant, 20).targets, 20);
  EXPECT_NEAR(m.recall, 0.2, 1e-12);
  EXPECT_NEAR(m.precision, 0.05, 1e-12);
  // 1 - C(95, 20) / C(100, 20).
  EXPECT_NEAR(m.hit, 0.68069056, 1e-7);
}

TEST(RankMetrics, AreZeroWhereNothingCanBeFound) {
  const std::vector<float> nothing(4, left_out);
  const std::vector<ItemIndex> relevant = {1};
  expect_same(measures_of(rank_items(nothing, relevant, 3).targets, 3), {});
  const std::vector<float> scores = {1, 2, 3, 4};
  expect_same(measures_of(rank_items(scores, {}, 3).targets, 3), {});
  expect_same(measures_of(rank_items({}, {}, 3).targets, 3), {});
}

TEST(RankItems, ListsTheBestAndLeavesOutWhatIsMarked) {
  const std::vector<float> scores = {1, left_out, 3, 3, left_out, 2};
  const UserRanking ranking = rank_items(scores, {}, 10);
  EXPECT_EQ(ranking.top, (std::vector<Scored>{{2, 3}, {3, 3}, {5, 2}, {0, 1}}));
}

TEST(Coverage, IsTheShareOfItemsShown) {
  EXPECT_EQ(coverage({}), 0);
  EXPECT_EQ(coverage(std::vector<std::uint32_t>{0, 5, 0, 1}), 0.5);
}

TEST(Gini, IsHalfTheMeanDifferenceOverTheMean) {
  EXPECT_EQ(gini({}), 0);
  EXPECT_EQ(gini(std::vector<std::uint32_t>{0, 0}), 0);
  EXPECT_EQ(gini(std::vector<std::uint32_t>{4, 4, 4}), 0);
  EXPECT_DOUBLE_EQ(gini(std::vector<std::uint32_t>{0, 0, 0, 8}), 0.75);
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::vector<std::uint32_t> counts(30);
    for (auto& count : counts) count = static_cast<std::uint32_t>(random.below(9));
    double differences = 0;
    double total = 0;
    for (const double a : counts) {
      total += a;
      for (const double b : counts) differences += std::abs(a - b);
    }
    EXPECT_NEAR(gini(counts), differences / (2 * 30 * total), 1e-12);
  }
}

TEST(Novelty, IsTheMeanSurpriseOfTheList) {
  const std::vector<Scored> list = {{0, 3}, {1, 2}, {2, 1}};
  const std::vector<std::uint32_t> owners = {8, 2, 0};
  EXPECT_DOUBLE_EQ(novelty_at(list, 1, owners, 8), 0);
  EXPECT_DOUBLE_EQ(novelty_at(list, 2, owners, 8), 1);
  EXPECT_DOUBLE_EQ(novelty_at(list, 9, owners, 8), (0.0 + 2 + 3) / 3);
  EXPECT_EQ(novelty_at({}, 5, owners, 8), 0);
}

TEST(Diversity, IsTheMeanOverAllPairs) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    Matrix embeddings(12, 7);
    for (std::size_t i = 1; i < 12; ++i) {  // row 0 stays zero: an item without a text
      for (float& x : embeddings.row(i)) x = static_cast<float>(random.normal());
      normalize(embeddings.row(i));
    }
    std::vector<Scored> list;
    for (std::uint32_t i = 0; i < 12; ++i) list.push_back({i, 0});
    double sum = 0;
    for (std::size_t i = 0; i < 9; ++i) {
      for (std::size_t j = 0; j < i; ++j) sum += 1 - dot(embeddings.row(i), embeddings.row(j));
    }
    EXPECT_NEAR(diversity_at(list, 9, embeddings), sum / 36, 1e-6);
    EXPECT_EQ(diversity_at(list, 1, embeddings), 0);
  }
}

}  // namespace
}  // namespace limn
