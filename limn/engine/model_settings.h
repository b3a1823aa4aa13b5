// Model settings: what each part is fitted with, chosen by a search or left as they are.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "limn/core/config.h"
#include "limn/core/json.h"
#include "limn/core/result.h"
#include "limn/recommend/cooccurrence.h"
#include "limn/recommend/ease_nearby.h"
#include "limn/recommend/ease_text.h"
#include "limn/recommend/gram.h"
#include "limn/recommend/ials.h"
#include "limn/recommend/item_knn.h"
#include "limn/recommend/rp3beta.h"

namespace limn {

// How many events a part remembers, by its name: a choice weighs half once so many newer ones
// stand after it, on top of the strategy's own decay. Parts that are not named do not fade more.
using PartHalfLives = std::map<std::string, double, std::less<>>;

struct ModelSettings {
  Rp3BetaOptions rp3beta;
  ItemKnnOptions item_knn;
  GramOptions gram;
  CooccurrenceOptions cooccurrence;
  EaseOptions ease;             // of either form
  double ease_text_weight = 0;  // 0: without the texts
  IalsOptions ials;             // but for its dim
  double ials_dim = 64;         // 0: without ials
  double ials_text_prior = 0;   // users that an item's words weigh as much as; 0: no words
  double ials_text_weight = 0;  // of the user's own words, as one more event; 0: not heard
  PartHalfLives half_lives;
};

// Where a search begins, and all there is without one: the settings of limn.toml and defaults.
[[nodiscard]] ModelSettings default_settings(const Config& config);

// A number that a search may move, along its grid.
struct Knob {
  std::string_view part;
  std::string_view key;
  std::vector<double> grid;  // ascending
  double& (*value)(ModelSettings&);
};

// The parts that have knobs, in the order in which they are searched.
[[nodiscard]] std::span<const std::string_view> searched_parts();

// The knobs of a part, the one that moves most first; none for parts without settings.
[[nodiscard]] std::vector<Knob> knobs_of(std::string_view part);

// {"rp3beta": {"alpha": .., ..}, .., "half_life_events": {part: ..}}.
[[nodiscard]] JsonObject to_json(const ModelSettings& settings);

// Reads from what to_json() wrote what answers need: the half-lives, the objective of ials and the
// weight that own words have there. Errors: corrupt.
[[nodiscard]] Result<ModelSettings> answer_settings_from_json(const JsonObject& json);

}  // namespace limn
