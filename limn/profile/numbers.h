// Numbers about a user: how much, how often, when, how lately.
#pragma once

#include <span>

#include "limn/profile/profile.h"

namespace limn {

// Counts over a user's events, in any order; diversity is left 0. Impressions do not count: they
// are what we did. O(events).
[[nodiscard]] ProfileNumbers count_events(std::span<const Event> events, Time now);

}  // namespace limn
