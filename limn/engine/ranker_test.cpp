#include "limn/engine/ranker.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "limn/recommend/test_data.h"

namespace limn {
namespace {

constexpr std::size_t item_count = 400;  // twice what a ranker looks at

// Likes even items, the later the better, and reads the parts where it is told to.
class Even final : public Ranker {
 public:
  explicit Even(bool reads_parts) : reads_parts_(reads_parts) {}
  [[nodiscard]] std::string_view name() const override { return "even"; }
  [[nodiscard]] bool reads_parts() const override { return reads_parts_; }
  [[nodiscard]] std::vector<float> score(const RankerQuestion& question) const override {
    EXPECT_EQ(question.part_scores.rows(), reads_parts_ ? 2U : 0U);
    std::vector<float> scores;
    for (const ItemIndex item : question.candidates) {
      EXPECT_EQ(question.used[item], 0);
      scores.push_back(item % 2 == 0 ? static_cast<float>(item) : 0.0F);
    }
    return scores;
  }

 private:
  bool reads_parts_;
};

// Says of every item what it was made with.
class Same final : public Ranker {
 public:
  explicit Same(float value) : value_(value) {}
  [[nodiscard]] std::string_view name() const override { return "same"; }
  [[nodiscard]] bool reads_parts() const override { return false; }
  [[nodiscard]] std::vector<float> score(const RankerQuestion& question) const override {
    return std::vector<float>(question.candidates.size(), value_);
  }

 private:
  float value_;
};

struct RankedBlendTest : testing::Test {
  SparseMatrix weights = random_interactions(item_count, item_count, 90, 1);
  std::vector<float> counts = std::vector<float>(item_count);
  ItemModel behaviour{"behaviour", weights};
  Popularity popular{counts};
  std::vector<const Recommender*> parts = {&behaviour, &popular};
  std::vector<HistoryEntry> history = {{.item = 3, .weight = 1}, {.item = 9, .weight = 0.5F}};
  Query query{.history = history};

  RankedBlendTest() {
    Random random(2);
    for (float& count : counts) count = static_cast<float>(random.uniform());
  }

  [[nodiscard]] RankedBlend blend(const Ranker* ranker, float weight) const {
    BlendWeights all;
    all.fill({0.7F, 0.3F});
    return {parts, all, {ranker, weight}};
  }
  static std::vector<float> scores_of(const Recommender& recommender, const Query& query) {
    std::vector<float> scores(recommender.item_count());
    recommender.score(query, scores);
    return scores;
  }
};

TEST_F(RankedBlendTest, WithoutARankerOrItsWeightIsTheBlendToTheBit) {
  const Even even(true);
  const RankedBlend plain = blend(nullptr, 1);
  const std::vector<float> expected = scores_of(plain.blend(), query);
  EXPECT_EQ(scores_of(plain, query), expected);
  EXPECT_EQ(scores_of(blend(&even, 0), query), expected);
  // One that says the same of all, or nothing that is a number, moves nothing.
  const Same same(7);
  const Same nothing(std::numeric_limits<float>::quiet_NaN());
  EXPECT_EQ(scores_of(blend(&same, 1), query), expected);
  EXPECT_EQ(scores_of(blend(&nothing, 1), query), expected);
}

TEST_F(RankedBlendTest, TermsAddUpToTheScoreOfEveryItem) {
  std::vector<ItemIndex> all(item_count);
  for (ItemIndex item = 0; item < item_count; ++item) all[item] = item;
  for (const bool reads_parts : {false, true}) {
    const Even even(reads_parts);
    const RankedBlend ranked = blend(&even, 0.4F);
    const std::vector<float> scores = scores_of(ranked, query);
    const std::vector<float> before = scores_of(ranked.blend(), query);
    const auto terms = ranked.explain_items(query, all);
    std::size_t ranked_twice = 0;
    for (const ItemIndex item : all) {
      double sum = 0;
      double added = 0;
      for (const Term& term : terms[item]) {
        sum += term.weight;
        if (term.kind != Term::Kind::ranker) continue;
        added += term.weight;
        ++ranked_twice;
        EXPECT_EQ(term.part, parts.size());
      }
      EXPECT_NEAR(sum, scores[item], 1e-4) << item;
      EXPECT_NEAR(scores[item] - before[item], added, 1e-5) << item;
    }
    EXPECT_EQ(ranked_twice, ranker_candidate_count);
  }
}

TEST_F(RankedBlendTest, MovesTheBestItemsAloneAndNoneThatAreUsed) {
  const Even even(true);
  const RankedBlend ranked = blend(&even, 100);
  const std::vector<float> before = scores_of(ranked.blend(), query);
  const std::vector<float> after = scores_of(ranked, query);
  const auto used = used_items(history, item_count);
  const std::vector<ItemIndex> candidates = ranker_candidates(before, used);
  ASSERT_EQ(candidates.size(), ranker_candidate_count);
  float least = std::numeric_limits<float>::infinity();
  for (const ItemIndex item : candidates) least = std::min(least, before[item]);
  for (ItemIndex item = 0; item < item_count; ++item) {
    if (std::ranges::count(candidates, item) == 0) {
      EXPECT_EQ(after[item], before[item]) << item;
      EXPECT_TRUE(used[item] != 0 || before[item] <= least) << item;
    }
  }
  // So great a weight leaves the ranker's order: the last even candidate is first.
  const auto best = static_cast<ItemIndex>(std::ranges::max_element(after) - after.begin());
  ItemIndex last_even = 0;
  for (const ItemIndex item : candidates) {
    if (item % 2 == 0) last_even = std::max(last_even, item);
  }
  EXPECT_EQ(best, last_even);
}

TEST_F(RankedBlendTest, LeavesNewcomersToTheBlend) {
  const Even even(true);
  const RankedBlend ranked = blend(&even, 1);
  const std::vector<HistoryEntry> turned_away{{.item = 3, .weight = -1}};
  for (const Query& newcomer : {Query{}, Query{.history = turned_away}}) {
    EXPECT_EQ(scores_of(ranked, newcomer), scores_of(ranked.blend(), newcomer));
    EXPECT_TRUE(
        std::ranges::none_of(ranked.explain_items(newcomer, std::vector<ItemIndex>{1}).front(),
                             [](const Term& term) { return term.kind == Term::Kind::ranker; }));
  }
}

TEST(RankerCandidates, AreTheBestUnusedOnesOfAnyNumber) {
  const std::vector<float> scores{1, 5, 3, 4};
  EXPECT_EQ(ranker_candidates(scores, std::vector<std::uint8_t>{0, 0, 0, 1}),
            (std::vector<ItemIndex>{1, 2, 0}));
  EXPECT_TRUE(ranker_candidates({}, {}).empty());
}

TEST(Standardized, HasMeanZeroAndDeviationOne) {
  const std::vector<float> found = standardized(std::vector<float>{1, 2, 3, 4});
  EXPECT_NEAR(found[0], -1.5 / std::sqrt(1.25), 1e-6);
  EXPECT_NEAR(found[3], 1.5 / std::sqrt(1.25), 1e-6);
  EXPECT_EQ(standardized(std::vector<float>{2, 2}), (std::vector<float>{0, 0}));
  EXPECT_TRUE(standardized({}).empty());
}

}  // namespace
}  // namespace limn
