// Strategies: the current version from the store, and the next ones to it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "limn/core/config.h"
#include "limn/core/json.h"
#include "limn/core/result.h"
#include "limn/feedback/strategy.h"
#include "limn/recommend/blend.h"
#include "limn/store/store.h"

namespace limn {

// The version in use; the default one, version 0 and every part alike, where nothing was built yet.
[[nodiscard]] Result<Strategy> current_strategy(const Store& store, const Config& config);

// The last version of this name; nothing when there is none.
[[nodiscard]] Result<std::optional<Strategy>> strategy_named(const Store& store,
                                                             std::string_view name);

// Any version; nothing when there is none.
[[nodiscard]] Result<std::optional<Strategy>> strategy_version(const Store& store,
                                                               std::int64_t version);

// Makes the last version of `name` the one in use.
[[nodiscard]] Result<void> set_present_strategy(Store& store, std::string_view name);

// Appends a copy of an older version under its name: what it changed is undone, and nothing is
// lost. Errors: not_found.
[[nodiscard]] Result<Strategy> restore_strategy(Store& store, std::int64_t version, Time now);

// Appends `strategy` to the store and returns it with the version that it was given.
[[nodiscard]] Result<Strategy> append(Store& store, Strategy strategy, Time now);

// {length of history: {part: weight}}.
[[nodiscard]] JsonObject weights_json(const BlendWeights& weights,
                                      const std::vector<std::string>& parts);

// The weights that a build has chosen as they are served: those of newcomers, whom no data can
// choose for, are fixed.
[[nodiscard]] BlendWeights served_weights(BlendWeights chosen,
                                          const std::vector<std::string>& parts);

// Puts the weights that a build chose into the current strategy, keeping what feedback taught it;
// appends a version only where something changed.
[[nodiscard]] Result<void> adopt_weights(Store& store, const BlendWeights& weights,
                                         const std::vector<std::string>& parts,
                                         const Config& config, Time now);

// The strategy's weights for `parts`, every length of history.
[[nodiscard]] BlendWeights blend_weights(const Strategy& strategy,
                                         const std::vector<std::string>& parts);

}  // namespace limn
