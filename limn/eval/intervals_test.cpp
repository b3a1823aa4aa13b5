#include "limn/eval/intervals.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "limn/core/parallel.h"
#include "limn/core/random.h"

namespace limn {
namespace {

std::vector<double> normal_values(std::size_t n, double center, std::uint64_t seed) {
  Random random(seed);
  std::vector<double> values(n);
  for (double& value : values) value = center + random.normal();
  return values;
}

TEST(ErrorInterval, IsTheMeanAndSoManyStandardErrors) {
  const std::vector<double> values{1, 2, 3, 6};  // a variance of 14 / 3
  const Interval found = error_interval(values, 2);
  const double error = std::sqrt(14.0 / 3 / 4);
  EXPECT_DOUBLE_EQ(found.low, 3 - 2 * error);
  EXPECT_DOUBLE_EQ(found.high, 3 + 2 * error);
  EXPECT_EQ(error_interval({}, 2), Interval{});
}

TEST(Bootstrap, IsAsWideAsTheNormalInterval) {
  // For 2,000 normal values the 95 % interval of the mean is +- 1.96 / sqrt(2,000).
  const std::vector<double> values = normal_values(2000, 3, 1);
  const Interval found = bootstrap_mean(values);
  const double half = 1.96 / std::sqrt(2000);
  EXPECT_NEAR(found.low, mean(values) - half, 0.15 * half);
  EXPECT_NEAR(found.high, mean(values) + half, 0.15 * half);
}

TEST(Bootstrap, CoversTheTruthAboutAsOftenAsItSays) {
  int covered = 0;
  constexpr int trials = 300;
  for (std::uint64_t seed = 0; seed < trials; ++seed) {
    const Interval found =
        bootstrap_mean(normal_values(60, 0, seed), {.resamples = 300, .seed = seed});
    covered += found.low <= 0 && 0 <= found.high;
  }
  // 95 % of 300 is 285; five standard deviations are 19.
  EXPECT_GT(covered, 265);
  EXPECT_LT(covered, 299);
}

TEST(Bootstrap, IsTheSameOnAnyNumberOfThreads) {
  const std::vector<std::vector<double>> columns = {normal_values(501, 0, 1),
                                                    normal_values(501, 5, 2)};
  const std::size_t before = thread_count();
  set_thread_count(1);
  const auto one = bootstrap_means(columns);
  set_thread_count(3);
  const auto three = bootstrap_means(columns);
  set_thread_count(before);
  EXPECT_EQ(one, three);
  EXPECT_EQ(one[1], bootstrap_mean(columns[1]));
  EXPECT_NE(one[0], bootstrap_mean(columns[0], {.seed = 2}));
}

TEST(Bootstrap, HasNothingToSayOfNothingAndOfConstants) {
  EXPECT_EQ(bootstrap_mean({}), Interval{});
  EXPECT_TRUE(bootstrap_means({}).empty());
  const std::vector<double> constant(10, 0.5);
  EXPECT_EQ(bootstrap_mean(constant), (Interval{0.5, 0.5}));
  EXPECT_EQ(mean({}), 0);
}

TEST(PairedBootstrap, SeesASmallDifferenceThatAllUsersShare) {
  // The users differ by 1 among themselves, the two recommenders by 0.1 on each user.
  const std::vector<double> a = normal_values(200, 0, 1);
  std::vector<double> b = a;
  Random random(2);
  for (double& value : b) value += 0.1 + 0.2 * random.normal();
  const PairedComparison found = paired_bootstrap(a, b);
  EXPECT_NEAR(found.difference, 0.1, 0.05);
  EXPECT_GT(found.interval.low, 0);
  EXPECT_LT(found.p_value, 0.01);

  const PairedComparison mirrored = paired_bootstrap(b, a);
  EXPECT_DOUBLE_EQ(mirrored.difference, -found.difference);
  EXPECT_NEAR(mirrored.interval.high, -found.interval.low, 1e-12);
  EXPECT_DOUBLE_EQ(mirrored.p_value, found.p_value);
}

TEST(PairedBootstrap, DoesNotSeeADifferenceThatIsNotThere) {
  int significant = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const std::vector<double> a = normal_values(50, 0, 2 * seed);
    const std::vector<double> b = normal_values(50, 0, 2 * seed + 1);
    significant += paired_bootstrap(a, b, {.resamples = 300, .seed = seed}).p_value < 0.05;
  }
  EXPECT_GT(significant, 0);
  EXPECT_LT(significant, 26);  // 5 % of 200 is 10; five standard deviations are 15
}

TEST(PairedBootstrap, FindsEqualRecommendersEqual) {
  const std::vector<double> a = normal_values(50, 0, 1);
  const PairedComparison found = paired_bootstrap(a, a);
  EXPECT_EQ(found.difference, 0);
  EXPECT_EQ(found.p_value, 1);
  EXPECT_EQ(paired_bootstrap({}, {}).p_value, 1);
}

TEST(SignTest, CountsAsTheBinomialDoes) {
  // 9 better, 1 worse, 2 equal: 2 (1 + 10) / 2^10.
  const std::vector<double> a(12, 0);
  std::vector<double> b(12, 1);
  b[0] = -1;
  b[1] = b[2] = 0;
  const SignTest found = sign_test(a, b);
  EXPECT_EQ(found.better, 9U);
  EXPECT_EQ(found.worse, 1U);
  EXPECT_NEAR(found.p_value, 22.0 / 1024, 1e-12);
  EXPECT_EQ(sign_test(a, a).p_value, 1);
  EXPECT_EQ(sign_test({}, {}).p_value, 1);
}

TEST(SignTest, IsExactForManyUsers) {
  // 20,000 users, 10,150 better: z = 2.1213 less half a step; two-sided 0.0345 by the normal law.
  const std::vector<double> a(20000, 0);
  std::vector<double> b(20000, -1);
  std::fill_n(b.begin(), 10150, 1.0);
  EXPECT_NEAR(sign_test(a, b).p_value, 0.0345, 0.0005);
}

}  // namespace
}  // namespace limn
