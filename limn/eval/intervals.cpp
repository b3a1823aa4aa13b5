// The bootstrap draws counts, not values: how often each user is drawn, once for all measures. A
// resampled mean is then a dot product of counts and values, read in order.
#include "limn/eval/intervals.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "limn/core/check.h"
#include "limn/core/parallel.h"
#include "limn/core/random.h"

namespace limn {
namespace {

// Draws counts.size() users with replacement.
void draw(std::span<float> counts, Random& random) {
  std::ranges::fill(counts, 0.0F);
  const std::uint64_t n = counts.size();
  // (32 random bits) x n / 2^32 misses a uniform draw by less than n / 2^32: nothing here.
  for (std::size_t i = 0; i < n; i += 2) {
    const std::uint64_t bits = random.next();
    counts[((bits & 0xffffffff) * n) >> 32] += 1;
    if (i + 1 < n) counts[((bits >> 32) * n) >> 32] += 1;
  }
}

// Four sums at a time: one alone waits for each addition to end before the next.
double weighted_sum(std::span<const float> counts, std::span<const double> values) {
  double sums[4] = {};
  std::size_t i = 0;
  for (; i + 4 <= counts.size(); i += 4) {
    for (std::size_t j = 0; j < 4; ++j) sums[j] += counts[i + j] * values[i + j];
  }
  for (; i < counts.size(); ++i) sums[0] += counts[i] * values[i];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

// means[column][resample].
std::vector<std::vector<double>> resampled_means(std::span<const std::vector<double>> columns,
                                                 const BootstrapOptions& options) {
  const std::size_t n = columns.empty() ? 0 : columns.front().size();
  std::vector<std::vector<double>> means(columns.size(), std::vector<double>(options.resamples));
  parallel_for(options.resamples, 16, [&](std::size_t begin, std::size_t end) {
    std::vector<float> counts(n);
    for (std::size_t resample = begin; resample < end; ++resample) {
      // One generator a resample: what it draws depends on no other.
      Random random(options.seed * 0x9e3779b97f4a7c15 + resample);
      draw(counts, random);
      for (std::size_t c = 0; c < columns.size(); ++c) {
        means[c][resample] = weighted_sum(counts, columns[c]) / static_cast<double>(n);
      }
    }
  });
  return means;
}

// The value below which `share` of `sorted` lies, interpolated between its two neighbours.
double quantile(std::span<const double> sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], place - static_cast<double>(below));
}

Interval percentile_interval(std::vector<double> means, double level) {
  std::ranges::sort(means);
  return {.low = quantile(means, (1 - level) / 2), .high = quantile(means, (1 + level) / 2)};
}

void check(const BootstrapOptions& options) {
  LIMN_CHECK(options.resamples >= 1);
  LIMN_CHECK(0 < options.level && options.level < 1);
}

}  // namespace

Json to_json(const Interval& interval) {
  return JsonArray{rounded(interval.low), rounded(interval.high)};
}

Interval error_interval(std::span<const double> values, double errors) {
  const double middle = mean(values);
  double squares = 0;
  for (const double value : values) squares += (value - middle) * (value - middle);
  const auto n = static_cast<double>(values.size());
  const double error = n > 1 ? std::sqrt(squares / (n - 1) / n) : 0;
  return {middle - errors * error, middle + errors * error};
}

double mean(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

std::vector<Interval> bootstrap_means(std::span<const std::vector<double>> columns,
                                      const BootstrapOptions& options) {
  check(options);
  for (const std::vector<double>& column : columns) {
    LIMN_CHECK(column.size() == columns.front().size());
  }
  if (columns.empty() || columns.front().empty()) return std::vector<Interval>(columns.size());

  std::vector<Interval> intervals;
  for (std::vector<double>& means : resampled_means(columns, options)) {
    intervals.push_back(percentile_interval(std::move(means), options.level));
  }
  return intervals;
}

Interval bootstrap_mean(std::span<const double> values, const BootstrapOptions& options) {
  const std::vector<double> column(values.begin(), values.end());
  return bootstrap_means(std::span(&column, 1), options).front();
}

PairedComparison paired_bootstrap(std::span<const double> a, std::span<const double> b,
                                  const BootstrapOptions& options) {
  check(options);
  LIMN_CHECK(a.size() == b.size());
  if (a.empty()) return {};
  std::vector<double> differences(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) differences[i] = b[i] - a[i];

  std::vector<double> means =
      std::move(resampled_means(std::span(&differences, 1), options).front());
  const auto at_most_0 = std::ranges::count_if(means, [](double m) { return m <= 0; });
  const auto at_least_0 = std::ranges::count_if(means, [](double m) { return m >= 0; });
  // One more than was counted: a finite number of resamples cannot show a chance of 0.
  const double tail = (1 + static_cast<double>(std::min(at_most_0, at_least_0))) /
                      (1 + static_cast<double>(options.resamples));
  return {.difference = mean(differences),
          .interval = percentile_interval(std::move(means), options.level),
          .p_value = std::min(1.0, 2 * tail)};
}

SignTest sign_test(std::span<const double> a, std::span<const double> b) {
  LIMN_CHECK(a.size() == b.size());
  SignTest test;
  for (std::size_t i = 0; i < a.size(); ++i) {
    test.better += b[i] > a[i];
    test.worse += b[i] < a[i];
  }
  // The binomial's lower tail, in logarithms: its terms are far below the smallest double.
  const std::size_t n = test.better + test.worse;
  double log_term = -static_cast<double>(n) * std::numbers::ln2;
  double tail = 0;
  for (std::size_t i = 0; i <= std::min(test.better, test.worse); ++i) {
    tail += std::exp(log_term);
    log_term += std::log(static_cast<double>(n - i) / static_cast<double>(i + 1));
  }
  test.p_value = std::min(1.0, 2 * tail);
  return test;
}

}  // namespace limn
