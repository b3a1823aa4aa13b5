#include "limn/core/svd.h"

#include <cmath>

#include <gtest/gtest.h>

#include "limn/core/parallel.h"
#include "limn/core/random.h"

namespace limn {
namespace {

SparseMatrix random_sparse(std::size_t rows, std::size_t cols, double share, std::uint64_t seed) {
  Random random(seed);
  std::vector<Triplet> triplets;
  for (std::uint32_t i = 0; i < rows; ++i) {
    for (std::uint32_t j = 0; j < cols; ++j) {
      if (random.uniform() < share) triplets.push_back({i, j, static_cast<float>(random.normal())});
    }
  }
  return SparseMatrix::from_triplets(rows, cols, std::move(triplets));
}

// Gaussian columns, made orthonormal one by one (Gram-Schmidt in double).
std::vector<std::vector<double>> random_orthonormal(std::size_t n, std::size_t k, Random& random) {
  std::vector<std::vector<double>> columns;
  for (std::size_t j = 0; j < k; ++j) {
    std::vector<double> column(n);
    for (double& value : column) value = random.normal();
    for (int pass = 0; pass < 2; ++pass) {
      for (const auto& other : columns) {
        double product = 0;
        for (std::size_t i = 0; i < n; ++i) product += column[i] * other[i];
        for (std::size_t i = 0; i < n; ++i) column[i] -= product * other[i];
      }
    }
    double length = 0;
    for (const double value : column) length += value * value;
    for (double& value : column) value /= std::sqrt(length);
    columns.push_back(std::move(column));
  }
  return columns;
}

// The matrix (n, m) with these singular values and random singular vectors.
SparseMatrix with_singular_values(std::size_t n, std::size_t m, std::span<const double> s,
                                  std::uint64_t seed) {
  Random random(seed);
  const auto u = random_orthonormal(n, s.size(), random);
  const auto v = random_orthonormal(m, s.size(), random);
  std::vector<Triplet> triplets;
  for (std::uint32_t i = 0; i < n; ++i) {
    for (std::uint32_t j = 0; j < m; ++j) {
      double value = 0;
      for (std::size_t k = 0; k < s.size(); ++k) value += u[k][i] * s[k] * v[k][j];
      triplets.push_back({i, j, static_cast<float>(value)});
    }
  }
  return SparseMatrix::from_triplets(n, m, std::move(triplets));
}

void expect_orthonormal(const Matrix& matrix) {
  for (std::size_t a = 0; a < matrix.cols(); ++a) {
    for (std::size_t b = 0; b <= a; ++b) {
      double product = 0;
      for (std::size_t i = 0; i < matrix.rows(); ++i) {
        product += static_cast<double>(matrix.row(i)[a]) * matrix.row(i)[b];
      }
      EXPECT_NEAR(product, a == b ? 1 : 0, 2e-5) << a << " and " << b;
    }
  }
}

// Sum of the squares of a - u s v'.
double squared_error(const SparseMatrix& a, const Svd& svd) {
  double error = 0;
  for (std::size_t i = 0; i < a.rows(); ++i) {
    std::vector<double> row(a.cols());
    for (std::size_t e = 0; e < a.row(i).size(); ++e) row[a.row(i).cols[e]] = a.row(i).values[e];
    for (std::size_t j = 0; j < a.cols(); ++j) {
      for (std::size_t k = 0; k < svd.s.size(); ++k) {
        row[j] -= static_cast<double>(svd.u.row(i)[k]) * svd.s[k] * svd.v.row(j)[k];
      }
      error += row[j] * row[j];
    }
  }
  return error;
}

TEST(RandomizedSvd, OfFullRankGivesTheMatrixBack) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    SCOPED_TRACE(seed);
    const SparseMatrix a = random_sparse(30 + seed, 20 + 3 * seed, 0.3, seed);
    const Svd svd = randomized_svd(a, 100, {.seed = seed});
    EXPECT_EQ(svd.s.size(), std::min(a.rows(), a.cols()));
    EXPECT_LT(squared_error(a, svd), 1e-7);
    expect_orthonormal(svd.u);
    expect_orthonormal(svd.v);
  }
}

TEST(RandomizedSvd, FindsTheSingularValuesThatTheMatrixWasMadeWith) {
  std::vector<double> s(40);
  for (std::size_t k = 0; k < s.size(); ++k) s[k] = 10.0 / static_cast<double>(k + 1);
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    SCOPED_TRACE(seed);
    const SparseMatrix a = with_singular_values(90, 120, s, seed);
    const Svd svd = randomized_svd(a, 12, {.seed = seed});
    ASSERT_EQ(svd.s.size(), 12U);
    double rest = 0;
    for (std::size_t k = 12; k < s.size(); ++k) rest += s[k] * s[k];
    for (std::size_t k = 0; k < 12; ++k) EXPECT_NEAR(svd.s[k], s[k], 1e-3 * s[k]);
    // No matrix of rank 12 is nearer (Eckart and Young).
    EXPECT_LT(squared_error(a, svd), rest * 1.001);
    expect_orthonormal(svd.u);
    expect_orthonormal(svd.v);
  }
}

TEST(RandomizedSvd, SeesSmallValuesBesideLargeOnes) {
  const std::vector<double> s{1000, 100, 10, 1, 0.1};
  const Svd svd = randomized_svd(with_singular_values(40, 30, s, 3), 5);
  ASSERT_EQ(svd.s.size(), 5U);
  for (std::size_t k = 0; k < s.size(); ++k) EXPECT_NEAR(svd.s[k], s[k], 1e-3 * s[k] + 2e-4);
  expect_orthonormal(svd.u);
  expect_orthonormal(svd.v);
}

TEST(RandomizedSvd, LeavesOutDirectionsThatAreNotThere) {
  const std::vector<double> s{3, 2, 1};
  const Svd svd = randomized_svd(with_singular_values(50, 60, s, 1), 20);
  ASSERT_EQ(svd.s.size(), 3U);
  for (std::size_t k = 0; k < 3; ++k) EXPECT_NEAR(svd.s[k], s[k], 1e-5);
  expect_orthonormal(svd.u);
}

TEST(RandomizedSvd, OfASmallMatrixByHand) {
  // [3 0; 4 5] has singular values sqrt(45) and sqrt(5), v of (1, 1) and (1, -1) over sqrt(2).
  const SparseMatrix a = SparseMatrix::from_triplets(2, 2, {{0, 0, 3}, {1, 0, 4}, {1, 1, 5}});
  const Svd svd = randomized_svd(a, 2);
  ASSERT_EQ(svd.s.size(), 2U);
  EXPECT_NEAR(svd.s[0], std::sqrt(45), 1e-5);
  EXPECT_NEAR(svd.s[1], std::sqrt(5), 1e-5);
  EXPECT_NEAR(svd.v.row(0)[0], std::sqrt(0.5), 1e-6);
  EXPECT_NEAR(svd.v.row(1)[0], std::sqrt(0.5), 1e-6);
  EXPECT_NEAR(svd.u.row(0)[0], 1 / std::sqrt(10), 1e-6);
  EXPECT_NEAR(svd.u.row(1)[0], 3 / std::sqrt(10), 1e-6);
}

TEST(TopEigenpairs, AreTheRightSideOfTheSvd) {
  std::vector<double> s(40);
  for (std::size_t k = 0; k < s.size(); ++k) s[k] = 10.0 / static_cast<double>(k + 1);
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    SCOPED_TRACE(seed);
    const SparseMatrix a = with_singular_values(90, 120, s, seed);
    const SparseMatrix transposed = transpose(a);
    const auto multiply = [&](const Matrix& block) {
      return product(transposed, product(a, block));
    };
    const Eigenpairs found =
        top_eigenpairs(120, 12, multiply, {.power_iterations = 5, .seed = seed});
    ASSERT_EQ(found.values.size(), 12U);
    expect_orthonormal(found.vectors);
    const Svd svd = randomized_svd(a, 12, {.power_iterations = 5, .seed = seed});
    for (std::size_t k = 0; k < 12; ++k) {
      EXPECT_NEAR(std::sqrt(found.values[k]), s[k], 1e-3 * s[k]);
      double same = 0;
      for (std::size_t i = 0; i < 120; ++i) {
        same += double{found.vectors.row(i)[k]} * double{svd.v.row(i)[k]};
      }
      EXPECT_GT(same, 0.999) << k;
    }
  }
}

TEST(TopEigenpairs, OfASmallMatrixByHand) {
  // [2 1; 1 2] has eigenvalues 3 and 1, of (1, 1) and (1, -1) over sqrt(2).
  const SparseMatrix a =
      SparseMatrix::from_triplets(2, 2, {{0, 0, 2}, {0, 1, 1}, {1, 0, 1}, {1, 1, 2}});
  const auto multiply = [&](const Matrix& block) { return product(a, block); };
  const Eigenpairs found = top_eigenpairs(2, 5, multiply);
  ASSERT_EQ(found.values.size(), 2U);
  EXPECT_NEAR(found.values[0], 3, 1e-5);
  EXPECT_NEAR(found.values[1], 1, 1e-5);
  EXPECT_NEAR(found.vectors.row(0)[0], std::sqrt(0.5), 1e-6);
  EXPECT_NEAR(std::abs(found.vectors.row(0)[1]), std::sqrt(0.5), 1e-6);
}

TEST(TopEigenpairs, OfNothingAreNothing) {
  const auto zeros = [](const Matrix& block) { return Matrix(block.rows(), block.cols()); };
  EXPECT_TRUE(top_eigenpairs(0, 3, zeros).values.empty());
  EXPECT_TRUE(top_eigenpairs(5, 0, zeros).values.empty());
  EXPECT_TRUE(top_eigenpairs(5, 3, zeros).values.empty());
  EXPECT_EQ(top_eigenpairs(5, 3, zeros).vectors.rows(), 5U);
}

TEST(RandomizedSvd, OfNothingIsNothing) {
  for (const auto& [rows, cols] : {std::pair{0, 0}, {0, 5}, {5, 0}, {4, 6}}) {
    const Svd svd = randomized_svd(SparseMatrix(rows, cols), 3);
    EXPECT_TRUE(svd.s.empty());
    EXPECT_EQ(svd.u.rows(), static_cast<std::size_t>(rows));
    EXPECT_EQ(svd.v.rows(), static_cast<std::size_t>(cols));
    EXPECT_EQ(svd.u.cols(), 0U);
  }
  EXPECT_TRUE(randomized_svd(random_sparse(5, 5, 1, 1), 0).s.empty());
}

TEST(RandomizedSvd, IsTheSameOnAnyNumberOfThreads) {
  const SparseMatrix a = random_sparse(2000, 1500, 0.01, 7);
  const std::size_t before = thread_count();
  set_thread_count(1);
  const Svd one = randomized_svd(a, 20);
  set_thread_count(5);
  const Svd five = randomized_svd(a, 20);
  set_thread_count(before);
  EXPECT_EQ(one.s, five.s);
  for (std::size_t i = 0; i < a.rows(); ++i) {
    EXPECT_TRUE(std::ranges::equal(one.u.row(i), five.u.row(i)));
  }
  for (std::size_t j = 0; j < a.cols(); ++j) {
    EXPECT_TRUE(std::ranges::equal(one.v.row(j), five.v.row(j)));
  }
}

}  // namespace
}  // namespace limn
