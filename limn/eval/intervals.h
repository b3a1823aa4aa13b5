// Intervals and tests: how far a mean over users can be trusted, and whether two differ.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "limn/core/json.h"

namespace limn {

struct BootstrapOptions {
  std::size_t resamples = 1000;
  double level = 0.95;     // of the interval
  std::uint64_t seed = 1;  // same seed and values, same interval, on any number of threads
};

struct Interval {
  double low = 0;
  double high = 0;

  friend bool operator==(const Interval&, const Interval&) = default;
};

// [low, high], as reports have it under "ci95".
[[nodiscard]] Json to_json(const Interval& interval);

// The mean; 0 of nothing.
[[nodiscard]] double mean(std::span<const double> values);

// The mean, and so many standard errors to each side of it; {0, 0} of nothing.
[[nodiscard]] Interval error_interval(std::span<const double> values, double errors);

// The percentile interval of the mean (Efron, 1979): users are drawn with replacement. {0, 0} of
// nothing. O(resamples x n), on all threads.
[[nodiscard]] Interval bootstrap_mean(std::span<const double> values,
                                      const BootstrapOptions& options = {});

// The same for several measures of the same users; each resample is drawn once for all of them.
// Requires columns of equal length.
[[nodiscard]] std::vector<Interval> bootstrap_means(std::span<const std::vector<double>> columns,
                                                    const BootstrapOptions& options = {});

struct PairedComparison {
  double difference = 0;  // mean of b - a
  Interval interval;      // of that difference
  double p_value = 1;     // two-sided: how often resamples fall on the other side of 0, twice
};

// Compares two recommenders on the same users: value i of `a` and of `b` are one user's. Requires
// equal lengths.
[[nodiscard]] PairedComparison paired_bootstrap(std::span<const double> a,
                                                std::span<const double> b,
                                                const BootstrapOptions& options = {});

struct SignTest {
  std::size_t better = 0;  // users for whom b is higher
  std::size_t worse = 0;   // for whom it is lower; equal ones say nothing
  double p_value = 1;      // two-sided, exact: the binomial with probability 1/2
};

// Requires equal lengths.
[[nodiscard]] SignTest sign_test(std::span<const double> a, std::span<const double> b);

}  // namespace limn
