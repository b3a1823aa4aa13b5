// The Beta distribution: what is known of a rate after some successes and failures.
#pragma once

#include "limn/core/random.h"

namespace limn {

// Both above 0. Beta{1, 1} knows nothing.
struct Beta {
  double successes = 1;
  double failures = 1;

  [[nodiscard]] double mean() const { return successes / (successes + failures); }
  [[nodiscard]] double variance() const;
  // The chance that the rate is at most x.
  [[nodiscard]] double cdf(double x) const;
  // The rate below which `share` of the distribution lies. Requires 0 < share < 1.
  [[nodiscard]] double quantile(double share) const;
  [[nodiscard]] double sample(Random& random) const;

  friend bool operator==(const Beta&, const Beta&) = default;
};

}  // namespace limn
