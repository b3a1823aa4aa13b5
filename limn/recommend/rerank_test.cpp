#include "limn/recommend/rerank.h"

#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "limn/core/class_shares.h"
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
  EXPECT_EQ(top_items(scores, {}, {.embeddings = embeddings}, {.n = 10, .diversity = 0}),
            top_items(scores, {}, {}, {.n = 10}));
}

TEST(Diversify, SkipsATwinOfWhatStandsBefore) {
  Matrix embeddings(3, 2);
  embeddings.row(0)[0] = 1;
  embeddings.row(1)[0] = 1;
  embeddings.row(2)[1] = 1;
  const Scored candidates[] = {{0, 1.0F}, {1, 0.9F}, {2, 0.5F}};
  const auto list = rerank(candidates, {.embeddings = embeddings}, {.n = 2, .diversity = 0.5F});
  EXPECT_EQ(list, (std::vector<Scored>{{0, 1.0F}, {2, 0.5F}}));
}

TEST(Diversify, TakesTheGreatestMarginEachTime) {
  const Matrix embeddings = random_embeddings(40, 6, 3);
  std::vector<Scored> candidates;
  for (ItemIndex i = 0; i < 40; ++i) candidates.push_back({i, 4.0F - 0.1F * static_cast<float>(i)});
  const float diversity = 0.4F;
  const auto list =
      rerank(candidates, {.embeddings = embeddings}, {.n = 12, .diversity = diversity});
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
  const auto by_score = top_items(scores, {}, {.embeddings = embeddings}, {.diversity = 0});
  const auto diverse = top_items(scores, {}, {.embeddings = embeddings}, {.diversity = 0.5F});
  EXPECT_LT(likeness(diverse), 0.9 * likeness(by_score));
  std::set<ItemIndex> distinct;
  for (const Scored& item : diverse) distinct.insert(item.index);
  EXPECT_EQ(distinct.size(), 10U);
}

TEST(Diversify, TakesEqualScoresAndNoCandidates) {
  const Matrix embeddings = random_embeddings(5, 3, 1);
  EXPECT_TRUE(rerank({}, {.embeddings = embeddings}, {.diversity = 0.5F}).empty());
  const Scored equal[] = {{0, 1.0F}, {1, 1.0F}, {2, 1.0F}};
  EXPECT_EQ(rerank(equal, {.embeddings = embeddings}, {.n = 2, .diversity = 0.3F}).size(), 2U);
}

// (items, classes): each item of one or two of them.
SparseMatrix random_classes(std::size_t items, std::size_t classes, std::uint64_t seed) {
  Random random(seed);
  std::vector<Triplet> entries;
  for (std::uint32_t item = 0; item < items; ++item) {
    const auto first = static_cast<std::uint32_t>(random.below(classes));
    const auto second = static_cast<std::uint32_t>(random.below(classes));
    entries.push_back({item, first, 1});
    if (second != first) entries.push_back({item, second, 1});
  }
  return SparseMatrix::from_triplets(items, classes, std::move(entries));
}

std::vector<Scored> falling_candidates(std::size_t count) {
  std::vector<Scored> candidates;
  for (ItemIndex i = 0; i < count; ++i)
    candidates.push_back({i, 4.0F - 0.1F * static_cast<float>(i)});
  return candidates;
}

std::vector<ItemIndex> items_of(const std::vector<Scored>& list) {
  std::vector<ItemIndex> items;
  for (const Scored& scored : list) items.push_back(scored.index);
  return items;
}

// Steck's greedy by its definition: each next item leaves no other that would have made
// (1 - c) sum of relevance - c gap of the whole list greater.
TEST(Calibrate, PicksWhatMakesTheListsTotalGreatestEachTime) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    SCOPED_TRACE(seed);
    const SparseMatrix classes = random_classes(40, 5, seed);
    const std::vector<double> target{0.5, 0.3, 0.2, 0, 0};
    const std::vector<Scored> candidates = falling_candidates(40);
    const float c = 0.6F;
    const auto list = rerank(candidates, {.item_classes = classes, .class_target = target},
                             {.n = 12, .calibration = c});
    ASSERT_EQ(list.size(), 12U);
    const auto total = [&](std::vector<ItemIndex> items, ItemIndex last) {
      items.push_back(last);
      double relevance = 0;
      for (const ItemIndex item : items) relevance += (39.0 - item) / 39;
      return (1 - c) * relevance - c * calibration_gap(target, class_shares(items, {}, classes));
    };
    std::vector<ItemIndex> before;
    for (const Scored& next : list) {
      for (const Scored& other : candidates) {
        if (std::find(before.begin(), before.end(), other.index) != before.end()) continue;
        EXPECT_GE(total(before, next.index), total(before, other.index) - 1e-5);
      }
      before.push_back(next.index);
    }
  }
}

TEST(Calibrate, BringsTheListNearerToTheTaste) {
  // The best twenty are all of class 0; the taste is half of each of two.
  std::vector<Triplet> entries;
  for (std::uint32_t item = 0; item < 60; ++item) entries.push_back({item, item < 20 ? 0U : 1U, 1});
  const SparseMatrix classes = SparseMatrix::from_triplets(60, 2, std::move(entries));
  const std::vector<double> target{0.5, 0.5};
  const ListSources sources{.item_classes = classes, .class_target = target};
  const std::vector<Scored> candidates = falling_candidates(60);
  const auto gap = [&](float calibration) {
    const auto list = rerank(candidates, sources, {.n = 10, .calibration = calibration});
    return calibration_gap(target, class_shares(items_of(list), {}, classes));
  };
  EXPECT_GT(gap(0), 1.5);
  EXPECT_LT(gap(0.5F), 0.3);
  EXPECT_NEAR(gap(1), 0, 1e-9);
}

TEST(PopularityPenalty, PrefersWhatFewHaveAmongEquals) {
  const std::vector<float> popularity{100, 0, 10, 1000, 1};
  const std::vector<float> scores{5, 5, 5, 5, 5};
  const auto list =
      top_items(scores, {}, {.popularity = popularity}, {.n = 5, .popularity_penalty = 0.2F});
  EXPECT_EQ(items_of(list), (std::vector<ItemIndex>{1, 4, 2, 0, 3}));
}

TEST(PopularityPenalty, TradesRelevanceForTheLogarithmOfTheCount) {
  Random random(7);
  std::vector<float> popularity(40);
  for (float& count : popularity) count = static_cast<float>(random.below(1000));
  double mean = 0;
  for (const float count : popularity) mean += count / 40.0;
  const std::vector<Scored> candidates = falling_candidates(40);
  const float p = 0.4F;
  const auto list =
      rerank(candidates, {.popularity = popularity}, {.n = 40, .popularity_penalty = p});
  double low = INFINITY;
  double high = 0;
  for (const float count : popularity) {
    low = std::min(low, std::log1p(count / mean));
    high = std::max(high, std::log1p(count / mean));
  }
  const auto gain = [&](ItemIndex item) {
    const double popular = (std::log1p(popularity[item] / mean) - low) / (high - low);
    return (1 - p) * (39.0 - item) / 39 - p * popular;
  };
  for (std::size_t i = 0; i + 1 < list.size(); ++i)
    EXPECT_GE(gain(list[i].index), gain(list[i + 1].index) - 1e-5);
}

TEST(Rerank, LeavesAWishWithoutMaterialOut) {
  const std::vector<float> scores{1, 3, 2};
  const RerankOptions wishes{
      .n = 3, .diversity = 0.5F, .calibration = 0.5F, .popularity_penalty = 0.5F};
  EXPECT_EQ(items_of(top_items(scores, {}, {}, wishes)), (std::vector<ItemIndex>{1, 2, 0}));
  // A taste that nothing is known of asks for nothing.
  const SparseMatrix classes = random_classes(3, 2, 1);
  const std::vector<double> nothing{0, 0};
  EXPECT_EQ(
      items_of(top_items(scores, {}, {.item_classes = classes, .class_target = nothing}, wishes)),
      (std::vector<ItemIndex>{1, 2, 0}));
}

TEST(Rerank, HoldsTheFirstPlacesOfALongerList) {
  const Matrix embeddings = random_embeddings(80, 6, 2);
  const SparseMatrix classes = random_classes(80, 4, 3);
  const std::vector<double> target{0.4, 0.3, 0.2, 0.1};
  std::vector<float> popularity(80);
  for (std::size_t i = 0; i < 80; ++i) popularity[i] = static_cast<float>((i * 37) % 80);
  const ListSources sources{embeddings, classes, target, popularity};
  const std::vector<Scored> candidates = falling_candidates(80);
  const auto list_of = [&](std::size_t n) {
    return rerank(candidates, sources,
                  {.n = n, .diversity = 0.2F, .calibration = 0.2F, .popularity_penalty = 0.1F});
  };
  const auto ten = list_of(10);
  auto twenty = list_of(20);
  twenty.resize(10);
  EXPECT_EQ(ten, twenty);
}

TEST(RecommendTop, ScoresAndExcludes) {
  const std::vector<float> counts = {5, 4, 3, 2};
  const std::vector<std::uint8_t> excluded = {0, 1, 0, 0};
  EXPECT_EQ(recommend_top({}, Popularity(counts), excluded, {}, {.n = 2}),
            (std::vector<Scored>{{0, 5.0F}, {2, 3.0F}}));
}

}  // namespace
}  // namespace limn
