// Popularity: what everyone likes, of late.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "limn/core/types.h"

namespace limn {

struct PopularityOptions {
  Time now{};                 // ages are counted back from here
  double half_life_days = 0;  // an event counts half after so many days; 0: events do not fade
};

// (items): log(1 + the sum of the positive weights of its events, faded by age). A pause of
// everyone halves once, however long it is (core/active_time.h): one event of today on a log that
// ends years ago is not all that is popular. O(events log events).
[[nodiscard]] std::vector<float> popularity(std::span<const History> histories,
                                            std::size_t item_count,
                                            const PopularityOptions& options);

}  // namespace limn
