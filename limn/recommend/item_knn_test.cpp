#include "limn/recommend/item_knn.h"

#include <cmath>

#include <gtest/gtest.h>

#include "limn/core/parallel.h"
#include "limn/recommend/test_data.h"

namespace limn {
namespace {

std::vector<std::vector<double>> plain_cosine(const std::vector<std::vector<double>>& r,
                                              double shrink) {
  const std::size_t items = r.front().size();
  const auto product = [&](std::size_t i, std::size_t j) {
    double sum = 0;
    for (const auto& row : r) sum += row[i] * row[j];
    return sum;
  };
  std::vector<std::vector<double>> w(items, std::vector<double>(items));
  for (std::size_t i = 0; i < items; ++i) {
    for (std::size_t j = 0; j < items; ++j) {
      if (i == j || product(i, j) == 0) continue;
      w[i][j] = product(i, j) / (std::sqrt(product(i, i) * product(j, j)) + shrink);
    }
  }
  return w;
}

void expect_near(const std::vector<std::vector<double>>& a,
                 const std::vector<std::vector<double>>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j < a.size(); ++j) EXPECT_NEAR(a[i][j], b[i][j], 1e-5);
  }
}

TEST(ItemKnn, AgreesWithThePlainCosine) {
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    SCOPED_TRACE(seed);
    const SparseMatrix matrix = random_interactions(50, 30, 6, seed);
    const double shrink = static_cast<double>(seed);
    expect_near(dense(fit_item_knn(matrix, {.weighting = UserWeighting::none, .shrink = shrink})),
                plain_cosine(dense(matrix), shrink));
  }
}

TEST(ItemKnn, AgreesWithThePlainBm25) {
  const SparseMatrix matrix = random_interactions(50, 30, 6, 11);
  auto r = dense(matrix);
  double total = 0;
  std::vector<double> length(30);
  for (const auto& row : r) {
    for (std::size_t i = 0; i < 30; ++i) {
      length[i] += row[i];
      total += row[i];
    }
  }
  for (auto& row : r) {
    const auto used =
        static_cast<double>(std::count_if(row.begin(), row.end(), [](double v) { return v > 0; }));
    const double idf = std::log(1 + (30 - used + 0.5) / (used + 0.5));
    for (std::size_t i = 0; i < 30; ++i) {
      const double damping = 1.2 * (1 - 0.75 + 0.75 * length[i] / (total / 30));
      row[i] = idf * row[i] * 2.2 / (row[i] + damping);
    }
  }
  expect_near(dense(fit_item_knn(matrix, {.shrink = 2})), plain_cosine(r, 2));
}

TEST(ItemKnn, FindsTwinsAlikeAndStrangersNot) {
  const SparseMatrix matrix =
      SparseMatrix::from_triplets(3, 3, {{0, 0, 1}, {0, 1, 1}, {1, 0, 1}, {1, 1, 1}, {2, 2, 1}});
  const auto w = dense(fit_item_knn(matrix, {.weighting = UserWeighting::none, .shrink = 0}));
  EXPECT_NEAR(w[0][1], 1, 1e-6);
  EXPECT_EQ(w[0][2], 0);
  EXPECT_EQ(w[0][0], 0);
}

TEST(ItemKnn, IsTheSameOnAnyNumberOfThreads) {
  const SparseMatrix matrix = random_interactions(300, 500, 12, 9);
  const std::size_t before = thread_count();
  set_thread_count(1);
  const ItemWeights one = fit_item_knn(matrix, {});
  set_thread_count(6);
  const ItemWeights six = fit_item_knn(matrix, {});
  set_thread_count(before);
  EXPECT_TRUE(same_bytes(one, six));
}

TEST(ItemKnn, TakesAnEmptyMatrixAndItemsWithoutUsers) {
  EXPECT_EQ(fit_item_knn(SparseMatrix(0, 0), {}).rows(), 0U);
  EXPECT_EQ(fit_item_knn(SparseMatrix(3, 4), {}).nonzeros(), 0U);
}

}  // namespace
}  // namespace limn
