#include <charconv>

#include "cli/command.h"
#include "cli/console.h"
#include "cli/moment.h"
#include "limn/engine/experiment.h"
#include "limn/engine/strategies.h"
#include "limn/feedback/simulate.h"

namespace limn::cli {
namespace {

struct Arguments {
  std::string data;
  std::string action = "list";
  std::vector<std::string> names;
  std::string mode = "thompson";
  std::string experiment = "experiment";
  bool force = false;
  std::vector<std::string> weights;
  std::optional<double> diversity;
  std::optional<double> calibration;
  std::optional<double> popularity_penalty;
  std::optional<double> exploration;
};

const char* verdict_text(const ArmEstimate& arm) {
  if (arm.stopped) return "stopped";
  switch (arm.verdict) {
    case Verdict::better: return "better: promote it";
    case Verdict::worse: return "worse";
    case Verdict::undecided: break;
  }
  return "";
}

void show(const Findings& found) {
  say("present strategy: {}", printable(found.present));
  if (found.experiment) {
    say("experiment {}: {}, learned from {} lists", printable(found.experiment->name),
        mode_name(found.experiment->mode), grouped(found.experiment->learned_lists));
  }
  Table table({"strategy", "lists", "satisfied", "95 % interval", "share now", ""});
  for (std::size_t a = 0; a < found.arms.size(); ++a) {
    const ArmEstimate& arm = found.arms[a];
    const bool shared = found.experiment && found.experiment->shares.contains("");
    table.add({printable(arm.name), grouped(static_cast<std::size_t>(arm.record.shown)),
               fmt::format("{:.4f}", arm.record.rate()),
               fmt::format("{:.4f}-{:.4f}", arm.low, arm.high),
               shared ? fmt::format("{:.3f}", found.experiment->shares.find("")->second[a]) : "",
               verdict_text(arm)});
  }
  table.print();
  if (!found.interleaving) return;
  say("interleaved: {} lists for {}, {} for {}, {} for neither (p {:.3f})",
      found.interleaving->wins, printable(found.experiment->arms[1]), found.interleaving->losses,
      printable(found.experiment->arms[0]), found.interleaving->ties, found.interleaving->p_value);
}

Json versions_json(const std::vector<StrategyVersion>& versions) {
  JsonArray array;
  for (const StrategyVersion& version : versions) {
    const Json* parameters = version.parameters.if_contains("parameters");
    array.push_back(JsonObject{{"version", version.version},
                               {"name", version.name},
                               {"created_at", format_time(version.created_at)},
                               {"parameters", parameters == nullptr ? Json() : *parameters}});
  }
  return JsonObject{{"versions", std::move(array)}};
}

Result<std::int64_t> parse_version(const std::string& text) {
  std::int64_t version = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (error == std::errc{} && end == text.data() + text.size()) return version;
  return fail(ErrorCode::invalid_argument, "cannot read version: {}: not a number", text);
}

// The present strategy's parameters with what was asked for changed.
Result<Strategy> changed_strategy(const Strategy& base, const Arguments& arguments) {
  Strategy strategy = base;
  strategy.name = arguments.names.front();
  if (arguments.diversity) strategy.parameters.diversity = static_cast<float>(*arguments.diversity);
  if (arguments.calibration)
    strategy.parameters.calibration = static_cast<float>(*arguments.calibration);
  if (arguments.popularity_penalty)
    strategy.parameters.popularity_penalty = static_cast<float>(*arguments.popularity_penalty);
  if (arguments.exploration)
    strategy.parameters.exploration = static_cast<float>(*arguments.exploration);
  if (arguments.weights.empty()) return strategy;
  std::map<std::string, float, std::less<>> weights;
  for (const std::string& pair : arguments.weights) {
    const std::size_t equals = pair.find('=');
    float weight = -1;
    if (equals != std::string::npos)
      std::from_chars(pair.data() + equals + 1, pair.data() + pair.size(), weight);
    if (equals == 0 || !(weight >= 0) || weight > 1e6) {
      return fail(ErrorCode::invalid_argument, "cannot read weights: {}: not PART=WEIGHT", pair);
    }
    weights[pair.substr(0, equals)] = weight;
  }
  strategy.parameters.part_weights.fill(weights);
  return strategy;
}

Result<void> answer_findings(Engine& engine, const Program& program) {
  LIMN_TRY(const Findings found, findings(engine.store(), engine.config()));
  return tell(program, found, [](const Findings& answer) { show(answer); });
}

Result<void> answer_strategy(const Strategy& strategy, const Program& program) {
  return tell(program, strategy,
              [](const Strategy& answer) { say("{}", to_pretty_text(to_json(answer))); });
}

Result<void> show_versions(const Store& store, const Program& program) {
  LIMN_TRY(const std::vector<StrategyVersion> versions, store.strategy_history());
  if (program.json) {
    say_json(versions_json(versions));
    return {};
  }
  Table table({"version", "strategy", "since"});
  for (const StrategyVersion& version : versions) {
    table.add({fmt::format("{}", version.version), printable(version.name),
               format_time(version.created_at)});
  }
  table.print();
  return {};
}

Result<void> show_strategy(const Engine& engine, const Store& store, const Arguments& arguments,
                           const Program& program) {
  if (arguments.names.empty()) {
    LIMN_TRY(const Strategy present, current_strategy(store, engine.config()));
    return answer_strategy(present, program);
  }
  LIMN_TRY(const std::optional<Strategy> named, strategy_named(store, arguments.names.front()));
  if (named) return answer_strategy(*named, program);
  LIMN_TRY(const std::int64_t version, parse_version(arguments.names.front()));
  LIMN_TRY(const std::optional<Strategy> found, strategy_version(store, version));
  if (found) return answer_strategy(*found, program);
  return fail(ErrorCode::not_found, "cannot show strategy: {}: no such version", version);
}

Result<void> need_names(const Arguments& arguments, std::size_t least) {
  if (arguments.names.size() >= least) return {};
  return fail(ErrorCode::invalid_argument, "cannot {} strategies: name {} of them",
              arguments.action, least);
}

Result<void> run(const Arguments& arguments, const Program& program) {
  LIMN_TRY(Engine engine, Engine::open(arguments.data, program.places()));
  Store& store = engine.store();
  const Config& config = engine.config();
  const std::string& action = arguments.action;
  if (action == "versions") return show_versions(store, program);
  if (action == "show") return show_strategy(engine, store, arguments, program);
  if (action == "add") {
    LIMN_TRY_VOID(need_names(arguments, 1));
    LIMN_TRY(const Strategy present, current_strategy(store, config));
    LIMN_TRY(Strategy changed, changed_strategy(present, arguments));
    LIMN_TRY(const Strategy added, append(store, std::move(changed), now()));
    return answer_strategy(added, program);
  }
  if (action == "restore") {
    LIMN_TRY_VOID(need_names(arguments, 1));
    LIMN_TRY(const std::int64_t version, parse_version(arguments.names.front()));
    LIMN_TRY(const Strategy restored, restore_strategy(store, version, now()));
    return answer_strategy(restored, program);
  }
  if (action == "promote") {
    LIMN_TRY_VOID(need_names(arguments, 1));
    LIMN_TRY(const Strategy promoted,
             promote(store, config, arguments.names.front(), arguments.force));
    return answer_strategy(promoted, program);
  }
  if (action == "try") {
    LIMN_TRY(const TrialMode mode, parse_trial_mode(arguments.mode));
    LIMN_TRY_VOID(start_experiment(store, config, arguments.experiment, mode, arguments.names));
  } else if (action == "end") {
    LIMN_TRY_VOID(stop_experiment(store));
  } else if (action == "learn") {
    LIMN_TRY_VOID(learn_now(store, config));
  }
  return answer_findings(engine, program);
}

void show(const SimulationReport& report) {
  say("{} lists: {:.0f} satisfied; all arms alike {:.0f}, the best alone {:.0f}",
      grouped(report.lists), report.satisfied, report.satisfied_evenly, report.satisfied_best);
  Table table(
      {"arm", "rate", "estimate", "shown", "of the last fifth", "stopped at", "promoted at"});
  for (std::size_t a = 0; a < report.arms.size(); ++a) {
    const SimulatedArm& arm = report.arms[a];
    const auto at = [](std::size_t list) { return list == 0 ? std::string() : grouped(list); };
    table.add({a == report.best ? fmt::format("{} (best)", a) : fmt::format("{}", a),
               fmt::format("{:.3f}", arm.rate), fmt::format("{:.4f}", arm.posterior.mean()),
               grouped(arm.shown), grouped(arm.shown_late), at(arm.stopped_at),
               at(arm.promoted_at)});
  }
  table.print();
}

}  // namespace

void add_strategies(CLI::App& app, Program& program) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* command = add_command(
      app, program, "strategies", "What was tried on users, what came of it, and what to use",
      "limn strategies shop.limn add bold --diversity 0.4 --exploration 0.1\n"
      "  limn strategies shop.limn try default bold --mode thompson --experiment autumn\n"
      "  limn strategies shop.limn promote bold");
  command->add_option("data", arguments->data, "The data folder")->required();
  command
      ->add_option("action", arguments->action,
                   "list, versions, show, add, try, learn, end, promote or restore")
      ->check(CLI::IsMember(
          {"list", "versions", "show", "add", "try", "learn", "end", "promote", "restore"}))
      ->capture_default_str();
  command->add_option("names", arguments->names, "Strategies by name; for restore a version");
  command->add_option("--mode", arguments->mode, "try: thompson, ab or interleave")
      ->capture_default_str();
  command->add_option("--experiment", arguments->experiment, "try: its name")
      ->capture_default_str();
  command->add_flag("--force", arguments->force, "promote: although it is not surely better");
  command
      ->add_option("--weights", arguments->weights, "add: the parts that rank, as text=1,ease=0.5")
      ->delimiter(',');
  command->add_option("--diversity", arguments->diversity, "add: 0 by score alone, to 1")
      ->check(CLI::Range(0.0, 1.0));
  command
      ->add_option("--calibration", arguments->calibration,
                   "add: 0 by score alone, to 1: kinds of items as often as the user liked them")
      ->check(CLI::Range(0.0, 1.0));
  command
      ->add_option("--popularity-penalty", arguments->popularity_penalty,
                   "add: 0 by score alone, to 1: what few have first")
      ->check(CLI::Range(0.0, 1.0));
  command
      ->add_option("--exploration", arguments->exploration,
                   "add: share of places for items to try out")
      ->check(CLI::Range(0.0, 1.0));
  on_call(command, program, [arguments, &program] { return run(*arguments, program); });
}

void add_simulate(CLI::App& app, Program& program) {
  const auto options = std::make_shared<SimulationOptions>();
  options->rates = {0.10, 0.14, 0.05};
  CLI::App* command =
      add_command(app, program, "simulate",
                  "Play a shop whose best strategy is known: is it found, is a bad one left?",
                  "limn simulate --rates 0.10,0.14,0.05 --segments 3 --lists 20000");
  command
      ->add_option("--rates", options->rates,
                   "How often each strategy's lists satisfy; the first is the present one")
      ->delimiter(',')
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command->add_option("--segments", options->segments, "Segments of users")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_option("--spread", options->spread, "How far segments are apart")
      ->check(CLI::Range(0.0, 2.0))
      ->capture_default_str();
  command->add_option("--lists", options->lists, "Lists shown, one after the other")
      ->check(CLI::Range(1, 10'000'000))
      ->capture_default_str();
  command->add_option("--seed", options->seed, "Same seed, same report")->capture_default_str();
  on_call(command, program, [options, &program]() -> Result<void> {
    return tell(program, simulate(*options), [](const SimulationReport& report) { show(report); });
  });
}

}  // namespace limn::cli
