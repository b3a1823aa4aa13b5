#include "cli/evaluate_learning.h"

#include "cli/console.h"
#include "limn/engine/answers_json.h"
#include "limn/engine/outcomes.h"
#include "limn/engine/replay.h"
#include "limn/eval/off_policy.h"

namespace limn::cli {
namespace {

std::string range(const Interval& interval) {
  return fmt::format("{:.4f}-{:.4f}", interval.low, interval.high);
}

void show(const ReplayReport& report) {
  say("{} next events of {} users, {} builds; {} events with news since the last build",
      grouped(report.events), grouped(report.users), grouped(report.builds),
      grouped(report.fresh_events));
  Table table({fmt::format("ndcg@{}", report.options.k), "of the next event"});
  table.add({"waiting for the build", fmt::format("{:.4f}", report.waiting)});
  table.add({"folded in", fmt::format("{:.4f}", report.folded_in)});
  table.print();
  const PairedComparison& c = report.comparison;
  say("difference {:+.4f} (95 % interval {:+.4f} to {:+.4f})", c.difference, c.interval.low,
      c.interval.high);
}

void show(const ReactionsReport& report) {
  say("{} users and the best item of each; the ten items most like it rank {:.1f} of {}",
      grouped(report.users), report.before, grouped(report.items));
  const auto say_change = [](const char* reaction, const PairedComparison& c) {
    say("  after a {}: {:+.1f} (95 % interval {:+.1f} to {:+.1f})", reaction, c.difference,
        c.interval.low, c.interval.high);
  };
  say_change("like", report.after_like);
  say_change("dislike", report.after_dislike);
}

void show(const OffPolicyReport& report, const ValueEstimate& on_policy) {
  say("{} rows, worth {:.0f} of the target's own; mean weight {:.3f}, {:.2f} % cut to {:.0f}",
      grouped(report.rows), report.effective_rows, report.mean_weight, 100 * report.clipped_share,
      report.clip);
  Table table({"reward a row", "value", "95 % interval"});
  const auto add = [&](const char* name, const ValueEstimate& estimate) {
    table.add({name, fmt::format("{:.5f}", estimate.value),
               fmt::format("{:.5f}-{:.5f}", estimate.interval.low, estimate.interval.high)});
  };
  add("the log itself", report.logged);
  add("target, ips", report.ips);
  add("target, snips", report.snips);
  add("target, doubly robust", report.doubly_robust);
  add("target, balanced", report.balanced);
  add("target, on its own log", on_policy);
  table.print();
}

void show(const SatisfactionReport& report) {
  say("{} lists shown, {} scores given", grouped(report.lists), grouped(report.scores));
  Table table({"strategy", "segment", "lists", "satisfied", "95 % interval", "engaged", "completed",
               "turned away", "returned", "score"});
  for (const SatisfactionRow& row : report.rows) {
    const auto percent = [&](const char* name) {
      return fmt::format("{:.1f} %", 100 * row.measures.at(name).value);
    };
    const auto score = row.measures.find("score");
    table.add({shortened(row.strategy, 30), row.segment ? shortened(*row.segment, 30) : "all",
               grouped(row.lists), percent("satisfied"),
               range(row.measures.at("satisfied").interval), percent("engaged"),
               percent("completed"), percent("turned_away"), percent("returned"),
               score == row.measures.end()
                   ? ""
                   : fmt::format("{:.2f} ({})", score->second.value, score->second.lists)});
  }
  table.print();
  for (const auto& [reason, count] : report.reasons)
    say("  {:>4} x {}", count, shortened(reason, 80));
}

Result<void> replay(const LearningArguments& arguments, const std::string& data, std::size_t k,
                    const Program& program) {
  LIMN_TRY(Engine engine, Engine::open(data, program.places()));
  ReplayOptions options;
  options.k = k;
  options.days_between_builds = arguments.days_between_builds;
  LIMN_TRY(const ReplayReport report,
           replay_store(engine.store(), engine.config(), engine.places(), options));
  return tell(program, report, [](const auto& answer) { show(answer); });
}

Result<void> off_policy(const LearningArguments& arguments, const Program& program) {
  if (arguments.target.empty()) {
    return fail(ErrorCode::invalid_argument,
                "cannot evaluate: --off-policy needs the --target policy's log");
  }
  LIMN_TRY(const PolicyLogs logs, read_policy_logs(arguments.off_policy, arguments.target));
  OffPolicyOptions options;
  options.clip = arguments.clip;
  const OffPolicyReport report =
      estimate_off_policy(logs.logged, PolicyTable::shares_of(logs.target), options);
  const ValueEstimate on_policy = on_policy_value(logs.target);
  if (program.json) {
    Json json = to_json(report);
    json.as_object()["on_policy"] = to_json(on_policy);
    say_json(json);
  } else {
    show(report, on_policy);
  }
  return {};
}

Result<void> reactions_of(const std::string& data, std::size_t users, const Program& program) {
  LIMN_TRY(Engine engine, Engine::open(data, program.places()));
  LIMN_TRY(const ReactionsReport report, engine.reactions(users));
  return tell(program, report, [](const auto& answer) { show(answer); });
}

Result<void> satisfaction_of(const std::string& data, const Program& program) {
  LIMN_TRY(Engine engine, Engine::open(data, program.places()));
  LIMN_TRY(const SatisfactionReport report, satisfaction(engine.store(), engine.config()));
  return tell(program, report, [](const auto& answer) { show(answer); });
}

}  // namespace

void add_learning_options(CLI::App& command, LearningArguments& arguments) {
  command.add_flag("--replay", arguments.replay,
                   "Foretell each next event, with and without what came since the last build");
  command
      .add_option("--days-between-builds", arguments.days_between_builds,
                  "With --replay: how often models are rebuilt")
      ->check(CLI::Range(1, 3650))
      ->capture_default_str();
  command
      .add_option("--reactions", arguments.reactions,
                  "Of so many users: what one like, or one dislike, does to the items like its own")
      ->check(CLI::Range(1, 1'000'000));
  command.add_flag("--satisfaction", arguments.satisfaction,
                   "What came of the lists that were shown, by strategy and segment");
  command.add_option("--off-policy", arguments.off_policy,
                     "A policy's log (CSV: action, reward, propensity, context): estimate from it");
  command.add_option("--target", arguments.target,
                     "With --off-policy: the log of the policy whose value is asked");
  command
      .add_option("--clip", arguments.clip,
                  "With --off-policy: the greatest weight; 0: the root of the number of rows")
      ->check(CLI::Range(0.0, 1e9));
}

Result<void> evaluate_learning(const LearningArguments& arguments, const std::string& data,
                               std::size_t k, const Program& program) {
  if (!arguments.off_policy.empty()) return off_policy(arguments, program);
  if (data.empty()) {
    return fail(ErrorCode::invalid_argument, "cannot evaluate: give a data folder");
  }
  if (arguments.reactions > 0) return reactions_of(data, arguments.reactions, program);
  return arguments.replay ? replay(arguments, data, k, program) : satisfaction_of(data, program);
}

}  // namespace limn::cli
