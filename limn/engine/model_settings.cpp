#include "limn/engine/model_settings.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace limn {
namespace {

constexpr std::string_view half_life_key = "half_life_events";
constexpr std::string_view text_weight_key = "text_weight";

constexpr std::string_view parts_with_knobs[] = {"rp3beta",      "item_knn", "gram",
                                                 "cooccurrence", "ease",     "ials"};

using S = ModelSettings;

// Of the parts that count pairs.
std::vector<Knob> counting_knobs() {
  return {
      {"rp3beta",
       "beta",
       {0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8},
       [](S& s) -> double& { return s.rp3beta.beta; }},
      {"rp3beta",
       "alpha",
       {0.4, 0.6, 0.8, 1, 1.2, 1.5},
       [](S& s) -> double& { return s.rp3beta.alpha; }},
      {"item_knn",
       "shrink",
       {0, 10, 30, 100, 300, 1000},
       [](S& s) -> double& { return s.item_knn.shrink; }},
      {"item_knn",
       "bm25_b",
       {0, 0.25, 0.5, 0.75, 1},
       [](S& s) -> double& { return s.item_knn.bm25_b; }},
      {"item_knn",
       "bm25_k1",
       {0.4, 1.2, 3, 10},
       [](S& s) -> double& { return s.item_knn.bm25_k1; }},
      {"gram",
       "to_exponent",
       {0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7},
       [](S& s) -> double& { return s.gram.to_exponent; }},
      {"gram",
       "from_exponent",
       {0.2, 0.35, 0.5, 0.65, 0.8, 1},
       [](S& s) -> double& { return s.gram.from_exponent; }},
      {"gram", "power", {0.5, 0.7, 1, 1.4}, [](S& s) -> double& { return s.gram.power; }},
      {"gram",
       "user_exponent",
       {0.25, 0.5, 0.75, 1, 1.25},
       [](S& s) -> double& { return s.gram.user_exponent; }},
  };
}

// Of those that count in order, or solve for their weights.
std::vector<Knob> solving_knobs() {
  return {
      {"cooccurrence",
       "to_exponent",
       {-0.15, 0, 0.15, 0.3, 0.45, 0.6},
       [](S& s) -> double& { return s.cooccurrence.to_exponent; }},
      {"cooccurrence",
       "reach",
       {2, 4, 8, 16, 32},
       [](S& s) -> double& { return s.cooccurrence.reach; }},
      {"cooccurrence",
       "from_exponent",
       {0.15, 0.3, 0.4, 0.55, 0.7},
       [](S& s) -> double& { return s.cooccurrence.from_exponent; }},
      {"cooccurrence",
       "backward",
       {0, 0.15, 0.3, 0.6, 1},
       [](S& s) -> double& { return s.cooccurrence.backward; }},
      {"ease", "l2", {10, 30, 100, 300, 1000}, [](S& s) -> double& { return s.ease.l2; }},
      {"ease",
       "text_weight",
       {0, 10, 30, 100, 300, 1000},
       [](S& s) -> double& { return s.ease_text_weight; }},
      {"ease", "dropout", {0, 0.1, 0.25, 0.4, 0.6}, [](S& s) -> double& { return s.ease.dropout; }},
      {"ials", "dim", {16, 32, 64, 128, 256}, [](S& s) -> double& { return s.ials_dim; }},
      {"ials",
       "l2",
       {0.001, 0.003, 0.01, 0.03, 0.1},
       [](S& s) -> double& { return s.ials.objective.l2; }},
      {"ials",
       "unobserved_weight",
       {0.003, 0.01, 0.03, 0.1, 0.3, 1},
       [](S& s) -> double& { return s.ials.objective.unobserved_weight; }},
  };
}

}  // namespace

std::span<const std::string_view> searched_parts() {
  return parts_with_knobs;
}

ModelSettings default_settings(const Config& config) {
  const auto kept = static_cast<std::size_t>(config.recommend.item_neighbours);
  ModelSettings settings;
  settings.rp3beta.alpha = config.recommend.rp3beta_alpha;
  settings.rp3beta.beta = config.recommend.rp3beta_beta;
  settings.rp3beta.k = kept;
  settings.item_knn.k = kept;
  settings.gram.k = kept;
  settings.cooccurrence.k = kept;
  settings.ease.l2 = config.recommend.ease_ridge;
  settings.ease.k = kept;
  settings.ease.max_items = static_cast<std::size_t>(config.recommend.ease_max_items);
  settings.ials_dim = static_cast<double>(config.recommend.ials_dim);
  settings.ials.iterations = 8;
  settings.ials.block = 32;  // see docs/models.md: nearly as far in an iteration as exact solves
  settings.ials.seed = static_cast<std::uint64_t>(config.runtime.seed);
  for (const std::string_view part :
       {"text", "words", "rp3beta", "item_knn", "gram", "cooccurrence", "ease", "ials"}) {
    settings.half_lives[std::string(part)] = config.recommend.half_life_events;
  }
  return settings;
}

// The grids span what was best on any of the public splits of docs/evaluation.md and a step more.
std::vector<Knob> knobs_of(std::string_view part) {
  std::vector<Knob> all = counting_knobs();
  std::ranges::move(solving_knobs(), std::back_inserter(all));
  std::erase_if(all, [&](const Knob& knob) { return knob.part != part; });
  return all;
}

JsonObject to_json(const ModelSettings& settings) {
  ModelSettings copy = settings;
  JsonObject json;
  for (const std::string_view part : parts_with_knobs) {
    JsonObject values;
    for (const Knob& knob : knobs_of(part)) values[knob.key] = rounded(knob.value(copy));
    json[part] = std::move(values);
  }
  JsonObject& ials = json["ials"].as_object();
  ials["text_prior"] = rounded(settings.ials_text_prior);
  ials[text_weight_key] = rounded(settings.ials_text_weight);
  JsonObject half_lives;
  for (const auto& [part, events] : settings.half_lives) half_lives[part] = rounded(events);
  json[half_life_key] = std::move(half_lives);
  return json;
}

Result<ModelSettings> answer_settings_from_json(const JsonObject& json) {
  const auto wrong = [](std::string_view key) {
    return fail(ErrorCode::corrupt,
                "cannot read generation: manifest.json: settings: {}: not a number in its range "
                "(build again)",
                key);
  };
  const auto object = [&](std::string_view key) {
    const Json* found = json.if_contains(key);
    return found == nullptr ? nullptr : found->if_object();
  };
  const auto number = [](const Json* value) {
    return value != nullptr && value->is_number() ? value->to_number<double>() : std::nan("");
  };
  ModelSettings settings;
  const JsonObject* half_lives = object(half_life_key);
  if (half_lives == nullptr) return wrong(half_life_key);
  for (const auto& [part, value] : *half_lives) {
    const double events = number(&value);
    if (!(events >= 0) || !std::isfinite(events)) return wrong(part);
    settings.half_lives[std::string(part)] = events;
  }
  const JsonObject* ials = object("ials");
  if (ials == nullptr) return wrong("ials");
  for (const Knob& knob : knobs_of("ials")) {
    if (knob.key == "dim") continue;  // the factors say it
    const double value = number(ials->if_contains(knob.key));
    if (!(value > 0) || !std::isfinite(value)) return wrong(knob.key);
    knob.value(settings) = value;
  }
  settings.ials_text_weight = number(ials->if_contains(text_weight_key));
  if (!(settings.ials_text_weight >= 0) || !std::isfinite(settings.ials_text_weight))
    return wrong(text_weight_key);
  return settings;
}

}  // namespace limn
