#include "limn/recommend/boosted_ranker.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "limn/core/random.h"

namespace limn {
namespace {

const std::filesystem::path library = LIMN_SOURCE_DIR "/third_party/lightgbm/lib_lightgbm.so";

struct OwnedLists {
  Matrix features;
  std::vector<float> labels;
  std::vector<std::int32_t> sizes;

  [[nodiscard]] RankingLists view() const { return {features, labels, sizes}; }
};

// Two features that tell only together which of 20 items is liked: their signs agree. No sum of the
// two ranks by that.
OwnedLists made_lists(std::size_t lists, std::uint64_t seed) {
  Random random(seed);
  OwnedLists owned{Matrix(lists * 20, 3), {}, std::vector<std::int32_t>(lists, 20)};
  for (std::size_t i = 0; i < lists * 20; ++i) {
    for (float& value : owned.features.row(i)) value = static_cast<float>(random.normal());
    const float product = owned.features.row(i)[0] * owned.features.row(i)[1];
    owned.labels.push_back(product > 0.8F ? 1 : 0);
  }
  return owned;
}

double mean_ndcg(const OwnedLists& lists, std::span<const float> scores) {
  double sum = 0;
  double counted = 0;
  for (std::size_t begin = 0; begin < scores.size(); begin += 20) {
    std::vector<std::size_t> order(20);
    std::iota(order.begin(), order.end(), begin);
    std::ranges::stable_sort(order,
                             [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
    double gain = 0;
    double ideal = 0;
    int liked = 0;
    for (std::size_t rank = 0; rank < 20; ++rank) {
      const double discount = 1 / std::log2(2.0 + static_cast<double>(rank));
      if (lists.labels[order[rank]] > 0) {
        gain += discount;
        ideal += 1 / std::log2(2.0 + liked++);
      }
    }
    if (liked == 0) continue;
    sum += gain / ideal;
    counted += 1;
  }
  return sum / counted;
}

TEST(BoostedRanker, LearnsWhatNoWeightedSumCanSay) {
  if (!std::filesystem::exists(library)) {
    GTEST_SKIP() << "LightGBM is not there (tools/setup lightgbm fetches it)";
  }
  const OwnedLists train = made_lists(400, 1);
  const OwnedLists test = made_lists(100, 2);
  const BoostedRanker ranker = BoostedRanker::fit(library, train.view(), {}).value();
  const std::vector<float> scores = ranker.score(test.features).value();
  std::vector<float> sums;
  for (std::size_t i = 0; i < test.features.rows(); ++i) {
    sums.push_back(test.features.row(i)[0] + test.features.row(i)[1]);
  }
  EXPECT_GT(mean_ndcg(test, scores), 0.9);
  EXPECT_LT(mean_ndcg(test, sums), 0.75);

  // As text and back; and twice the same.
  const std::string model = ranker.model().value();
  const BoostedRanker loaded = BoostedRanker::load(library, model).value();
  EXPECT_EQ(loaded.score(test.features).value(), scores);
  const BoostedRanker again = BoostedRanker::fit(library, train.view(), {}).value();
  EXPECT_EQ(again.model().value(), model);

  EXPECT_EQ(ranker.score(Matrix(2, 5)).error().code, ErrorCode::invalid_argument);
  EXPECT_TRUE(ranker.score(MatrixView()).value().empty());
  EXPECT_EQ(BoostedRanker::load(library, "no model").error().code, ErrorCode::corrupt);
  EXPECT_EQ(BoostedRanker::load(library, "").error().code, ErrorCode::corrupt);
  for (std::size_t size = 0; size < model.size(); size += model.size() / 20) {
    EXPECT_EQ(BoostedRanker::load(library, std::string_view(model).substr(0, size)).error().code,
              ErrorCode::corrupt);
    std::string garbled = model;
    garbled[size] ^= 1;
    EXPECT_EQ(BoostedRanker::load(library, garbled).error().code, ErrorCode::corrupt) << size;
  }
}

TEST(BoostedRanker, RefusesListsThatDoNotFitTogether) {
  OwnedLists lists = made_lists(3, 1);
  lists.sizes.back() = 19;
  EXPECT_EQ(BoostedRanker::fit(library, lists.view(), {}).error().code,
            ErrorCode::invalid_argument);
  lists.sizes.back() = 20;
  lists.labels[4] = 0.5F;
  EXPECT_EQ(BoostedRanker::fit(library, lists.view(), {}).error().code,
            ErrorCode::invalid_argument);
}

TEST(BoostedRanker, SaysWhereTheLibraryIsNot) {
  const OwnedLists lists = made_lists(3, 1);
  const auto absent = BoostedRanker::fit("/nowhere/lib_lightgbm.so", lists.view(), {});
  ASSERT_FALSE(absent.has_value());
  EXPECT_EQ(absent.error().code, ErrorCode::unavailable);
  EXPECT_NE(absent.error().message.find("/nowhere/lib_lightgbm.so"), std::string::npos);
  // A library, but another one.
  const auto other = BoostedRanker::load("libm.so.6", "model");
  ASSERT_FALSE(other.has_value());
  EXPECT_EQ(other.error().code, ErrorCode::unavailable);
}

}  // namespace
}  // namespace limn
