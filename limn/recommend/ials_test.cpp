#include "limn/recommend/ials.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "limn/core/parallel.h"
#include "limn/recommend/test_data.h"

namespace limn {
namespace {

double product_of(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t j = 0; j < a.size(); ++j) sum += static_cast<double>(a[j]) * b[j];
  return sum;
}

double squared_norm_with_ridge(SparseView pairs, MatrixView factors,
                               const IalsObjective& objective) {
  double sum = 0;
  for (std::size_t i = 0; i < factors.rows(); ++i) {
    double observed = 0;
    for (const float weight : pairs.row(i).values) observed += weight;
    const double base = observed + objective.unobserved_weight * static_cast<double>(pairs.cols());
    sum += objective.l2 * std::pow(base, objective.l2_exponent) *
           product_of(factors.row(i), factors.row(i));
  }
  return sum;
}

// The loss as its definition says, pair by pair.
double loss_by_definition(SparseView used, const IalsFactors& factors,
                          const IalsObjective& objective) {
  const auto weights = dense(used);
  double loss = squared_norm_with_ridge(used, factors.users, objective) +
                squared_norm_with_ridge(transpose(used), factors.items, objective);
  for (std::size_t u = 0; u < used.rows(); ++u) {
    for (std::size_t i = 0; i < used.cols(); ++i) {
      const double p = product_of(factors.users.row(u), factors.items.row(i));
      loss += weights[u][i] * (1 - p) * (1 - p) + objective.unobserved_weight * p * p;
    }
  }
  return loss;
}

bool equal(const Matrix& a, const Matrix& b) {
  return a.rows() == b.rows() && a.cols() == b.cols() &&
         std::equal(a.data(), a.data() + a.rows() * a.cols(), b.data());
}

TEST(Ials, LossIsTheSumOverAllPairs) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    SCOPED_TRACE(seed);
    const SparseMatrix used = random_interactions(40, 30, 6, seed);
    const IalsFactors factors = fit_ials(used, {.dim = 20, .iterations = 2, .seed = seed});
    for (const double exponent : {0.0, 0.5, 1.0}) {
      const IalsObjective objective{.unobserved_weight = 0.2, .l2 = 0.1, .l2_exponent = exponent};
      const double expected = loss_by_definition(used, factors, objective);
      EXPECT_NEAR(ials_loss(used, factors, objective), expected, 1e-5 * expected);
    }
  }
}

// The items were moved last: with one block, a small change of any item's factors cannot lower the
// loss. The gradient is checked as a difference of the loss by its definition.
TEST(Ials, LeavesNoSlopeInTheItems) {
  const SparseMatrix used = random_interactions(30, 20, 5, 3);
  const IalsOptions options{
      .dim = 8, .iterations = 3, .objective = {.unobserved_weight = 0.1, .l2 = 0.05}};
  IalsFactors factors = fit_ials(used, options);
  for (std::size_t i = 0; i < 20; ++i) {
    for (std::size_t j = 0; j < 8; ++j) {
      const float value = factors.items.row(i)[j];
      const float step = 1e-2F;
      factors.items.row(i)[j] = value + step;
      const double above = loss_by_definition(used, factors, options.objective);
      factors.items.row(i)[j] = value - step;
      const double below = loss_by_definition(used, factors, options.objective);
      factors.items.row(i)[j] = value;
      EXPECT_NEAR((above - below) / (2 * step), 0, 2e-3) << i << " " << j;
    }
  }
}

TEST(Ials, LosesLessWithEveryIteration) {
  const SparseMatrix used = random_interactions(120, 90, 10, 5);
  for (const std::size_t block : {16U, 32U, 64U}) {
    SCOPED_TRACE(block);
    IalsOptions options{.dim = 64, .block = block};
    double previous = INFINITY;
    for (options.iterations = 1; options.iterations <= 8; ++options.iterations) {
      const double loss = ials_loss(used, fit_ials(used, options), options.objective);
      EXPECT_LT(loss, previous * (1 + 1e-6)) << options.iterations;
      previous = loss;
    }
  }
}

TEST(Ials, BlocksComeDownAsFarAsExactSolves) {
  const SparseMatrix used = random_interactions(120, 90, 10, 7);
  const IalsObjective objective{.unobserved_weight = 0.1, .l2 = 0.02};
  const auto loss_with = [&](std::size_t block) {
    return ials_loss(
        used, fit_ials(used, {.dim = 48, .block = block, .iterations = 40, .objective = objective}),
        objective);
  };
  const double exact = loss_with(48);
  EXPECT_NEAR(loss_with(16), exact, 0.01 * exact);
  EXPECT_NEAR(loss_with(32), exact, 0.01 * exact);
}

TEST(Ials, GivesTheSameBytesOnAnyNumberOfThreads) {
  const SparseMatrix used = random_interactions(300, 200, 12, 9);
  const std::size_t threads = thread_count();
  const auto fit_on = [&](std::size_t count, std::size_t block) {
    set_thread_count(count);
    return fit_ials(used, {.dim = 40, .block = block, .iterations = 3});
  };
  for (const std::size_t block : {16U, 64U}) {
    const IalsFactors one = fit_on(1, block);
    const IalsFactors four = fit_on(4, block);
    EXPECT_TRUE(equal(one.users, four.users));
    EXPECT_TRUE(equal(one.items, four.items));
  }
  set_thread_count(threads);
}

TEST(Ials, TellsTwoGroupsApart) {
  std::vector<Triplet> triplets;
  for (std::uint32_t u = 0; u < 20; ++u) {
    for (std::uint32_t i = 0; i < 10; ++i) {
      if (i % 2 == u % 2 && i != u % 10) triplets.push_back({u, i, 1});
    }
  }
  const SparseMatrix used = SparseMatrix::from_triplets(20, 11, std::move(triplets));
  const IalsFactors factors =
      fit_ials(used, {.dim = 16, .objective = {.unobserved_weight = 0.1, .l2 = 0.01}});
  for (std::uint32_t u = 0; u < 20; ++u) {
    const double held_out = product_of(factors.users.row(u), factors.items.row(u % 10));
    const double other = product_of(factors.users.row(u), factors.items.row((u + 1) % 10));
    EXPECT_GT(held_out, 0.2) << u;
    EXPECT_LT(std::abs(other), 0.1) << u;
  }
  // Nobody used the last item.
  for (const float value : factors.items.row(10)) EXPECT_EQ(value, 0);
}

TEST(Ials, TakesNothing) {
  const IalsFactors factors = fit_ials(SparseMatrix(0, 0), {.dim = 5});
  EXPECT_TRUE(factors.users.empty());
  EXPECT_TRUE(factors.items.empty());
  const IalsFactors unused = fit_ials(SparseMatrix(2, 3), {.dim = 5});
  for (const float value : unused.users.row(1)) EXPECT_EQ(value, 0);
}

}  // namespace
}  // namespace limn
