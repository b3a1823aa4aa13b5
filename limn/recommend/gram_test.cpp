#include "limn/recommend/gram.h"

#include <cmath>

#include <gtest/gtest.h>

#include "limn/core/parallel.h"
#include "limn/recommend/test_data.h"

namespace limn {
namespace {

double total_of_column(const Dense& r, std::size_t j) {
  double total = 0;
  for (const auto& row : r) total += row[j];
  return total;
}

Dense plain_gram(const Dense& r, const GramOptions& options) {
  const std::size_t n = r.front().size();
  Dense w(n, std::vector<double>(n));
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      double sum = 0;
      for (const auto& row : r) {
        double total = 0;
        for (const double value : row) total += value;
        if (total > 0) sum += row[i] * row[j] / std::pow(total, options.user_exponent);
      }
      if (i == j || sum == 0) continue;
      const double scaled = sum / std::pow(total_of_column(r, i), options.from_exponent) /
                            std::pow(total_of_column(r, j), options.to_exponent);
      w[i][j] = std::pow(scaled, options.power);
    }
  }
  return w;
}

TEST(Gram, AgreesWithThePlainSum) {
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    SCOPED_TRACE(seed);
    const SparseMatrix matrix = random_interactions(50, 30, 6, seed);
    GramOptions options;
    options.user_exponent = 0.5 + 0.2 * static_cast<double>(seed);
    options.from_exponent = 0.1 * static_cast<double>(seed);
    options.to_exponent = 0.7;
    options.power = seed % 2 == 0 ? 1.0 : 0.7;
    const Dense expected = plain_gram(dense(matrix), options);
    const Dense found = dense(fit_gram(matrix, options));
    for (std::size_t i = 0; i < 30; ++i) {
      for (std::size_t j = 0; j < 30; ++j) EXPECT_NEAR(found[i][j], expected[i][j], 1e-5);
    }
  }
}

TEST(Gram, FitsTheRowsThatAreWantedAsIfAllWere) {
  const SparseMatrix matrix = random_interactions(80, 40, 6, 3);
  std::vector<std::uint8_t> wanted(40);
  for (std::size_t i = 0; i < 40; i += 3) wanted[i] = 1;
  GramOptions options;
  const Dense all = dense(fit_gram(matrix, options));
  options.rows = wanted;
  const Dense some = dense(fit_gram(matrix, options));
  for (std::size_t i = 0; i < 40; ++i) {
    EXPECT_EQ(some[i], wanted[i] != 0 ? all[i] : std::vector<double>(40)) << i;
  }
}

TEST(Gram, KeepsTheLargest) {
  const SparseMatrix matrix = random_interactions(80, 40, 6, 4);
  const Dense all = dense(fit_gram(matrix, {}));
  const SparseMatrix kept = fit_gram(matrix, {.k = 5});
  for (std::size_t i = 0; i < 40; ++i) {
    EXPECT_LE(kept.row(i).size(), 5U);
    for (const float value : kept.row(i).values) {
      const auto larger =
          std::count_if(all[i].begin(), all[i].end(), [&](double w) { return w > value; });
      EXPECT_LT(larger, 5);
    }
  }
}

TEST(Gram, IsTheSameOnAnyNumberOfThreads) {
  const SparseMatrix matrix = random_interactions(300, 400, 12, 4);
  const std::size_t before = thread_count();
  set_thread_count(1);
  const SparseMatrix one = fit_gram(matrix, {});
  set_thread_count(5);
  const SparseMatrix five = fit_gram(matrix, {});
  set_thread_count(before);
  EXPECT_TRUE(same_bytes(one, five));
}

TEST(Gram, TakesAnEmptyMatrixAndItemsWithoutUsers) {
  EXPECT_EQ(fit_gram(SparseMatrix(0, 0), {}).rows(), 0U);
  EXPECT_EQ(fit_gram(SparseMatrix(0, 3), {}).nonzeros(), 0U);
}

}  // namespace
}  // namespace limn
