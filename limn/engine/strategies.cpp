#include "limn/engine/strategies.h"

#include <algorithm>

#include "limn/engine/models.h"

namespace limn {
namespace {

// Which strategy is in use, by its name; the default one's where it is not set.
constexpr std::string_view present_setting = "strategy";

Result<Strategy> read_version(const StrategyVersion& stored) {
  LIMN_TRY(Strategy strategy, strategy_from_json(stored.parameters));
  strategy.name = stored.name;
  strategy.version = static_cast<std::uint32_t>(stored.version);
  return strategy;
}

void take_list_settings(const Config& config, StrategyParameters& parameters) {
  parameters.diversity = static_cast<float>(config.recommend.diversity);
  parameters.calibration = static_cast<float>(config.recommend.calibration);
  parameters.popularity_penalty = static_cast<float>(config.recommend.popularity_penalty);
  parameters.decay = history_decay();
}

// What the settings say, before a build has chosen anything: every part alike.
Strategy default_strategy(const Config& config) {
  Strategy strategy;
  strategy.version = 0;
  take_list_settings(config, strategy.parameters);
  return strategy;
}

// Nobody without a history can be held out, so no data can choose for newcomers: their own words
// lead, those who say something alike come next, and popularity decides between the rest.
float newcomer_weight(std::string_view part) {
  if (part == "text") return 1;
  if (part == "similar_users") return 0.3F;
  if (part == "popularity") return 0.3F;
  return 0;
}

}  // namespace

Result<Strategy> current_strategy(const Store& store, const Config& config) {
  LIMN_TRY(const std::optional<std::string> name, store.setting(present_setting));
  LIMN_TRY(const std::optional<Strategy> stored,
           strategy_named(store, name ? *name : Strategy{}.name));
  return stored ? *stored : default_strategy(config);
}

Result<std::optional<Strategy>> strategy_named(const Store& store, std::string_view name) {
  LIMN_TRY(const std::optional<StrategyVersion> stored, store.strategy(name));
  if (!stored) return std::nullopt;
  LIMN_TRY(Strategy strategy, read_version(*stored));
  return std::optional(std::move(strategy));
}

Result<void> set_present_strategy(Store& store, std::string_view name) {
  return store.set_setting(present_setting, name);
}

Result<std::optional<Strategy>> strategy_version(const Store& store, std::int64_t version) {
  LIMN_TRY(const std::vector<StrategyVersion> versions, store.strategy_history());
  const auto found = std::ranges::find(versions, version, &StrategyVersion::version);
  if (found == versions.end()) return std::nullopt;
  LIMN_TRY(Strategy strategy, read_version(*found));
  return std::optional(std::move(strategy));
}

Result<Strategy> restore_strategy(Store& store, std::int64_t version, Time now) {
  LIMN_TRY(std::optional<Strategy> found, strategy_version(store, version));
  if (found) return append(store, std::move(*found), now);
  return fail(ErrorCode::not_found, "cannot restore strategy: version {}: no such version",
              version);
}

Result<Strategy> append(Store& store, Strategy strategy, Time now) {
  const Json json = to_json(strategy);
  LIMN_TRY(const StrategyVersion stored,
           store.append_strategy(strategy.name, json.as_object(), now));
  strategy.version = static_cast<std::uint32_t>(stored.version);
  return strategy;
}

JsonObject weights_json(const BlendWeights& weights, const std::vector<std::string>& parts) {
  JsonObject json;
  for (std::size_t bucket = 0; bucket < weights.size(); ++bucket) {
    JsonObject by_part;
    for (std::size_t p = 0; p < parts.size(); ++p) by_part[parts[p]] = rounded(weights[bucket][p]);
    json[history_bucket_names[bucket]] = std::move(by_part);
  }
  return json;
}

BlendWeights served_weights(BlendWeights chosen, const std::vector<std::string>& parts) {
  for (std::size_t p = 0; p < parts.size(); ++p) chosen[0][p] = newcomer_weight(parts[p]);
  return chosen;
}

Result<void> adopt_weights(Store& store, const BlendWeights& weights,
                           const std::vector<std::string>& parts, const Config& config, Time now) {
  LIMN_TRY(const Strategy before, current_strategy(store, config));
  Strategy after = before;
  take_list_settings(config, after.parameters);
  const BlendWeights served = served_weights(weights, parts);
  for (std::size_t bucket = 0; bucket < served.size(); ++bucket) {
    auto& named = after.parameters.part_weights[bucket];
    named.clear();
    for (std::size_t p = 0; p < parts.size(); ++p) named[parts[p]] = served[bucket][p];
  }
  if (before.version > 0 && to_text(to_json(before)) == to_text(to_json(after))) return {};
  LIMN_TRY_VOID(append(store, std::move(after), now));
  return {};
}

BlendWeights blend_weights(const Strategy& strategy, const std::vector<std::string>& parts) {
  BlendWeights weights;
  for (std::size_t bucket = 0; bucket < weights.size(); ++bucket) {
    weights[bucket] = effective_weights(strategy, bucket, parts);
  }
  return weights;
}

}  // namespace limn
