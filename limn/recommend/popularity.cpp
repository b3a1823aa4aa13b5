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
  const Fading fading(moments_of(histories), options.now, options.half_life_days);
  std::vector<double> sums(item_count);
  for (const History history : histories) {
    for (const HistoryEntry& entry : history) {
      LIMN_CHECK(entry.item < item_count);
      if (!(entry.weight > 0) || !std::isfinite(entry.weight)) continue;
      sums[entry.item] += entry.weight * fading.kept(entry.time);
    }
  }
  std::vector<float> counts(item_count);
  std::transform(sums.begin(), sums.end(), counts.begin(),
                 [](double sum) { return static_cast<float>(std::log1p(sum)); });
  return counts;
}

}  // namespace limn
