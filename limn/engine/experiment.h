// Experiment: which strategies are tried on users, how each list's one is chosen, and what was
// learned of them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "limn/core/config.h"
#include "limn/core/json.h"
#include "limn/core/result.h"
#include "limn/feedback/strategy.h"
#include "limn/feedback/thompson.h"
#include "limn/store/store.h"

namespace limn {

enum class TrialMode {
  thompson,    // each request draws an arm, by the chance that it is the best in the segment
  ab,          // each user stays with one arm, by a hash; arms alike
  interleave,  // two arms in one list, by team draft
};

[[nodiscard]] std::string_view mode_name(TrialMode mode);
// Errors: invalid_argument.
[[nodiscard]] Result<TrialMode> parse_trial_mode(std::string_view name);

// Kept in the store as one document. The shares are data, not drawn anew: an answer is a pure
// function of the generation, this document, the strategies, the history and the request's name.
struct Experiment {
  std::string name;
  TrialMode mode = TrialMode::thompson;
  std::vector<std::string> arms;      // names of strategies; the first was the present one
  std::vector<std::uint8_t> stopped;  // (arms): not 0 where the guardrail took it out
  std::map<std::string, std::vector<double>, std::less<>> shares;  // by segment, (arms); "": others
  std::size_t learned_lists = 0;  // how many lists there were at the last learning
};

// What was found of one arm so far.
struct ArmEstimate {
  std::string name;
  ArmRecord record;
  double low = 0;  // of the rate's 95 % interval
  double high = 0;
  Verdict verdict = Verdict::undecided;  // against the present strategy
  bool stopped = false;
};

// Two arms in one list: whose items were chosen more.
struct InterleavingResult {
  std::size_t wins = 0;    // lists that speak for the second arm
  std::size_t losses = 0;  // for the first
  std::size_t ties = 0;
  double p_value = 1;  // two-sided sign test
};

struct Findings {
  std::string present;
  std::optional<Experiment> experiment;
  std::vector<ArmEstimate> arms;  // of the experiment, or of all strategies that were shown
  std::optional<InterleavingResult> interleaving;
};

// The experiment that runs; nothing when none does. Errors: corrupt.
[[nodiscard]] Result<std::optional<Experiment>> current_experiment(const Store& store);

// Starts one over whatever ran before. Errors: invalid_argument, for fewer than two arms, more than
// two that are interleaved, and arms that are the same; not_found, for one that is no strategy.
[[nodiscard]] Result<Experiment> start_experiment(Store& store, const Config& config,
                                                  std::string_view name, TrialMode mode,
                                                  const std::vector<std::string>& arms);
// Returns whether one ran. Its lists stay.
[[nodiscard]] Result<bool> stop_experiment(Store& store);

// Reads what came of every list, gives each arm its new shares, and stops those that are surely
// worse than the present strategy. Nothing where no experiment runs. O(lists + their events).
[[nodiscard]] Result<std::optional<Experiment>> learn_now(Store& store, const Config& config);
// The same for the experiment that runs, only where the lists grew by a twentieth since the last
// time.
[[nodiscard]] Result<void> learn_if_due(Store& store, const Config& config,
                                        const Experiment& running);

[[nodiscard]] Result<Findings> findings(const Store& store, const Config& config);

// Makes `name` the present strategy. The guardrail: only where the lower bound of its lead over the
// present one is above 0, unless `force`. Errors: not_found; invalid_argument where the guardrail
// holds.
[[nodiscard]] Result<Strategy> promote(Store& store, const Config& config, std::string_view name,
                                       bool force);

// Which strategies make the list of one request.
struct ChosenStrategies {
  std::vector<Strategy> strategies;  // one; two where they are interleaved
  double propensity = 1;             // of this choice
};

// Without a request, and where no experiment runs: the present strategy.
[[nodiscard]] Result<ChosenStrategies> choose_strategies(const Store& store, const Config& config,
                                                         std::string_view user,
                                                         std::string_view segment,
                                                         std::string_view request);

[[nodiscard]] Json to_json(const Experiment& experiment);
[[nodiscard]] Json to_json(const Findings& findings);

}  // namespace limn
