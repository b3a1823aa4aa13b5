#include "limn/recommend/rerank.h"

#include <set>

#include <gtest/gtest.h>

#include "limn/recommend/test_data.h"

namespace limn {
namespace {

TEST(TopItems, AreTheBestThatAreNotExcluded) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::vector<float> scores(200);
    std::vector<std::uint8_t> excluded(200);
    for (float& score : scores) score = static_cast<float>(random.below(50));
    for (std::uint8_t& flag : excluded) flag = random.below(3) == 0 ? 1 : 0;
    const auto best = top_items(scores, excluded, {}, {.n = 15});
    ASSERT_EQ(best.size(), 15U);
    for (std::size_t i = 0; i + 1 < best.size(); ++i) EXPECT_TRUE(better(best[i], best[i + 1]));
    for (const Scored& item : best) EXPECT_EQ(excluded[item.index], 0);
    for (ItemIndex i = 0; i < 200; ++i) {
      const bool listed = std::any_of(best.begin(), best.end(),
                                      [&](const Scored& item) { return item.index == i; });
      if (!listed && excluded[i] == 0) {
        EXPECT_TRUE(better(best.back(), {i, scores[i]}));
      }
    }
  }
}

TEST(TopItems, AreFewerWhereThereAreFewer) {
  const std::vector<float> scores = {1, 2, 3};
  const std::vector<std::uint8_t> excluded = {1, 0, 1};
  EXPECT_EQ(top_items(scores, excluded, {}, {.n = 10}), (std::vector<Scored>{{1, 2.0F}}));
  EXPECT_TRUE(top_items({}, {}, {}, {}).empty());
}

TEST(Diversify, KeepsTheOrderOfScoresAtZero) {
  const Matrix embeddings = random_embeddings(30, 4, 1);
  std::vector<float> scores(30);
  for (std::size_t i = 0; i < 30; ++i) scores[i] = static_cast<float>((i * 7) % 30);
  EXPECT_EQ(top_items(scores, {}, embeddings, {.n = 10, .diversity = 0}),
            top_items(scores, {}, {}, {.n = 10}));
}

TEST(Diversify, SkipsATwinOfWhatStandsBefore) {
  Matrix embeddings(3, 2);
  embeddings.row(0)[0] = 1;
  embeddings.row(1)[0] = 1;
  embeddings.row(2)[1] = 1;
  const Scored candidates[] = {{0, 1.0F}, {1, 0.9F}, {2, 0.5F}};
  const auto list = diversify(candidates, embeddings, {.n = 2, .diversity = 0.5F});
  EXPECT_EQ(list, (std::vector<Scored>{{0, 1.0F}, {2, 0.5F}}));
}

TEST(Diversify, TakesTheGreatestMarginEachTime) {
  const Matrix embeddings = random_embeddings(40, 6, 3);
  std::vector<Scored> candidates;
  for (ItemIndex i = 0; i < 40; ++i) candidates.push_back({i, 4.0F - 0.1F * static_cast<float>(i)});
  const float diversity = 0.4F;
  const auto list = diversify(candidates, embeddings, {.n = 12, .diversity = diversity});
  const auto margin = [&](const Scored& item, std::size_t picked) {
    const float relevance = (item.score - 0.1F) / 3.9F;
    float nearest = 0;
    for (std::size_t i = 0; i < picked; ++i) {
      nearest = std::max(nearest, dot(embeddings.row(item.index), embeddings.row(list[i].index)));
    }
    return (1 - diversity) * relevance - diversity * nearest;
  };
  for (std::size_t place = 0; place < list.size(); ++place) {
    for (const Scored& other : candidates) {
      const auto before = list.begin() + static_cast<std::ptrdiff_t>(place);
      if (std::find(list.begin(), before, other) != before) continue;
      EXPECT_GE(margin(list[place], place), margin(other, place) - 1e-5F);
    }
  }
}

TEST(Diversify, MakesAListLessAlikeThanScoresAlone) {
  const Matrix embeddings = random_embeddings(300, 8, 4);
  Random random(5);
  std::vector<float> scores(300);
  // Scores near one direction: the best are alike.
  for (std::size_t i = 0; i < 300; ++i) scores[i] = dot(embeddings.row(i), embeddings.row(0));
  const auto likeness = [&](const std::vector<Scored>& list) {
    double sum = 0;
    for (const Scored& a : list) {
      for (const Scored& b : list) sum += dot(embeddings.row(a.index), embeddings.row(b.index));
    }
    return sum;
  };
  const auto by_score = top_items(scores, {}, embeddings, {.diversity = 0});
  const auto diverse = top_items(scores, {}, embeddings, {.diversity = 0.5F});
  EXPECT_LT(likeness(diverse), 0.9 * likeness(by_score));
  std::set<ItemIndex> distinct;
  for (const Scored& item : diverse) distinct.insert(item.index);
  EXPECT_EQ(distinct.size(), 10U);
}

TEST(Diversify, TakesEqualScoresAndNoCandidates) {
  const Matrix embeddings = random_embeddings(5, 3, 1);
  EXPECT_TRUE(diversify({}, embeddings, {.diversity = 0.5F}).empty());
  const Scored equal[] = {{0, 1.0F}, {1, 1.0F}, {2, 1.0F}};
  EXPECT_EQ(diversify(equal, embeddings, {.n = 2, .diversity = 0.3F}).size(), 2U);
}

TEST(RecommendTop, ScoresAndExcludes) {
  const std::vector<float> counts = {5, 4, 3, 2};
  const std::vector<std::uint8_t> excluded = {0, 1, 0, 0};
  EXPECT_EQ(recommend_top({}, Popularity(counts), excluded, {}, {.n = 2}),
            (std::vector<Scored>{{0, 5.0F}, {2, 3.0F}}));
}

}  // namespace
}  // namespace limn
