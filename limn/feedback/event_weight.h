// Event weights: how much one event says for or against its item, and how that fades.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "limn/core/json.h"
#include "limn/core/result.h"
#include "limn/core/types.h"

namespace limn {

struct EventWeightOptions {
  // What one event of a kind weighs; negative: the user turned the item away.
  std::map<std::string, float, std::less<>> by_kind = default_kind_weights();
  float other_kind = 0.3F;  // what a kind that is not named above weighs

  // `rate` (and `review` with stars): the weights of evenly spaced ratings, from the lowest to the
  // highest; between two of them it is interpolated.
  float rating_min = 1;
  float rating_max = 5;
  std::vector<float> rating_weights = {-0.3F, 0.0F, 0.4F, 1.0F, 1.2F};

  // `dwell`: the seconds that count for half of the kind's weight.
  float dwell_half_seconds = 30;

  [[nodiscard]] static std::map<std::string, float, std::less<>> default_kind_weights();
};

// The weight of one event, before any decay. Always finite: a value that is not a number weighs
// as one that is absent, a rating beyond the scale as the scale's end. O(log kinds).
[[nodiscard]] float event_weight(std::string_view kind, float value,
                                 const EventWeightOptions& options);

struct DecayOptions {
  // An event's weight halves in so many days; a pause of any length halves it once, as
  // core/active_time.h has it. 0: it does not fade by age.
  double half_life_days = 0;
  // It is halved once so many events came later; 0: likewise.
  double half_life_events = 3;
};

// The history with every weight faded by its age at `now` and by the number n of later events, as
// 1 / (1 + n / half_life_events): fast at first and slowly after, as memory does. Events of one
// moment fade alike, so a history without times does not fade. Events of weight 0 do not count as
// later ones. Pure; O(events).
[[nodiscard]] std::vector<HistoryEntry> decayed(History history, Time now,
                                                const DecayOptions& options);

// Keys as the fields. Absent keys keep their defaults. Errors: invalid_argument, naming the key.
[[nodiscard]] Json to_json(const EventWeightOptions& options);
[[nodiscard]] Result<EventWeightOptions> event_weight_options_from_json(const Json& json);

}  // namespace limn
