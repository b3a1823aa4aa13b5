// A velocity of raw counts belongs to whatever was used twice this week and never before. Rates of
// counts with the same prior (a gamma prior on both, its mean cancelling) are what many uses can
// move and two cannot.
#include "limn/recommend/trending.h"

#include <cmath>

#include "limn/core/active_time.h"
#include "limn/core/check.h"

namespace limn {

std::vector<float> trending(std::span<const History> histories, std::size_t item_count,
                            const TrendingOptions& options) {
  LIMN_CHECK(options.half_life_days > 0 && options.shrink > 0);
  std::vector<Time> moments;
  for (const History history : histories) {
    for (const HistoryEntry& entry : history) moments.push_back(entry.time);
  }
  const Fading fading(std::move(moments), options.now, options.half_life_days);
  std::vector<double> recent(item_count);
  std::vector<double> ever(item_count);
  double all_recent = 0;
  double all_ever = 0;
  for (const History history : histories) {
    for (const HistoryEntry& entry : history) {
      LIMN_CHECK(entry.item < item_count);
      if (!(entry.weight > 0) || !std::isfinite(entry.weight)) continue;
      const double kept = entry.weight * fading.kept(entry.time);
      recent[entry.item] += kept;
      ever[entry.item] += entry.weight;
      all_recent += kept;
      all_ever += entry.weight;
    }
  }
  std::vector<float> scores(item_count);
  // One moment for all events is no time to rise in: rounding must not say otherwise.
  constexpr double least_fading = 1e-6;
  if (!(all_recent < (1 - least_fading) * all_ever)) return scores;
  const double share = all_recent / all_ever;
  for (std::size_t item = 0; item < item_count; ++item) {
    const double expected = share * ever[item];
    scores[item] =
        static_cast<float>(std::log((recent[item] + options.shrink) / (expected + options.shrink)));
  }
  return scores;
}

}  // namespace limn
