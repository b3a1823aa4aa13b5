// Active time: how old an event is on the clock of the one who made it.
#pragma once

#include <vector>

#include "limn/core/types.h"

namespace limn {

// Ages that do not run on while nothing happens: of the time between one event and the next, at
// most `longest_pause_days` count. Someone who comes back after thirty years is still whom we knew,
// and one new event must not outweigh all that went before; yet a pause does count, since tastes
// move.
class ActiveTime {
 public:
  // Of events at these moments, in any order. Requires longest_pause_days > 0. O(n log n).
  ActiveTime(std::vector<Time> moments, Time now, double longest_pause_days);

  // The age in days at `now` of an event at one of the moments; 0 for what lies in the future.
  // O(log n).
  [[nodiscard]] double age_days(Time moment) const;

 private:
  std::vector<Time> moments_;  // ascending, each once
  std::vector<double> ages_;   // of each
};

// What a weight keeps at its event's age: half after a half-life, on the clock of ActiveTime, so
// that a pause of any length halves once.
class Fading {
 public:
  // Of events at these moments. half_life_days of 0 or less: nothing fades.
  Fading(std::vector<Time> moments, Time now, double half_life_days);

  // In (0, 1], for an event at one of the moments. O(log n).
  [[nodiscard]] double kept(Time moment) const;

 private:
  double half_life_days_;
  ActiveTime active_;
};

}  // namespace limn
