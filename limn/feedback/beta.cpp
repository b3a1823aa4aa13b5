#include "limn/feedback/beta.h"

#include <cmath>

#include "limn/core/check.h"

namespace limn {
namespace {

// The continued fraction of the incomplete beta function (DLMF 8.17.22) by Lentz's method; quick
// where x < (a + 1) / (a + b + 2).
double continued_fraction(double a, double b, double x) {
  constexpr double tiny = 1e-300;  // instead of a 0 that would be divided by
  constexpr int most_terms = 10'000;
  constexpr double enough = 1e-14;
  const auto away_from_0 = [](double value) { return std::abs(value) < tiny ? tiny : value; };
  double c = 1;
  double d = 1 / away_from_0(1 - (a + b) * x / (a + 1));
  double fraction = d;
  for (int m = 1; m <= most_terms; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away_from_0(1 + even * d);
    c = away_from_0(1 + even / c);
    fraction *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away_from_0(1 + odd * d);
    c = away_from_0(1 + odd / c);
    fraction *= d * c;
    if (std::abs(d * c - 1) < enough) break;
  }
  return fraction;
}

double log_beta(double a, double b) {
  // lgamma_r: lgamma keeps the sign in a variable that all threads share.
  int sign = 0;
  return lgamma_r(a, &sign) + lgamma_r(b, &sign) - lgamma_r(a + b, &sign);
}

// Gamma with scale 1 (Marsaglia and Tsang, 2000).
double sample_gamma(double shape, Random& random) {
  if (shape < 1) {
    const double raised = sample_gamma(shape + 1, random);
    return raised * std::pow(1 - random.uniform(), 1 / shape);
  }
  const double d = shape - 1.0 / 3;
  const double c = 1 / std::sqrt(9 * d);
  while (true) {
    const double x = random.normal();
    const double root = 1 + c * x;
    if (root <= 0) continue;
    const double v = root * root * root;
    const double u = 1 - random.uniform();
    if (std::log(u) < 0.5 * x * x + d - d * v + d * std::log(v)) return d * v;
  }
}

}  // namespace

double Beta::variance() const {
  const double n = successes + failures;
  return successes * failures / (n * n * (n + 1));
}

double Beta::cdf(double x) const {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const double front =
      std::exp(successes * std::log(x) + failures * std::log1p(-x) - log_beta(successes, failures));
  if (x < (successes + 1) / (successes + failures + 2))
    return front * continued_fraction(successes, failures, x) / successes;
  return 1 - front * continued_fraction(failures, successes, 1 - x) / failures;
}

double Beta::quantile(double share) const {
  LIMN_CHECK(0 < share && share < 1);
  double low = 0;
  double high = 1;
  for (int halving = 0; halving < 60; ++halving) {
    const double middle = (low + high) / 2;
    (cdf(middle) < share ? low : high) = middle;
  }
  return (low + high) / 2;
}

double Beta::sample(Random& random) const {
  const double a = sample_gamma(successes, random);
  const double b = sample_gamma(failures, random);
  return a + b > 0 ? a / (a + b) : 0.5;
}

}  // namespace limn
