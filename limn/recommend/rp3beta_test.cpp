#include "limn/recommend/rp3beta.h"

#include <cmath>

#include <gtest/gtest.h>

#include "limn/core/parallel.h"
#include "limn/recommend/test_data.h"

namespace limn {
namespace {

// The definition, written out: three loops over everything.
std::vector<std::vector<double>> plain_rp3beta(SparseView interactions, double alpha, double beta) {
  const auto r = dense(interactions);
  const std::size_t users = interactions.rows();
  const std::size_t items = interactions.cols();
  std::vector<double> of_item(items);
  std::vector<double> of_user(users);
  for (std::size_t u = 0; u < users; ++u) {
    for (std::size_t i = 0; i < items; ++i) {
      of_item[i] += r[u][i];
      of_user[u] += r[u][i];
    }
  }
  std::vector<std::vector<double>> w(items, std::vector<double>(items));
  for (std::size_t i = 0; i < items; ++i) {
    for (std::size_t j = 0; j < items; ++j) {
      for (std::size_t u = 0; u < users && i != j; ++u) {
        if (r[u][i] == 0 || r[u][j] == 0) continue;
        w[i][j] += std::pow(r[u][i] / of_item[i], alpha) * std::pow(r[u][j] / of_user[u], alpha) /
                   std::pow(of_item[j], beta);
      }
    }
  }
  return w;
}

TEST(Rp3Beta, AgreesWithTheDefinition) {
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    SCOPED_TRACE(seed);
    const double alpha = 0.5 + 0.1 * static_cast<double>(seed);
    const SparseMatrix matrix = random_interactions(60, 40, 6, seed);
    const auto expected = plain_rp3beta(matrix, alpha, 0.4);
    const auto found =
        dense(fit_rp3beta(matrix, {.alpha = alpha, .beta = 0.4, .k = 40, .normalize = false}));
    for (std::size_t i = 0; i < 40; ++i) {
      for (std::size_t j = 0; j < 40; ++j) {
        EXPECT_NEAR(found[i][j], expected[i][j], 1e-5 * (1 + expected[i][j]));
      }
    }
  }
}

TEST(Rp3Beta, WalksTheSmallGraphByHand) {
  // User 0 used items 0 and 1; user 1 used items 0 and 2; all once.
  const SparseMatrix matrix =
      SparseMatrix::from_triplets(2, 3, {{0, 0, 1}, {0, 1, 1}, {1, 0, 1}, {1, 2, 1}});
  const auto w = dense(fit_rp3beta(matrix, {.alpha = 1, .beta = 0, .normalize = false}));
  EXPECT_DOUBLE_EQ(w[0][1], 0.25);  // to user 0 by half, on to item 1 by half
  EXPECT_DOUBLE_EQ(w[0][2], 0.25);
  EXPECT_DOUBLE_EQ(w[1][0], 0.5);  // user 0 is the only way, half of it leads on to item 0
  EXPECT_DOUBLE_EQ(w[1][2], 0.0);
  EXPECT_DOUBLE_EQ(w[0][0], 0.0);

  const auto held_back = dense(fit_rp3beta(matrix, {.alpha = 1, .beta = 1, .normalize = false}));
  EXPECT_DOUBLE_EQ(held_back[1][0], 0.25);  // item 0 has two users
}

TEST(Rp3Beta, KeepsTheLargestAndScalesRowsTo1) {
  const SparseMatrix matrix = random_interactions(80, 50, 10, 3);
  const auto all = dense(fit_rp3beta(matrix, {.k = 50, .normalize = false}));
  const ItemWeights kept = fit_rp3beta(matrix, {.k = 5});
  for (std::size_t i = 0; i < 50; ++i) {
    const SparseRow row = kept.row(i);
    ASSERT_LE(row.size(), 5U);
    double total = 0;
    double least_kept = 1e9;
    for (std::size_t j = 0; j < row.size(); ++j) {
      total += row.values[j];
      least_kept = std::min(least_kept, all[i][row.cols[j]]);
    }
    EXPECT_NEAR(total, 1, 1e-5);
    const auto larger = std::count_if(all[i].begin(), all[i].end(),
                                      [&](double weight) { return weight > least_kept; });
    EXPECT_LT(larger, 5);
  }
}

TEST(Rp3Beta, IsTheSameOnAnyNumberOfThreads) {
  const SparseMatrix matrix = random_interactions(300, 500, 12, 9);
  const std::size_t before = thread_count();
  set_thread_count(1);
  const ItemWeights one = fit_rp3beta(matrix, {});
  set_thread_count(7);
  const ItemWeights seven = fit_rp3beta(matrix, {});
  set_thread_count(before);
  EXPECT_TRUE(same_bytes(one, seven));
}

TEST(Rp3Beta, TakesAnEmptyMatrixAndItemsWithoutUsers) {
  EXPECT_EQ(fit_rp3beta(SparseMatrix(0, 0), {}).rows(), 0U);
  EXPECT_EQ(fit_rp3beta(SparseMatrix(3, 4), {}).nonzeros(), 0U);
}

}  // namespace
}  // namespace limn
