#include "limn/recommend/ease.h"

#include <cmath>

#include <gtest/gtest.h>

#include "limn/core/parallel.h"
#include "limn/recommend/test_data.h"

namespace limn {
namespace {

Dense plain_ease(SparseView interactions, double l2, double dropout) {
  const Dense x = dense(interactions);
  const std::size_t n = interactions.cols();
  Dense gram(n, std::vector<double>(n));
  for (const auto& row : x) {
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) gram[i][j] += row[i] * row[j];
    }
  }
  for (std::size_t i = 0; i < n; ++i) gram[i][i] += l2 + dropout / (1 - dropout) * gram[i][i];
  const Dense p = inverse(gram);
  Dense b(n, std::vector<double>(n));
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) b[i][j] = i == j ? 0 : -p[i][j] / p[j][j];
  }
  return b;
}

TEST(Ease, AgreesWithTheClosedForm) {
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    SCOPED_TRACE(seed);
    const SparseMatrix matrix = random_interactions(200, 150, 12, seed);
    const double dropout = seed % 2 == 0 ? 0.0 : 0.3;
    const Dense expected = plain_ease(matrix, 5, dropout);
    const auto weights = fit_ease(matrix, {.l2 = 5, .dropout = dropout, .k = 150});
    ASSERT_TRUE(weights);
    const Dense found = dense(*weights);
    for (std::size_t i = 0; i < 150; ++i) {
      for (std::size_t j = 0; j < 150; ++j) EXPECT_NEAR(found[i][j], expected[i][j], 1e-5);
    }
  }
}

TEST(Ease, LeavesNoBetterSmallStep) {
  // The definition: no change of a weight off the diagonal lowers |X - XB|^2 + l2 |B|^2.
  const SparseMatrix matrix = random_interactions(60, 20, 5, 2);
  const Dense x = dense(matrix);
  const Dense b = dense(*fit_ease(matrix, {.l2 = 3, .dropout = 0, .k = 20}));
  const auto loss_of_column = [&](std::size_t column, std::size_t moved, double step) {
    double loss = 0;
    for (const auto& row : x) {
      double error = row[column];
      for (std::size_t i = 0; i < 20; ++i) {
        error -= row[i] * (b[i][column] + (i == moved ? step : 0));
      }
      loss += error * error;
    }
    for (std::size_t i = 0; i < 20; ++i) {
      const double weight = b[i][column] + (i == moved ? step : 0);
      loss += 3 * weight * weight;
    }
    return loss;
  };
  for (std::size_t column = 0; column < 20; ++column) {
    const double best = loss_of_column(column, column, 0);
    for (std::size_t moved = 0; moved < 20; ++moved) {
      if (moved == column) continue;
      EXPECT_GT(loss_of_column(column, moved, 0.01), best);
      EXPECT_GT(loss_of_column(column, moved, -0.01), best);
    }
  }
}

TEST(Ease, IsTheSameOnAnyNumberOfThreads) {
  const SparseMatrix matrix = random_interactions(300, 400, 12, 4);
  const std::size_t before = thread_count();
  set_thread_count(1);
  const auto one = fit_ease(matrix, {.l2 = 10});
  set_thread_count(5);
  const auto five = fit_ease(matrix, {.l2 = 10});
  set_thread_count(before);
  EXPECT_TRUE(same_bytes(*one, *five));
}

TEST(Ease, RefusesMoreItemsThanItMay) {
  const auto refused = fit_ease(SparseMatrix(2, 30), {.max_items = 29});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::invalid_argument);
  EXPECT_NE(refused.error().message.find("30 items"), std::string::npos);
}

TEST(Ease, RefusesARidgeThatIsNone) {
  EXPECT_FALSE(fit_ease(random_interactions(5, 5, 2, 1), {.l2 = 0}));
  EXPECT_FALSE(fit_ease(random_interactions(5, 5, 2, 1), {.l2 = std::nan("")}));
  EXPECT_FALSE(fit_ease(random_interactions(5, 5, 2, 1), {.dropout = 1}));
  // Two equal columns and next to no ridge: singular in single precision.
  const SparseMatrix twins = SparseMatrix::from_triplets(2, 2, {{0, 0, 1e4F}, {0, 1, 1e4F}});
  EXPECT_FALSE(fit_ease(twins, {.l2 = 1e-12, .dropout = 0}));
}

TEST(Ease, TakesAnEmptyMatrixAndItemsWithoutUsers) {
  EXPECT_EQ(fit_ease(SparseMatrix(0, 0), {})->rows(), 0U);
  EXPECT_EQ(fit_ease(SparseMatrix(0, 3), {})->nonzeros(), 0U);
}

}  // namespace
}  // namespace limn
