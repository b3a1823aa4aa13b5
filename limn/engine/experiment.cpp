#include "limn/engine/experiment.h"

#include <algorithm>
#include <set>

#include "limn/engine/outcomes.h"
#include "limn/engine/strategies.h"
#include "limn/feedback/assignment.h"
#include "limn/feedback/simulate.h"

namespace limn {
namespace {

constexpr std::string_view experiment_setting = "experiment";
constexpr std::string_view no_experiment = "null";

tl::unexpected<Error> broken(std::string_view key) {
  return fail(ErrorCode::corrupt, "cannot read experiment: {}: not as it was written", key);
}

std::vector<double> even_shares(const std::vector<std::uint8_t>& stopped) {
  const auto running = static_cast<double>(std::ranges::count(stopped, 0));
  std::vector<double> shares;
  for (const std::uint8_t one : stopped) shares.push_back(one == 0 ? 1 / running : 0);
  return shares;
}

Result<void> save(Store& store, const Experiment& experiment) {
  return store.set_setting(experiment_setting, to_text(to_json(experiment)));
}

Result<std::vector<double>> read_shares(const Json& json, std::size_t arms) {
  if (!json.is_array() || json.get_array().size() != arms) return broken("shares");
  std::vector<double> shares;
  for (const Json& share : json.get_array()) {
    if (!share.is_number()) return broken("shares");
    shares.push_back(share.to_number<double>());
  }
  return shares;
}

Result<Experiment> experiment_from_json(const Json& json) {
  Experiment experiment;
  experiment.name = text_member(json, "name", "");
  LIMN_TRY(experiment.mode, parse_trial_mode(text_member(json, "mode", "")));
  const Json* arms = member(json, "arms");
  const Json* shares = member(json, "shares");
  const Json* learned = member(json, "learned_lists");
  if (arms == nullptr || !arms->is_array()) return broken("arms");
  if (shares == nullptr || !shares->is_object()) return broken("shares");
  if (learned == nullptr || !learned->is_number()) return broken("learned_lists");
  for (const Json& arm : arms->get_array()) {
    const std::optional<std::string> name = text_member(arm, "name");
    const Json* stopped = member(arm, "stopped");
    if (!name || stopped == nullptr || !stopped->is_bool()) return broken("arms");
    experiment.arms.push_back(*name);
    experiment.stopped.push_back(stopped->get_bool() ? 1 : 0);
  }
  for (const auto& [segment, of_segment] : shares->get_object()) {
    LIMN_TRY(experiment.shares[std::string(segment)],
             read_shares(of_segment, experiment.arms.size()));
  }
  experiment.learned_lists = static_cast<std::size_t>(learned->to_number<double>());
  return experiment;
}

// The records of these arms: what their lists came to, in each of the segments seen.
struct ArmLog {
  std::vector<std::string> segments;  // "" first: those who belong to none
  ArmRecords records;                 // [arm][segment]
};

Result<ArmLog> read_arm_log(const Store& store, const Config& config,
                            const std::vector<std::string>& arms) {
  LIMN_TRY(const std::vector<ShownList> lists, store.read_lists());
  LIMN_TRY(const std::vector<ListOutcome> outcomes, list_outcomes(store, lists, config));
  std::set<std::string> labels{""};
  for (const ShownList& list : lists) labels.insert(list.segment);
  ArmLog log;
  log.segments.assign(labels.begin(), labels.end());
  log.records.assign(arms.size(), std::vector<ArmRecord>(log.segments.size()));
  for (std::size_t i = 0; i < lists.size(); ++i) {
    const auto arm = std::ranges::find(arms, lists[i].strategy);
    if (arm == arms.end()) continue;
    const auto segment = std::ranges::lower_bound(log.segments, lists[i].segment);
    ArmRecord& record = log.records[static_cast<std::size_t>(arm - arms.begin())]
                                   [static_cast<std::size_t>(segment - log.segments.begin())];
    record.shown += 1;
    record.satisfied += outcomes[i].satisfied ? 1 : 0;
  }
  return log;
}

std::size_t place_of(const std::vector<std::string>& arms, std::string_view name) {
  return static_cast<std::size_t>(std::ranges::find(arms, name) - arms.begin());
}

// All strategies' names, in the order of their first version.
Result<std::vector<std::string>> strategy_names(const Store& store) {
  LIMN_TRY(const std::vector<StrategyVersion> versions, store.strategy_history());
  std::vector<std::string> names;
  for (const StrategyVersion& version : versions) {
    if (place_of(names, version.name) == names.size()) names.push_back(version.name);
  }
  return names;
}

// The lists that two arms made together, as votes.
Result<InterleavingResult> read_votes(const Store& store, const Config& config,
                                      const Experiment& experiment) {
  LIMN_TRY(std::vector<ShownList> lists, store.read_lists());
  const std::string both = experiment.arms[0] + "+" + experiment.arms[1];
  std::erase_if(lists, [&](const ShownList& list) { return list.strategy != both; });
  std::vector<double> first;
  std::vector<double> second;
  LIMN_TRY(const auto chosen, chosen_places(store, lists, config));
  InterleavingResult result;
  for (std::size_t i = 0; i < lists.size(); ++i) {
    double of_team[2] = {};
    for (const std::size_t place : chosen[i])
      of_team[lists[i].places[place].team == 0 ? 0 : 1] += 1;
    first.push_back(of_team[0]);
    second.push_back(of_team[1]);
    result.ties += of_team[0] == of_team[1] ? 1 : 0;
  }
  const SignTest test = sign_test(first, second);
  result.wins = test.better;
  result.losses = test.worse;
  result.p_value = test.p_value;
  return result;
}

Result<Strategy> require_strategy(const Store& store, std::string_view name) {
  LIMN_TRY(const std::optional<Strategy> found, strategy_named(store, name));
  if (found) return *found;
  return fail(ErrorCode::not_found,
              "cannot find strategy: {}: no such name (see `limn strategies`)", name);
}

}  // namespace

std::string_view mode_name(TrialMode mode) {
  switch (mode) {
    case TrialMode::thompson: return "thompson";
    case TrialMode::ab: return "ab";
    case TrialMode::interleave: return "interleave";
  }
  return "thompson";
}

Result<TrialMode> parse_trial_mode(std::string_view name) {
  for (const TrialMode mode : {TrialMode::thompson, TrialMode::ab, TrialMode::interleave}) {
    if (name == mode_name(mode)) return mode;
  }
  return fail(ErrorCode::invalid_argument,
              "cannot read experiment: mode {}: not thompson, ab or interleave", name);
}

Result<std::optional<Experiment>> current_experiment(const Store& store) {
  LIMN_TRY(const std::optional<std::string> text, store.setting(experiment_setting));
  if (!text || *text == no_experiment) return std::nullopt;
  LIMN_TRY(const Json json, parse_json(*text, experiment_setting));
  if (!json.is_object()) return broken("the document");
  LIMN_TRY(Experiment experiment, experiment_from_json(json));
  return std::optional(std::move(experiment));
}

Result<Experiment> start_experiment(Store& store, const Config& config, std::string_view name,
                                    TrialMode mode, const std::vector<std::string>& arms) {
  const std::set<std::string> different(arms.begin(), arms.end());
  const bool too_many = mode == TrialMode::interleave && arms.size() > 2;
  if (name.empty() || arms.size() < 2 || different.size() != arms.size() || too_many) {
    return fail(ErrorCode::invalid_argument,
                "cannot start experiment: {}: give it a name and two or more different strategies, "
                "two to interleave",
                name);
  }
  for (const std::string& arm : arms) LIMN_TRY_VOID(require_strategy(store, arm));
  LIMN_TRY(const Strategy present, current_strategy(store, config));
  if (place_of(arms, present.name) == arms.size()) {
    return fail(ErrorCode::invalid_argument,
                "cannot start experiment: {}: {}, the present strategy, is not among its arms",
                name, present.name);
  }
  Experiment experiment;
  experiment.name = name;
  experiment.mode = mode;
  experiment.arms = arms;
  experiment.stopped.assign(arms.size(), 0);
  experiment.shares[""] = even_shares(experiment.stopped);
  LIMN_TRY_VOID(save(store, experiment));
  return experiment;
}

Result<bool> stop_experiment(Store& store) {
  LIMN_TRY(const std::optional<Experiment> running, current_experiment(store));
  if (!running) return false;
  LIMN_TRY_VOID(store.set_setting(experiment_setting, no_experiment));
  return true;
}

Result<std::optional<Experiment>> learn_now(Store& store, const Config& config) {
  LIMN_TRY(std::optional<Experiment> experiment, current_experiment(store));
  if (!experiment) return std::nullopt;
  LIMN_TRY(const ArmLog log, read_arm_log(store, config, experiment->arms));
  LIMN_TRY(const Strategy present, current_strategy(store, config));
  const std::size_t place = place_of(experiment->arms, present.name);
  ShareOptions options;
  options.seed = static_cast<std::uint64_t>(config.runtime.seed);
  const Learned learned =
      learn(log.records, place < experiment->arms.size() ? place : 0, experiment->stopped, options);
  experiment->stopped = learned.stopped;
  experiment->shares.clear();
  for (std::size_t s = 0; s < log.segments.size(); ++s)
    experiment->shares[log.segments[s]] = learned.shares[s];
  LIMN_TRY(experiment->learned_lists, store.list_count());
  LIMN_TRY_VOID(save(store, *experiment));
  return experiment;
}

Result<void> learn_if_due(Store& store, const Config& config, const Experiment& running) {
  LIMN_TRY(const std::size_t lists, store.list_count());
  if (lists < next_learning(running.learned_lists)) return {};
  LIMN_TRY_VOID(learn_now(store, config));
  return {};
}

Result<Findings> findings(const Store& store, const Config& config) {
  Findings found;
  LIMN_TRY(const Strategy present, current_strategy(store, config));
  found.present = present.name;
  LIMN_TRY(found.experiment, current_experiment(store));
  LIMN_TRY(std::vector<std::string> names, strategy_names(store));
  if (found.experiment) names = found.experiment->arms;
  LIMN_TRY(const ArmLog log, read_arm_log(store, config, names));
  const std::vector<Beta> overall = overall_posteriors(log.records);
  const std::size_t present_place = place_of(names, present.name);
  for (std::size_t arm = 0; arm < names.size(); ++arm) {
    ArmEstimate estimate{.name = names[arm]};
    estimate.record = total(log.records[arm]);
    estimate.low = overall[arm].quantile(0.025);
    estimate.high = overall[arm].quantile(0.975);
    if (arm != present_place && present_place < names.size())
      estimate.verdict = judge(overall[arm], overall[present_place]);
    estimate.stopped = found.experiment && found.experiment->stopped[arm] != 0;
    found.arms.push_back(std::move(estimate));
  }
  if (found.experiment && found.experiment->mode == TrialMode::interleave) {
    LIMN_TRY(found.interleaving, read_votes(store, config, *found.experiment));
  }
  return found;
}

Result<Strategy> promote(Store& store, const Config& config, std::string_view name, bool force) {
  LIMN_TRY(const Strategy strategy, require_strategy(store, name));
  LIMN_TRY(const Strategy present, current_strategy(store, config));
  if (!force) {
    const std::vector<std::string> both{present.name, std::string(name)};
    LIMN_TRY(const ArmLog log, read_arm_log(store, config, both));
    const std::vector<Beta> overall = overall_posteriors(log.records);
    if (judge(overall[1], overall[0]) != Verdict::better) {
      const Lead lead = lead_over(overall[1], overall[0]);
      return fail(
          ErrorCode::invalid_argument,
          "cannot promote strategy: {}: not surely better than {}: its lead is {:+.4f}, from "
          "{:+.4f} to {:+.4f} (show it more, or insist with --force)",
          name, present.name, lead.value, lead.low, lead.high);
    }
  }
  LIMN_TRY_VOID(set_present_strategy(store, name));
  return strategy;
}

Result<ChosenStrategies> choose_strategies(const Store& store, const Config& config,
                                           std::string_view user, std::string_view segment,
                                           std::string_view request) {
  ChosenStrategies chosen;
  std::optional<Experiment> experiment;
  if (!request.empty()) {
    LIMN_TRY(experiment, current_experiment(store));
  }
  if (!experiment) {
    LIMN_TRY(chosen.strategies.emplace_back(), current_strategy(store, config));
    return chosen;
  }
  if (experiment->mode == TrialMode::interleave) {
    for (const std::string& arm : experiment->arms) {
      LIMN_TRY(chosen.strategies.emplace_back(), require_strategy(store, arm));
    }
    return chosen;
  }
  std::vector<double> shares = even_shares(experiment->stopped);
  std::size_t arm = 0;
  if (experiment->mode == TrialMode::ab) {
    arm = sticky_arm(user, experiment->name, experiment->arms, experiment->stopped);
  } else {
    auto found = experiment->shares.find(segment);
    if (found == experiment->shares.end()) found = experiment->shares.find("");
    if (found != experiment->shares.end()) shares = found->second;
    arm = pick(shares, sticky_uniform(user, request));
  }
  chosen.propensity = shares[arm];
  LIMN_TRY(chosen.strategies.emplace_back(), require_strategy(store, experiment->arms[arm]));
  return chosen;
}

}  // namespace limn
