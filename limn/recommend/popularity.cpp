#include "limn/recommend/popularity.h"

#include <algorithm>
#include <cmath>

#include "limn/core/active_time.h"
#include "limn/core/check.h"

namespace limn {
namespace {

std::vector<Time> moments_of(std::span<const History> histories) {
  std::vector<Time> moments;
  for (const History history : histories) {
    for (const HistoryEntry& entry : history) moments.push_back(entry.time);
  }
  return moments;
}

}  // namespace

std::vector<float> popularity(std::span<const History> histories, std::size_t item_count,
                              const PopularityOptions& options) {
  const bool fades = options.half_life_days > 0;
  const ActiveTime active(fades ? moments_of(histories) : std::vector<Time>{}, options.now,
                          fades ? options.half_life_days : 1);
  std::vector<double> sums(item_count);
  for (const History history : histories) {
    for (const HistoryEntry& entry : history) {
      LIMN_CHECK(entry.item < item_count);
      if (!(entry.weight > 0) || !std::isfinite(entry.weight)) continue;
      const double kept =
          fades ? std::exp2(-active.age_days(entry.time) / options.half_life_days) : 1.0;
      sums[entry.item] += entry.weight * kept;
    }
  }
  std::vector<float> counts(item_count);
  std::transform(sums.begin(), sums.end(), counts.begin(),
                 [](double sum) { return static_cast<float>(std::log1p(sum)); });
  return counts;
}

}  // namespace limn
