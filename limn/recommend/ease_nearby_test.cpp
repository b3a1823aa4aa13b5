#include "limn/recommend/ease_nearby.h"

#include <cmath>

#include <gtest/gtest.h>

#include "limn/core/parallel.h"
#include "limn/recommend/test_data.h"
#include "limn/recommend/text_neighbours.h"

namespace limn {
namespace {

TEST(EaseNearby, WithEveryItemNearbySolvesEachItemsRidgeRegression) {
  // The definition: the gradient of |x_j - X b|^2 + ridge |b|^2 is 0 at the weights of item j.
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    SCOPED_TRACE(seed);
    constexpr std::size_t n = 40;
    const SparseMatrix matrix = random_interactions(120, n, 8, seed);
    const Dense x = dense(matrix);
    const auto found = fit_ease_nearby(matrix, {}, {.l2 = 4, .dropout = 0.2, .nearby = n, .k = n});
    ASSERT_TRUE(found);
    const Dense b = dense(*found);
    for (std::size_t j = 0; j < n; ++j) {
      EXPECT_EQ(b[j][j], 0);
      for (std::size_t i = 0; i < n; ++i) {
        double gradient = 0;
        double own = 0;
        double shared = 0;
        for (const auto& row : x) {
          double error = -row[j];
          for (std::size_t h = 0; h < n; ++h) error += row[h] * b[h][j];
          gradient += row[i] * error;
          own += row[i] * row[i];
          shared += row[i] * row[j];
        }
        // An item that shares no user with j is not nearby, and stays out.
        if (i == j || shared == 0) continue;
        EXPECT_NEAR(gradient + (4 + 0.25 * own) * b[i][j], 0, 2e-4);
      }
    }
  }
}

TEST(EaseNearby, LetsNoMoreItemsExplainOneThanItMay) {
  const SparseMatrix matrix = random_interactions(120, 50, 10, 7);
  const SparseMatrix by_target = transpose(*fit_ease_nearby(matrix, {}, {.nearby = 6, .k = 50}));
  for (std::size_t j = 0; j < 50; ++j) EXPECT_LE(by_target.row(j).size(), 6U);
}

TEST(EaseNearby, ExplainsAnItemThatNobodyUsedByItsText) {
  const Matrix embeddings = [] {
    Matrix made = random_embeddings(12, 6, 1);
    std::ranges::copy(made.row(3), made.row(11).begin());
    return made;
  }();
  std::vector<Triplet> triplets;
  for (std::uint32_t user = 0; user < 30; ++user) {
    for (std::uint32_t item = 0; item < 11; ++item) {
      if ((user + item) % 3 == 0) triplets.push_back({user, item, 1});
    }
  }
  const SparseMatrix matrix = SparseMatrix::from_triplets(30, 12, std::move(triplets));
  const SparseMatrix texts = fit_text_neighbours(embeddings, {.k = 8});
  const Dense without = dense(*fit_ease_nearby(matrix, texts, {}));
  const Dense with = dense(*fit_ease_nearby(matrix, texts, {.l2 = 10, .text_weight = 30}));
  EXPECT_EQ(without[3][11], 0);
  EXPECT_GT(with[3][11], 0);
  for (std::size_t i = 0; i < 11; ++i) EXPECT_GE(with[3][11], with[i][11]) << i;
}

TEST(EaseNearby, IsTheSameOnAnyNumberOfThreads) {
  const SparseMatrix matrix = random_interactions(300, 400, 12, 4);
  const std::size_t before = thread_count();
  set_thread_count(1);
  const auto one = fit_ease_nearby(matrix, {}, {.nearby = 20});
  set_thread_count(5);
  const auto five = fit_ease_nearby(matrix, {}, {.nearby = 20});
  set_thread_count(before);
  EXPECT_TRUE(same_bytes(*one, *five));
}

TEST(EaseNearby, RefusesWhatIsNoRidgeAndTakesAnEmptyMatrix) {
  EXPECT_FALSE(fit_ease_nearby(random_interactions(5, 5, 2, 1), {}, {.l2 = 0}));
  EXPECT_FALSE(fit_ease_nearby(random_interactions(5, 5, 2, 1), {}, {.dropout = 1}));
  EXPECT_EQ(fit_ease_nearby(SparseMatrix(0, 0), {}, {})->rows(), 0U);
  EXPECT_EQ(fit_ease_nearby(SparseMatrix(0, 3), {}, {})->nonzeros(), 0U);
}

}  // namespace
}  // namespace limn
