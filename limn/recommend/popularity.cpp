#include "limn/recommend/popularity.h"

#include <algorithm>
#include <cmath>

#include "limn/core/check.h"

namespace limn {

std::vector<float> popularity(std::span<const History> histories, std::size_t item_count,
                              const PopularityOptions& options) {
  std::vector<double> sums(item_count);
  for (const History history : histories) {
    for (const HistoryEntry& entry : history) {
      LIMN_CHECK(entry.item < item_count);
      if (!(entry.weight > 0) || !std::isfinite(entry.weight)) continue;
      const double age_days = std::max(0.0, days_between(entry.time, options.now));
      const double kept =
          options.half_life_days > 0 ? std::exp2(-age_days / options.half_life_days) : 1.0;
      sums[entry.item] += entry.weight * kept;
    }
  }
  std::vector<float> counts(item_count);
  std::transform(sums.begin(), sums.end(), counts.begin(),
                 [](double sum) { return static_cast<float>(std::log1p(sum)); });
  return counts;
}

}  // namespace limn
