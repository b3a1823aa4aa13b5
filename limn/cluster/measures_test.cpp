#include "limn/cluster/measures.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "limn/cluster/assign.h"
#include "limn/cluster/test_points.h"

namespace limn {
namespace {

using Labels = std::vector<std::uint32_t>;

Labels random_labels(std::size_t n, std::uint32_t groups, std::uint64_t seed) {
  Random random(seed);
  Labels labels(n);
  for (std::uint32_t& label : labels) label = static_cast<std::uint32_t>(random.below(groups));
  return labels;
}

// The definition, pair by pair, in double.
double plain_silhouette(const Matrix& points, const Labels& labels, std::uint32_t k) {
  double sum = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    std::vector<double> total(k);
    std::vector<double> count(k);
    for (std::size_t j = 0; j < labels.size(); ++j) {
      if (i == j) continue;
      total[labels[j]] += 1 - similarity(points.row(i), points.row(j));
      count[labels[j]] += 1;
    }
    if (count[labels[i]] == 0) continue;
    const double a = total[labels[i]] / count[labels[i]];
    double b = 2;
    for (std::uint32_t c = 0; c < k; ++c) {
      if (c != labels[i] && count[c] > 0) b = std::min(b, total[c] / count[c]);
    }
    sum += (b - a) / std::max(a, b);
  }
  return sum / static_cast<double>(labels.size());
}

TEST(Silhouette, IsWhatThePairsSay) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    SCOPED_TRACE(seed);
    const Matrix points = random_points(80, 7, seed);
    const Labels labels = random_labels(80, 9, seed);
    EXPECT_NEAR(silhouette(points, labels), plain_silhouette(points, labels, 9), 1e-5);
  }
}

TEST(Silhouette, OfTwoTightGroupsIsNearOneAndOfMixedOnesIsNot) {
  const Matrix points = grouped_points(100, 32, 2, 0.01, 1);
  Labels right(100);
  Labels mixed(100);
  for (std::uint32_t i = 0; i < 100; ++i) right[i] = i % 2;
  for (std::uint32_t i = 0; i < 100; ++i) mixed[i] = i / 50;
  EXPECT_GT(silhouette(points, right), 0.95);
  EXPECT_LT(silhouette(points, mixed), 0.05);
}

TEST(Silhouette, IsZeroWhereItHasNothingToCompare) {
  EXPECT_EQ(silhouette(Matrix(0, 3), {}), 0);
  EXPECT_EQ(silhouette(random_points(5, 3, 1), Labels(5, 0)), 0);
  EXPECT_EQ(silhouette(random_points(3, 3, 1), Labels{0, 1, 2}), 0);
  EXPECT_EQ(silhouette(random_points(3, 3, 1), Labels(3, no_cluster)), 0);
}

TEST(AdjustedRand, IsWhatAHandCountSays) {
  // Of 15 pairs 6 are together in a, 3 in b, 2 in both; chance would have 6 * 3 / 15 in both.
  const double expected = 6 * 3 / 15.0;
  EXPECT_NEAR(adjusted_rand(Labels{0, 0, 0, 1, 1, 1}, Labels{0, 0, 1, 1, 2, 2}),
              (2 - expected) / ((6 + 3) / 2.0 - expected), 1e-12);
}

TEST(Agreement, IsOneForTheSamePartitionUnderOtherNames) {
  const Labels a = random_labels(200, 6, 1);
  Labels renamed = a;
  for (std::uint32_t& label : renamed) label = 1'000'000 - 7 * label;
  EXPECT_NEAR(adjusted_rand(a, renamed), 1, 1e-12);
  EXPECT_NEAR(nmi(a, renamed), 1, 1e-12);
  EXPECT_NEAR(ami(a, renamed), 1, 1e-9);
}

TEST(Agreement, AdjustedForChanceIsAboutZeroForUnrelatedPartitions) {
  double rand = 0;
  double information = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Labels a = random_labels(300, 12, seed);
    const Labels b = random_labels(300, 12, seed + 100);
    rand += adjusted_rand(a, b) / 20;
    information += ami(a, b) / 20;
    EXPECT_GT(nmi(a, b), 0.05);  // what the adjustment is for
    EXPECT_EQ(adjusted_rand(a, b), adjusted_rand(b, a));
    EXPECT_NEAR(ami(a, b), ami(b, a), 1e-12);
  }
  EXPECT_NEAR(rand, 0, 0.01);
  EXPECT_NEAR(information, 0, 0.01);
}

// Figures of scikit-learn 1.9 for these labels.
TEST(Agreement, IsWhatScikitLearnComputes) {
  const Labels a{0, 0, 0, 1, 1, 1, 2, 2, 2, 2};
  const Labels b{0, 0, 1, 1, 1, 1, 2, 2, 0, 2};
  EXPECT_NEAR(adjusted_rand(a, b), 0.431818181818, 1e-9);
  EXPECT_NEAR(nmi(a, b), 0.618065646292, 1e-9);
  EXPECT_NEAR(ami(a, b), 0.477289990001, 1e-9);
}

TEST(Agreement, OfPartitionsWithoutChoice) {
  EXPECT_EQ(adjusted_rand({}, {}), 1);
  EXPECT_EQ(ami(Labels{3, 3}, Labels{5, 5}), 1);
  EXPECT_EQ(nmi(Labels{1, 2, 3}, Labels{4, 5, 6}), 1);
  EXPECT_EQ(adjusted_rand(Labels{0, 0, 0}, Labels{0, 1, 2}), 0);
  EXPECT_NEAR(ami(Labels{0, 0, 0}, Labels{0, 1, 2}), 0, 1e-9);
}

}  // namespace
}  // namespace limn
