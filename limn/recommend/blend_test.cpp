#include "limn/recommend/blend.h"

#include <cmath>
#include <limits>
#include <numeric>

#include <gtest/gtest.h>

#include "limn/recommend/test_data.h"
#include "limn/recommend/text_neighbours.h"

namespace limn {
namespace {

constexpr std::size_t item_count = 50;

BlendWeights the_same_weights(const std::vector<float>& weights) {
  BlendWeights all;
  all.fill(weights);
  return all;
}

// Scores that a test sets.
class Fixed final : public Recommender {
 public:
  explicit Fixed(std::vector<float> scores) : scores_(std::move(scores)) {}
  [[nodiscard]] std::string_view name() const override { return "fixed"; }
  [[nodiscard]] std::size_t item_count() const override { return scores_.size(); }
  void score(const Query& /*query*/, std::span<float> scores) const override {
    std::copy(scores_.begin(), scores_.end(), scores.begin());
  }
  [[nodiscard]] std::vector<std::vector<Term>> explain_items(
      const Query& /*query*/, std::span<const ItemIndex> items) const override {
    std::vector<std::vector<Term>> terms;
    for (const ItemIndex item : items) {
      terms.push_back({{.kind = Term::Kind::popularity, .weight = scores_[item]}});
    }
    return terms;
  }

 private:
  std::vector<float> scores_;
};

struct BlendTest : testing::Test {
  SparseMatrix weights = random_interactions(item_count, item_count, 12, 1);
  std::vector<float> counts = std::vector<float>(item_count);
  Matrix embeddings = random_embeddings(item_count, 8, 2);
  ItemWeights neighbours = fit_text_neighbours(embeddings, {.k = 10});
  ItemModel behaviour{"behaviour", weights};
  Popularity popular{counts};
  TextRecommender text{embeddings, neighbours, {}};
  std::vector<const Recommender*> parts = {&behaviour, &popular, &text};

  BlendTest() {
    for (std::size_t i = 0; i < item_count; ++i) counts[i] = static_cast<float>(i % 7);
  }
};

TEST_F(BlendTest, TermsAddUpToTheScore) {
  const Blend blend(parts, the_same_weights({0.5F, 0.2F, 0.3F}));
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    const TestHistories histories = random_histories(1, item_count, seed, seed);
    const Matrix words = random_embeddings(1, 8, seed);
    const Query query{.history = histories.owned[0], .text = words.row(0)};
    std::vector<float> scores(item_count);
    const auto scales = blend.score_with_scales(query, scores);
    std::vector<ItemIndex> items(item_count);
    std::iota(items.rbegin(), items.rend(), 0U);  // the order of the question is that of the answer
    const auto explained = blend.explain_items(query, items, scales);
    for (std::size_t i = 0; i < item_count; ++i) {
      const ItemIndex item = items[i];
      const auto& terms = explained[i];
      double sum = 0;
      double size = 0;
      for (const Term& term : terms) {
        sum += term.weight;
        size += std::abs(term.weight);
      }
      EXPECT_NEAR(sum, scores[item], 1e-5 * std::max(size, 1e-3));
      double by_part = 0;
      for (const double total : part_totals(terms, parts.size())) by_part += total;
      EXPECT_NEAR(by_part, sum, 1e-9);
    }
    EXPECT_EQ(blend.explain(query, 3).size(), explained[item_count - 1 - 3].size());
  }
}

TEST_F(BlendTest, IsTheSumOfStandardisedScores) {
  const Blend blend(parts, the_same_weights({0.5F, 0.2F, 0.3F}));
  const TestHistories histories = random_histories(1, item_count, 8, 4);
  const Query query{.history = histories.owned[0]};
  std::vector<float> scores(item_count);
  blend.score(query, scores);

  const float part_weights[] = {0.5F, 0.2F, 0.3F};
  std::vector<double> expected(item_count);
  for (std::size_t p = 0; p < parts.size(); ++p) {
    std::vector<float> own(item_count);
    parts[p]->score(query, own);
    std::vector<double> unused;
    for (ItemIndex i = 0; i < item_count; ++i) {
      const bool used = std::any_of(query.history.begin(), query.history.end(),
                                    [&](const HistoryEntry& entry) { return entry.item == i; });
      if (!used) unused.push_back(own[i]);
    }
    double mean = 0;
    double variance = 0;
    for (const double value : unused) mean += value / static_cast<double>(unused.size());
    for (const double value : unused) {
      variance += (value - mean) * (value - mean) / static_cast<double>(unused.size());
    }
    for (ItemIndex i = 0; i < item_count; ++i) {
      expected[i] += part_weights[p] * (own[i] - mean) / std::sqrt(variance);
    }
  }
  for (ItemIndex i = 0; i < item_count; ++i) EXPECT_NEAR(scores[i], expected[i], 1e-4);
}

TEST_F(BlendTest, TakesTheWeightsOfTheLengthOfTheHistory) {
  BlendWeights by_length = the_same_weights({0, 0, 0});
  by_length[0] = {0, 1, 0};
  by_length[3] = {1, 0, 0};
  const Blend blend(parts, by_length);
  std::vector<float> scores(item_count);
  blend.score({}, scores);
  EXPECT_EQ(std::max_element(scores.begin(), scores.end()) - scores.begin(), 6);

  std::vector<HistoryEntry> history(11, {.item = 4, .weight = 1});
  for (const Term& term : blend.explain({.history = history}, 9)) EXPECT_EQ(term.part, 0U);
}

TEST_F(BlendTest, HearsNothingFromAPartThatHasNothingToSay) {
  const Blend blend(parts, the_same_weights({1, 1, 1}));
  std::vector<float> scores(item_count);
  const auto scales = blend.score_with_scales({}, scores);  // a newcomer: popularity alone speaks
  EXPECT_EQ(scales[0].factor, 0);
  EXPECT_GT(scales[1].factor, 0);
  EXPECT_EQ(scales[2].factor, 0);
}

TEST(Blend, NeverLetsThroughWhatIsNotFinite) {
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(),
                          std::numeric_limits<float>::infinity(), 3e38F, -3e38F}) {
    const Fixed broken({1, bad, 3, -bad});
    const Fixed sound({1, 2, 3, 4});
    const Blend blend({&broken, &sound}, the_same_weights({1, 1}));
    std::vector<float> scores(4);
    blend.score({}, scores);
    for (const float score : scores) EXPECT_TRUE(std::isfinite(score));
    EXPECT_EQ(blend.explain({}, 1).back().part, 1U);
  }
}

TEST(Blend, SeesSmallDifferencesFarFromZero) {
  const Fixed high({10'000, 10'001, 10'002});
  const Blend blend({&high}, the_same_weights({1}));
  std::vector<float> scores(3);
  blend.score({}, scores);
  EXPECT_NEAR(scores[0], -std::sqrt(1.5), 1e-4);
  EXPECT_NEAR(scores[2], std::sqrt(1.5), 1e-4);
}

TEST(Blend, SaysNothingWhenAllItemsAreUsed) {
  const Fixed part({1, 2});
  const std::vector<HistoryEntry> history = {{.item = 0, .weight = 1}, {.item = 1, .weight = 1}};
  std::vector<float> scores(2);
  Blend({&part}, the_same_weights({1})).score({.history = history}, scores);
  EXPECT_EQ(scores, std::vector<float>(2));
}

}  // namespace
}  // namespace limn
