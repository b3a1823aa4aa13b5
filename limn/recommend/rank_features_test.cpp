#include "limn/recommend/rank_features.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace limn {
namespace {

TEST(RankCandidates, IsTheUnionOfEachPartsBestUnusedItems) {
  const Matrix scores(2, 5, {5, 4, 3, 2, 1, 0, NAN, 1, 9, 8});
  const std::vector<std::uint8_t> used{1, 0, 0, 0, 0};
  EXPECT_EQ(rank_candidates(scores, used, 1), (std::vector<ItemIndex>{1, 3}));
  EXPECT_EQ(rank_candidates(scores, used, 2), (std::vector<ItemIndex>{1, 2, 3, 4}));
  EXPECT_TRUE(rank_candidates(scores, used, 0).empty());
}

TEST(RankFeatures, SaysHowEachPartSeesACandidate) {
  const Matrix scores(2, 5, {9, 1, 2, 3, 4, 7, 7, 7, 7, 7});
  const std::vector<std::uint8_t> used{1, 0, 0, 0, 0};
  const std::vector<ItemIndex> candidates{4, 1};
  const Matrix features = rank_features(scores, used, candidates, {}, {});
  const auto names = rank_feature_names(std::vector<std::string_view>{"a", "b"});
  ASSERT_EQ(features.cols(), names.size());
  EXPECT_EQ(names[0], "a_z");
  EXPECT_EQ(names[3], "b_rank");
  // Unused scores are 1 to 4: mean 2.5, deviation sqrt(1.25).
  EXPECT_NEAR(features.row(0)[0], 1.5 / std::sqrt(1.25), 1e-5);
  EXPECT_NEAR(features.row(1)[0], -1.5 / std::sqrt(1.25), 1e-5);
  EXPECT_FLOAT_EQ(features.row(0)[1], 1);                // rank 1
  EXPECT_FLOAT_EQ(features.row(1)[1], std::log2(5.0F));  // rank 4
  EXPECT_FLOAT_EQ(features.row(0)[2], 0);                // the part says nothing
  EXPECT_FLOAT_EQ(features.row(0)[3], 1);                // all share the best rank
  for (std::size_t j = 4; j < names.size(); ++j) EXPECT_EQ(features.row(0)[j], 0) << names[j];
}

TEST(RankFeatures, SaysHowACandidateFitsTheUser) {
  const Matrix scores(1, 3, {1, 2, 3});
  const std::vector<std::uint8_t> used{1, 0, 0};
  const Matrix embeddings(3, 2, {1, 0, 0.6F, 0.8F, 0, 1});
  const SparseMatrix tags =
      SparseMatrix::from_triplets(3, 3, {{0, 0, 1}, {0, 1, 3}, {1, 1, 1}, {2, 2, 1}});
  const SparseMatrix next = SparseMatrix::from_triplets(3, 3, {{0, 2, 0.7F}});
  const std::vector<float> popularity{1, 2, 3};
  const std::vector<float> age{30, 20, 10};
  const std::vector<HistoryEntry> history{{.item = 0, .weight = 1}, {.item = 1, .weight = -1}};
  const std::vector<float> words{0, 1};
  const std::vector<ItemIndex> candidates{1, 2};
  const Matrix features =
      rank_features(scores, used, candidates, {.history = history, .text = words},
                    {.log_popularity = popularity,
                     .age_days = age,
                     .embeddings = embeddings,
                     .tags = tags,
                     .next = next});
  const std::vector<float> first(features.row(0).begin() + 2, features.row(0).end());
  const std::vector<float> second(features.row(1).begin() + 2, features.row(1).end());
  const auto length = static_cast<float>(std::log1p(2));
  EXPECT_EQ(first, (std::vector<float>{2, 20, length, 0.6F, 0.6F, 0.8F, 0.75F, 0}));
  EXPECT_EQ(second, (std::vector<float>{3, 10, length, 0, 0, 1, 0, 0.7F}));
}

TEST(RankFeatures, TakesNoCandidates) {
  const Matrix scores(1, 3, {1, 2, 3});
  EXPECT_TRUE(rank_features(scores, std::vector<std::uint8_t>(3), {}, {}, {}).empty());
}

}  // namespace
}  // namespace limn
