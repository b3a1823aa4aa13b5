// An evaluation as people read it: a table for each length of list, then what was found beside it.
#include <algorithm>

#include "cli/console.h"
#include "cli/show.h"

namespace limn::cli {
namespace {

std::string range(const Interval& interval) {
  return fmt::format("{:.4f}-{:.4f}", interval.low, interval.high);
}

// A value that only some rows have.
std::string value_or_none(const RecommenderReport& row, const std::string& metric, int decimals) {
  const auto found = row.metrics.find(metric);
  return found == row.metrics.end() ? "" : fmt::format("{:.{}f}", found->second, decimals);
}

void show_accuracy(const EvaluationReport& report, std::size_t k) {
  const auto key = [&](std::string_view metric) { return fmt::format("{}@{}", metric, k); };
  Table table({fmt::format("@{}", k), "precision", "recall", "ndcg", "95 % interval", "coverage",
               "novelty", "satisfied"});
  for (const RecommenderReport& row : report.rows) {
    const auto satisfaction = row.satisfaction.find(k);
    table.add({printable(row.name), value_or_none(row, key("precision"), 4),
               value_or_none(row, key("recall"), 4), value_or_none(row, key("ndcg"), 4),
               range(row.ci95.at(key("ndcg"))), value_or_none(row, key("coverage"), 3),
               value_or_none(row, key("novelty"), 2),
               satisfaction == row.satisfaction.end()
                   ? ""
                   : fmt::format("{:.1f} %", 100 * satisfaction->second.share())});
  }
  table.print();
}

void show_lists(const EvaluationReport& report, std::size_t k) {
  const auto key = [&](std::string_view metric) { return fmt::format("{}@{}", metric, k); };
  Table table({fmt::format("lists of {}", k), "gini", "popularity", "diversity", "calibration gap",
               "serendipity"});
  for (const RecommenderReport& row : report.rows) {
    table.add({printable(row.name), value_or_none(row, key("gini"), 3),
               value_or_none(row, key("popularity"), 1), value_or_none(row, key("diversity"), 3),
               value_or_none(row, key("calibration"), 3),
               value_or_none(row, key("serendipity"), 4)});
  }
  table.print();
}

void show_comparisons(const std::vector<Comparison>& comparisons) {
  if (comparisons.empty()) return;
  say("{}, differences on the same users (p of the paired bootstrap; Holm's, for all pairs):",
      comparisons.front().metric);
  Table table({"pair", "difference", "95 % interval", "p", "adjusted", "users better", "worse",
               "sign test"});
  for (const Comparison& c : comparisons) {
    table.add(
        {printable(c.b + " - " + c.a), fmt::format("{:+.4f}", c.difference.difference),
         fmt::format("{:+.4f} to {:+.4f}", c.difference.interval.low, c.difference.interval.high),
         fmt::format("{:.3f}", c.difference.p_value), fmt::format("{:.3f}", c.adjusted_p),
         grouped(c.sign.better), grouped(c.sign.worse), fmt::format("{:.3f}", c.sign.p_value)});
  }
  table.print();
}

void show_groups(const std::vector<GroupReport>& groups) {
  if (groups.empty()) return;
  std::vector<std::string> header{groups.front().metric + " by group", "users"};
  for (const GroupValue& value : groups.front().values)
    header.push_back(printable(value.recommender));
  Table table(header);
  for (const GroupReport& group : groups) {
    std::vector<std::string> row{fmt::format("{} {}", group.respect, group.name),
                                 grouped(group.users)};
    for (const GroupValue& value : group.values) row.push_back(fmt::format("{:.4f}", value.mean));
    table.add(std::move(row));
  }
  table.print();
}

void show_ladder(const Ladder& ladder) {
  if (ladder.rungs.empty()) {
    say("no cold-start ladder: too few users are known well enough to make them new");
    return;
  }
  say("cold-start ladder, {}: {} known users whom no fit has seen, with their newest events alone",
      ladder.metric, grouped(ladder.users));
  std::vector<std::string> header{"events"};
  for (const GroupValue& value : ladder.rungs.front().values) {
    header.push_back(value.recommender);
    header.emplace_back("95 % interval");
  }
  header.emplace_back("the blend");
  Table table(header);
  for (const LadderRung& rung : ladder.rungs) {
    std::vector<std::string> row{rung.history};
    for (const GroupValue& value : rung.values) {
      row.push_back(fmt::format("{:.4f}", value.mean));
      row.push_back(range(value.ci95));
    }
    row.emplace_back(rung.blend_leads()      ? "at least as good as both"
                     : rung.blend_is_worse() ? "surely below one of them"
                                             : "below one of them, within chance");
    table.add(std::move(row));
  }
  table.print();
}

void show_verdict(const BlendVerdict& verdict) {
  const Interval& interval = verdict.comparison.interval;
  const char* outcome = interval.low > 0 ? "the blend beats its best part"
                                         : "the blend does not surely beat its best part";
  say("{}, {}: {} {:+.4f} (95 % interval {:+.4f} to {:+.4f})", outcome, verdict.best_part,
      verdict.metric, verdict.comparison.difference, interval.low, interval.high);
}

void show_ratings(const RatingReport& report) {
  say("ratings: {} to learn from, {} to predict; factors of {} numbers, ridge {:g}, chosen on a "
      "validation part",
      grouped(report.train), grouped(report.test), report.fit.options.dim, report.fit.options.l2);
  Table table({"predicted by", "rmse", "95 % interval", "mae"});
  for (const RatingErrors& row : report.rows) {
    table.add({row.name, fmt::format("{:.4f}", row.rmse),
               fmt::format("{:.4f} to {:.4f}", row.rmse_ci95.low, row.rmse_ci95.high),
               fmt::format("{:.4f}", row.mae)});
  }
  table.print();
}

}  // namespace

void show(const Evaluation& evaluation, bool brief) {
  const EvaluationReport& report = evaluation.report;
  say("split {}: {} train events, {} test events, {} items; {} users on both sides, {} ranked",
      to_text(report.rule), grouped(report.events_train), grouped(report.events_test),
      grouped(report.items), grouped(report.users_on_both_sides),
      grouped(report.ranked_users.size()));
  if (evaluation.left_out) {
    const LeftOut& left = *evaluation.left_out;
    say("later than the cut, and not read: {} texts, {} users, {} items ({} of them without a "
        "date)",
        grouped(left.texts), grouped(left.users), grouped(left.items), grouped(left.undated_items));
  }
  for (const std::size_t k : report.options.ks) show_accuracy(report, k);
  if (!brief) {
    show_lists(report, report.options.ks.front());
    show_groups(evaluation.groups);
    show_comparisons(evaluation.comparisons);
  }
  if (evaluation.ladder) show_ladder(*evaluation.ladder);
  if (evaluation.ratings) show_ratings(*evaluation.ratings);
  show_ranker(evaluation.ranker);
  if (evaluation.verdict) show_verdict(*evaluation.verdict);
}

}  // namespace limn::cli
