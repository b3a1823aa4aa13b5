// Strategy: which parts rank, with which weights; versions of it are moved by what users answer.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "limn/core/json.h"
#include "limn/core/result.h"
#include "limn/core/types.h"
#include "limn/feedback/event_weight.h"

namespace limn {

// What users made of a part's recommendations so far: outcomes, counted by the part's share in
// each.
struct PartOutcomes {
  double likes = 0;
  double dislikes = 0;

  friend bool operator==(const PartOutcomes&, const PartOutcomes&) = default;
};

struct StrategyParameters {
  // Blend weights by the length of the user's history (history_bucket), then by part.
  std::array<std::map<std::string, float, std::less<>>, history_bucket_count> part_weights;
  std::map<std::string, PartOutcomes, std::less<>> outcomes;
  // How many outcomes it takes until a part's own record counts as much as that of all parts.
  double prior_strength = 40;
  DecayOptions decay;   // of the history, at the request
  float diversity = 0;  // 0: by score alone; 1: each next item as unlike the ones before as can be
  float calibration = 0;         // 0: likewise; 1: classes in the proportions of the user's taste
  float popularity_penalty = 0;  // 0: likewise; 1: by what few have
  float exploration = 0;         // share of places for items that are tried out; read by the bandit
};

struct Strategy {
  std::string name = "default";
  std::uint32_t version = 1;  // grows by one with each update
  StrategyParameters parameters;
};

// What a user made of a recommended item.
struct Outcome {
  bool liked = true;
  float strength = 1;  // the magnitude of the event's weight; clipped to [0, 1]
};

// A part's share of the score of the item that the outcome is about: what recommend's
// part_totals() answers, with the part's name. Negative where the part spoke against the item.
struct PartShare {
  std::string_view part;
  double share = 0;
};

// The next version: a like is credited to the parts by their positive share of the sum of positive
// shares, a dislike debited likewise; parts that spoke against the item are left as they are. Pure.
[[nodiscard]] Strategy update(const Strategy& strategy, std::span<const PartShare> shares,
                              const Outcome& outcome);

// The chance that users like what the part recommends: the mean of the Beta posterior whose prior
// is the record of all parts, as strong as prior_strength outcomes; divided by that prior's mean. 1
// before any outcome, within [1/3, 3].
[[nodiscard]] double proved_ratio(const StrategyParameters& parameters, std::string_view part);

// The weights to blend `parts` with for a history of this bucket: the chosen weight times the
// proved ratio. Parts without a weight have 0. Requires bucket < history_bucket_count.
[[nodiscard]] std::vector<float> effective_weights(const Strategy& strategy, std::size_t bucket,
                                                   std::span<const std::string> parts);

// Keys as the fields; from_json refuses what is not finite or out of range.
// Errors: invalid_argument, naming the key.
[[nodiscard]] Json to_json(const Strategy& strategy);
[[nodiscard]] Result<Strategy> strategy_from_json(const Json& json);

}  // namespace limn
