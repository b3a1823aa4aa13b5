#include "limn/feedback/strategy.h"

#include <algorithm>
#include <cmath>

#include "limn/core/check.h"

namespace limn {
namespace {

// A part may not be silenced, nor drown the others, by outcomes alone.
constexpr double max_proved_ratio = 3;

PartOutcomes record_of_all(const StrategyParameters& parameters) {
  PartOutcomes all;
  for (const auto& [part, outcomes] : parameters.outcomes) {
    all.likes += outcomes.likes;
    all.dislikes += outcomes.dislikes;
  }
  return all;
}

Error bad_key(std::string_view key, std::string_view why) {
  return {ErrorCode::invalid_argument, fmt::format("cannot read strategy: {}: {}", key, why)};
}

// Reads a number within [least, most], where the key is present.
template <typename Number>
Result<void> read_number(const JsonObject& object, std::string_view key, double least, double most,
                         Number& number) {
  const Json* found = object.if_contains(key);
  if (found == nullptr) return {};
  const double value = found->is_number() ? found->to_number<double>() : std::nan("");
  if (!(least <= value && value <= most)) {
    return tl::unexpected(bad_key(key, fmt::format("not a number from {} to {}", least, most)));
  }
  number = static_cast<Number>(value);
  return {};
}

// Calls read(member, value) for each member of the object at `key`, where the key is present.
template <typename Read>
Result<void> read_members(const JsonObject& object, std::string_view key, Read&& read) {
  const Json* found = object.if_contains(key);
  if (found == nullptr) return {};
  if (!found->is_object()) return tl::unexpected(bad_key(key, "not an object"));
  for (const auto& [member, value] : found->get_object()) {
    LIMN_TRY_VOID(read(std::string(member), value));
  }
  return {};
}

Result<void> read_part_weights(const JsonObject& object, StrategyParameters& parameters) {
  const Json* found = object.if_contains("part_weights");
  if (found == nullptr) return {};
  if (!found->is_array() || found->get_array().size() != history_bucket_count) {
    return tl::unexpected(bad_key("part_weights", "not a list of 4 objects"));
  }
  for (std::size_t bucket = 0; bucket < history_bucket_count; ++bucket) {
    const JsonObject wrapped{{"part_weights", found->get_array()[bucket]}};
    LIMN_TRY_VOID(
        read_members(wrapped, "part_weights", [&](const std::string& part, const Json& value) {
          float& weight = parameters.part_weights[bucket][part];
          return read_number(JsonObject{{part, value}}, part, 0, 1e6, weight);
        }));
  }
  return {};
}

Result<void> read_outcomes(const JsonObject& object, StrategyParameters& parameters) {
  return read_members(
      object, "outcomes", [&](const std::string& part, const Json& value) -> Result<void> {
        if (!value.is_object()) return tl::unexpected(bad_key(part, "not an object"));
        PartOutcomes& outcomes = parameters.outcomes[part];
        LIMN_TRY_VOID(read_number(value.get_object(), "likes", 0, 1e15, outcomes.likes));
        return read_number(value.get_object(), "dislikes", 0, 1e15, outcomes.dislikes);
      });
}

Result<StrategyParameters> parameters_from_json(const JsonObject& object) {
  StrategyParameters parameters;
  LIMN_TRY_VOID(read_part_weights(object, parameters));
  LIMN_TRY_VOID(read_outcomes(object, parameters));
  LIMN_TRY_VOID(read_number(object, "prior_strength", 1, 1e9, parameters.prior_strength));
  LIMN_TRY_VOID(read_number(object, "half_life_days", 0, 1e9, parameters.decay.half_life_days));
  LIMN_TRY_VOID(read_number(object, "half_life_events", 0, 1e9, parameters.decay.half_life_events));
  LIMN_TRY_VOID(read_number(object, "diversity", 0, 1, parameters.diversity));
  LIMN_TRY_VOID(read_number(object, "calibration", 0, 1, parameters.calibration));
  LIMN_TRY_VOID(read_number(object, "popularity_penalty", 0, 1, parameters.popularity_penalty));
  LIMN_TRY_VOID(read_number(object, "exploration", 0, 1, parameters.exploration));
  return parameters;
}

JsonObject parameters_to_json(const StrategyParameters& parameters) {
  JsonArray part_weights;
  for (const auto& weights : parameters.part_weights) {
    JsonObject by_part;
    for (const auto& [part, weight] : weights) by_part[part] = rounded(weight);
    part_weights.push_back(std::move(by_part));
  }
  // Outcomes are not rounded: a share of one in a million must still count.
  JsonObject outcomes;
  for (const auto& [part, record] : parameters.outcomes) {
    outcomes[part] = JsonObject{{"likes", record.likes}, {"dislikes", record.dislikes}};
  }
  return {{"part_weights", std::move(part_weights)},
          {"outcomes", std::move(outcomes)},
          {"prior_strength", parameters.prior_strength},
          {"half_life_days", parameters.decay.half_life_days},
          {"half_life_events", parameters.decay.half_life_events},
          {"diversity", rounded(parameters.diversity)},
          {"calibration", rounded(parameters.calibration)},
          {"popularity_penalty", rounded(parameters.popularity_penalty)},
          {"exploration", rounded(parameters.exploration)}};
}

}  // namespace

Strategy update(const Strategy& strategy, std::span<const PartShare> shares,
                const Outcome& outcome) {
  Strategy next = strategy;
  next.version += 1;

  double positive = 0;
  for (const PartShare& share : shares) positive += std::max(0.0, share.share);
  const double strength = std::clamp<double>(outcome.strength, 0, 1);
  if (!(positive > 0) || !std::isfinite(positive) || !(strength > 0)) return next;

  for (const PartShare& share : shares) {
    if (!(share.share > 0)) continue;
    PartOutcomes& record = next.parameters.outcomes[std::string(share.part)];
    (outcome.liked ? record.likes : record.dislikes) += strength * share.share / positive;
  }
  return next;
}

double proved_ratio(const StrategyParameters& parameters, std::string_view part) {
  const auto found = parameters.outcomes.find(part);
  if (found == parameters.outcomes.end()) return 1;

  // One like and one dislike more than seen (Laplace): the first outcome must not decide.
  const PartOutcomes all = record_of_all(parameters);
  const double prior_mean = (all.likes + 1) / (all.likes + all.dislikes + 2);
  const auto& [likes, dislikes] = found->second;
  const double posterior_mean = (likes + parameters.prior_strength * prior_mean) /
                                (likes + dislikes + parameters.prior_strength);
  return std::clamp(posterior_mean / prior_mean, 1 / max_proved_ratio, max_proved_ratio);
}

std::vector<float> effective_weights(const Strategy& strategy, std::size_t bucket,
                                     std::span<const std::string> parts) {
  LIMN_CHECK(bucket < history_bucket_count);
  const auto& chosen = strategy.parameters.part_weights[bucket];
  std::vector<float> weights;
  weights.reserve(parts.size());
  for (const std::string& part : parts) {
    const auto found = chosen.find(part);
    const double weight = found == chosen.end() ? 0.0 : found->second;
    weights.push_back(static_cast<float>(weight * proved_ratio(strategy.parameters, part)));
  }
  return weights;
}

Json to_json(const Strategy& strategy) {
  return JsonObject{{"name", strategy.name},
                    {"version", strategy.version},
                    {"parameters", parameters_to_json(strategy.parameters)}};
}

Result<Strategy> strategy_from_json(const Json& json) {
  if (!json.is_object()) return tl::unexpected(bad_key("the document", "not a JSON object"));
  const JsonObject& object = json.get_object();
  Strategy strategy;
  if (const Json* name = object.if_contains("name")) {
    if (!name->is_string()) return tl::unexpected(bad_key("name", "not a string"));
    strategy.name = std::string(name->get_string());
  }
  LIMN_TRY_VOID(read_number(object, "version", 0, UINT32_MAX, strategy.version));
  if (const Json* parameters = object.if_contains("parameters")) {
    if (!parameters->is_object()) return tl::unexpected(bad_key("parameters", "not an object"));
    LIMN_TRY(strategy.parameters, parameters_from_json(parameters->get_object()));
  }
  return strategy;
}

}  // namespace limn
