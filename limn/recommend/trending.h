// Trending: what is used more of late than is usual for it.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "limn/core/types.h"

namespace limn {

struct TrendingOptions {
  Time now{};                 // ages are counted back from here
  double half_life_days = 7;  // "of late": an event counts half after so many days
  double shrink = 10;         // uses of no news that each item is given beforehand
};

// (items): log((recent + shrink) / (expected + shrink)), where recent is the sum of the positive
// weights of the item's events, faded by age, and expected what it would be if the item had its
// share of all events of late that it has of all events ever: the ratio of two rates, each drawn
// towards the other until there are events enough to say so. Above 0: rising; below: fading; 0 for
// an item without events, and for all of them where nothing fades or nothing is dated. A pause of
// everyone halves once (core/active_time.h). O(events log events). Requires half_life_days > 0 and
// shrink > 0.
[[nodiscard]] std::vector<float> trending(std::span<const History> histories,
                                          std::size_t item_count, const TrendingOptions& options);

}  // namespace limn
