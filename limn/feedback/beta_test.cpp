#include "limn/feedback/beta.h"

#include <cmath>

#include <gtest/gtest.h>

namespace limn {
namespace {

TEST(Beta, CountsAsTheBinomialDoes) {
  // P(rate <= x) of Beta{k, n - k + 1} is the chance of k or more successes in n tries.
  for (int n = 1; n <= 12; ++n) {
    for (int k = 1; k <= n; ++k) {
      for (const double x : {0.01, 0.2, 0.5, 0.9}) {
        double tail = 0;
        for (int i = k; i <= n; ++i) {
          tail += std::exp(std::lgamma(n + 1) - std::lgamma(i + 1) - std::lgamma(n - i + 1)) *
                  std::pow(x, i) * std::pow(1 - x, n - i);
        }
        const Beta beta{static_cast<double>(k), static_cast<double>(n - k + 1)};
        EXPECT_NEAR(beta.cdf(x), tail, 1e-12) << n << ' ' << k << ' ' << x;
      }
    }
  }
}

TEST(Beta, QuantileTurnsCdfRound) {
  for (const Beta beta : {Beta{1, 1}, Beta{0.4, 7}, Beta{30, 2'000}, Beta{50'000, 50'000}}) {
    for (const double share : {0.025, 0.5, 0.975}) {
      EXPECT_NEAR(beta.cdf(beta.quantile(share)), share, 1e-9);
    }
  }
  EXPECT_NEAR((Beta{1, 1}.quantile(0.3)), 0.3, 1e-12);
}

TEST(Beta, SamplesHaveItsMeanAndVariance) {
  for (const Beta beta : {Beta{1, 1}, Beta{0.5, 3}, Beta{20, 180}}) {
    Random random(11);
    constexpr int draws = 20'000;
    double sum = 0;
    double sum_sq = 0;
    for (int i = 0; i < draws; ++i) {
      const double x = beta.sample(random);
      ASSERT_TRUE(0 <= x && x <= 1);
      sum += x;
      sum_sq += x * x;
    }
    const double mean = sum / draws;
    EXPECT_NEAR(mean, beta.mean(), 5 * std::sqrt(beta.variance() / draws));
    EXPECT_NEAR(sum_sq / draws - mean * mean, beta.variance(), 0.06 * beta.variance());
  }
}

TEST(Beta, IsHeldByItsEnds) {
  EXPECT_EQ((Beta{3, 4}.cdf(-1)), 0);
  EXPECT_EQ((Beta{3, 4}.cdf(2)), 1);
}

}  // namespace
}  // namespace limn
