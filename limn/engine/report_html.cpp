// The page goes from the answer to its grounds: who is best and by how much, what else the lists
// are like, for whom they are good, what may be chance, and how to do it again. A number that a
// chart shows stands in a table as well.
#include "limn/engine/report_html.h"

#include <algorithm>
#include <array>

#include "limn/engine/report_charts.h"

namespace limn {
namespace {

constexpr std::string_view style =
#include "limn/engine/report_style.inc"
    ;

// What a metric says, and whether less of it is better; the order is the page's.
struct MetricText {
  std::string_view name;
  std::string_view title;
  std::string_view meaning;
};
constexpr std::array<MetricText, 7> list_metrics{{
    {"coverage", "Coverage", "share of the catalogue that stands in some list; more is broader"},
    {"gini", "Gini", "how unevenly items are shown; less is more even"},
    {"novelty", "Novelty", "how rare the items are, in bits; more is rarer"},
    {"popularity", "Popularity", "users who have an item of the list; less is less popular"},
    {"diversity", "Diversity", "how unlike the items of one list are; more is more varied"},
    {"calibration", "Calibration gap",
     "how far the list's kinds are from what the user liked; less is nearer"},
    {"serendipity", "Serendipity", "right and not among the most popular; more is better"},
}};

std::string tag(std::string_view name, std::string_view text) {
  return fmt::format("<{0}>{1}</{0}>\n", name, html_escaped(text));
}

std::string at(std::string_view metric, std::size_t k) {
  return fmt::format("{}@{}", metric, k);
}

std::string range_text(const Interval& interval) {
  return fmt::format("{:.4f} to {:.4f}", interval.low, interval.high);
}

std::string p_text(double p) {
  return p < 0.001 ? "&lt; .001" : fmt::format("{:.3f}", p);
}

std::string fact(std::string_view number, std::string_view what) {
  return fmt::format("<li><b>{}</b><span>{}</span></li>\n", html_escaped(number),
                     html_escaped(what));
}

std::string counted(std::size_t count) {
  return number_text(static_cast<double>(count), 9);
}

std::string head(const Evaluation& evaluation, const HtmlReportOptions& options) {
  const EvaluationReport& report = evaluation.report;
  std::string html = "<h1>Evaluation of " + html_escaped(options.title) + "</h1>\n";
  html += "<p class=\"soft\">Fitted on the past, asked for the future: split " +
          html_escaped(to_text(report.rule)) + ".</p>\n<ul class=\"facts\">\n";
  html += fact(counted(report.ranked_users.size()), "users ranked");
  html += fact(counted(report.items), "items, all ranked");
  html += fact(counted(report.events_train), "events to learn from");
  html += fact(counted(report.events_test), "events to foretell");
  html += fact(counted(report.rows.size()), "recommenders");
  return html + "</ul>\n";
}

std::string sentence_on_blend(const BlendVerdict& verdict) {
  const PairedComparison& c = verdict.comparison;
  const std::string_view outcome = c.interval.low > 0 ? "The blend beats its best part, "
                                   : c.interval.high < 0
                                       ? "The blend is worse than its best part, "
                                       : "The blend and its best part do not surely differ: ";
  return fmt::format("<p>{}{}: {:+.4f} (95 % interval {:+.4f} to {:+.4f}).</p>\n", outcome,
                     html_escaped(verdict.best_part), c.difference, c.interval.low,
                     c.interval.high);
}

std::string sentence_on_ladder(const Ladder& ladder) {
  std::string behind;
  for (const LadderRung& rung : ladder.rungs) {
    if (rung.blend_leads()) continue;
    behind += behind.empty() ? "" : ", ";
    behind +=
        html_escaped(rung.history) + (rung.blend_is_worse() ? " (surely)" : " (within chance)");
  }
  if (behind.empty())
    return "<p>The blend is at least as good as text and as behaviour at every rung.</p>\n";
  return "<p>The blend is below text or behaviour at these lengths of history: " + behind +
         ".</p>\n";
}

std::string verdict(const Evaluation& evaluation, const std::string& metric) {
  const EvaluationReport& report = evaluation.report;
  if (report.rows.empty() || report.ranked_users.empty())
    return "<div class=\"verdict\"><p>Nobody could be ranked.</p></div>\n";
  const RecommenderReport& best = best_row(report, metric, evaluation.reranked);
  std::string html = fmt::format(
      "<div class=\"verdict\">\n<p><b>{}</b> ranks best: {} {:.4f} (95 % interval {}).</p>\n",
      html_escaped(best.name), metric, best.metrics.at(metric), range_text(best.ci95.at(metric)));
  if (evaluation.verdict) html += sentence_on_blend(*evaluation.verdict);
  if (evaluation.ladder && !evaluation.ladder->rungs.empty())
    html += sentence_on_ladder(*evaluation.ladder);
  return html + "</div>\n";
}

std::vector<Bar> bars_of(const EvaluationReport& report, const std::string& metric,
                         const std::string& strong) {
  std::vector<Bar> bars;
  for (const RecommenderReport& row : report.rows) {
    const auto value = row.metrics.find(metric);
    if (value == row.metrics.end()) continue;
    const auto interval = row.ci95.find(metric);
    bars.push_back({row.name, value->second,
                    interval == row.ci95.end() ? std::nullopt : std::optional(interval->second),
                    row.name == strong});
  }
  return bars;
}

std::string accuracy(const Evaluation& evaluation, const std::string& metric) {
  const EvaluationReport& report = evaluation.report;
  std::string html = "<h2>Accuracy</h2>\n";
  html += fmt::format(
      "<p class=\"soft\">{}: the mean over users, and its 95 % interval. 1 would be a list that "
      "foretells everything. Ties count as the mean over all orders.</p>\n",
      metric);
  std::vector<Bar> bars =
      bars_of(report, metric, best_row(report, metric, evaluation.reranked).name);
  std::ranges::stable_sort(bars, std::ranges::greater{}, &Bar::value);
  html += "<figure>" + bar_chart(bars, metric + " of each recommender, best first") + "</figure>\n";
  for (const std::size_t k : report.options.ks) {
    html += "<div class=\"scroll\"><table>\n<tr><th>" + fmt::format("@{}", k) + "</th>";
    for (const char* name : {"ndcg", "recall", "precision", "hit", "mrr", "map"})
      html += fmt::format("<th>{}</th>", name);
    html += "<th>ndcg, 95 % interval</th></tr>\n";
    const std::string& best = best_row(report, at("ndcg", k), evaluation.reranked).name;
    for (const RecommenderReport& row : report.rows) {
      html += row.name == best ? "<tr class=\"strong\">" : "<tr>";
      html += "<td>" + html_escaped(row.name) + "</td>";
      for (const char* name : {"ndcg", "recall", "precision", "hit", "mrr", "map"})
        html += fmt::format("<td>{:.4f}</td>", row.metrics.at(at(name, k)));
      html += "<td>" + range_text(row.ci95.at(at("ndcg", k))) + "</td></tr>\n";
    }
    html += "</table></div>\n";
  }
  return html;
}

std::string beyond_accuracy(const Evaluation& evaluation) {
  const EvaluationReport& report = evaluation.report;
  const std::size_t k = report.options.ks.front();
  const std::string& strong = best_row(report, at("ndcg", k), evaluation.reranked).name;
  std::string html = fmt::format(
      "<h2>Beyond accuracy</h2>\n<p class=\"soft\">What the first {} places are like. The best by "
      "ndcg is marked.</p>\n<div class=\"grid\">\n",
      k);
  for (const MetricText& metric : list_metrics) {
    const std::vector<Bar> bars = bars_of(report, at(metric.name, k), strong);
    if (bars.empty()) continue;
    html += "<figure>" + tag("h3", metric.title) + "<figcaption>" + std::string(metric.meaning) +
            "</figcaption>" +
            bar_chart(bars, fmt::format("{} at {}", metric.title, k), half_width) + "</figure>\n";
  }
  return html + "</div>\n";
}

// One thing has one colour on the whole page.
int color_of(std::string_view recommender) {
  if (recommender == "blend") return 1;
  if (recommender == "text") return 3;
  return recommender == "popularity" ? 4 : 2;
}

std::string ladder_section(const Ladder& ladder) {
  std::string html = "<h2>The cold-start ladder</h2>\n";
  html += fmt::format(
      "<p class=\"soft\">{} while a user becomes known: {} known users whom no fit has seen, asked "
      "for with their newest events alone. Their histories are cut; they are no real "
      "newcomers.</p>\n",
      ladder.metric, counted(ladder.users));
  if (ladder.rungs.empty())
    return html + "<p>Too few users are known well enough to make them new.</p>\n";
  std::vector<std::string> places;
  std::vector<Series> series;
  for (const GroupValue& value : ladder.rungs.front().values)
    series.push_back({.name = value.recommender, .values = {}, .intervals = {}});
  for (const LadderRung& rung : ladder.rungs) {
    places.push_back(rung.history == "more" ? "more than 10" : rung.history + " events");
    for (std::size_t s = 0; s < series.size(); ++s) {
      series[s].values.push_back(rung.values[s].mean);
      series[s].intervals.push_back(rung.values[s].ci95);
    }
  }
  for (Series& one : series) one.color = color_of(one.name);
  html += "<figure>" + line_chart(places, series, ladder.metric + " by length of history") +
          "</figure>\n<div class=\"scroll\"><table>\n<tr><th>history</th>";
  for (const Series& one : series) html += "<th>" + html_escaped(one.name) + "</th>";
  html += "<th class=\"text\">the blend</th></tr>\n";
  for (const LadderRung& rung : ladder.rungs) {
    html += "<tr><td>" + html_escaped(rung.history) + "</td>";
    for (const GroupValue& value : rung.values)
      html += fmt::format("<td>{:.4f} <i>{}</i></td>", value.mean, range_text(value.ci95));
    html += fmt::format("<td class=\"text\">{}</td></tr>\n",
                        rung.blend_leads()      ? "at least as good as both"
                        : rung.blend_is_worse() ? "surely below one of them"
                                                : "below one of them, within chance");
  }
  return html + "</table></div>\n";
}

// The best, the blend and popularity: more lines than these cannot be told apart.
std::vector<std::string> told_apart(const Evaluation& evaluation, const std::string& metric) {
  const EvaluationReport& report = evaluation.report;
  std::vector<std::string> names{best_row(report, metric, evaluation.reranked).name};
  for (const std::string_view wanted : {"blend", "text", "popularity"}) {
    const bool there = std::ranges::any_of(
        report.rows, [&](const RecommenderReport& row) { return row.name == wanted; });
    const bool again = std::ranges::find(names, wanted) != names.end();
    if (there && !again && names.size() < 4) names.emplace_back(wanted);
  }
  for (const RecommenderReport& row : report.rows) {
    const bool again = std::ranges::find(names, row.name) != names.end();
    // One more of the second colour, where nothing has it yet.
    const bool free = std::ranges::none_of(names, [](const auto& n) { return color_of(n) == 2; });
    if (free && !again && color_of(row.name) == 2) names.push_back(row.name);
  }
  return names;
}

std::string group_table(const std::vector<GroupReport>& groups) {
  std::string html = "<div class=\"scroll\"><table>\n<tr><th>group</th><th>users</th>";
  for (const GroupValue& value : groups.front().values)
    html += "<th>" + html_escaped(value.recommender) + "</th>";
  html += "</tr>\n";
  for (const GroupReport& group : groups) {
    html += fmt::format("<tr><td>{}: {}</td><td>{}</td>", html_escaped(group.respect),
                        html_escaped(group.name), counted(group.users));
    for (const GroupValue& value : group.values) {
      html += fmt::format("<td>{:.4f} <i>&plusmn;{:.4f}</i></td>", value.mean,
                          (value.ci95.high - value.ci95.low) / 2);
    }
    html += "</tr>\n";
  }
  return html + "</table></div>\n";
}

std::string groups_section(const Evaluation& evaluation, const std::string& metric) {
  if (evaluation.groups.empty()) return "";
  std::string html = "<h2>For whom</h2>\n";
  html += fmt::format(
      "<p class=\"soft\">{} by what was known of a user: the stage of the profile, the number of "
      "events, and whether the user's past is of popular or of rare items. Real users; a group of "
      "few has a wide interval.</p>\n",
      metric);
  std::vector<std::string> places;
  for (const GroupReport& group : evaluation.groups) {
    places.push_back(fmt::format("{} {} ({})", group.respect, group.name, counted(group.users)));
  }
  std::vector<Series> series;
  for (const std::string& name : told_apart(evaluation, metric)) {
    Series one{.name = name, .color = color_of(name), .values = {}, .intervals = {}};
    for (const GroupReport& group : evaluation.groups) {
      const auto value = std::ranges::find(group.values, name, &GroupValue::recommender);
      one.values.push_back(value->mean);
      one.intervals.push_back(value->ci95);
    }
    series.push_back(std::move(one));
  }
  html += "<figure>" + dot_chart(places, series, metric + " by group of users") + "</figure>\n";
  return html + "<details><summary>All recommenders, as a table</summary>\n" +
         group_table(evaluation.groups) + "</details>\n";
}

std::string pairs_section(const std::vector<Comparison>& comparisons) {
  if (comparisons.empty()) return "";
  std::string html =
      "<h2>What may be chance</h2>\n<p class=\"soft\">Differences on the same users: the paired "
      "bootstrap of the mean, and how many users are better and worse off. An interval that "
      "crosses "
      "0 shows no difference. The adjusted p-value allows for all pairs of the table (Holm).</p>\n";
  std::vector<Difference> rows;
  for (const Comparison& c : comparisons)
    rows.push_back({c.b + " - " + c.a, c.difference.difference, c.difference.interval});
  html += "<figure>" + forest_chart(rows, comparisons.front().metric + " differences") +
          "</figure>\n<div class=\"scroll\"><table>\n<tr><th>pair</th><th>difference</th>"
          "<th>95 % interval</th><th>p</th><th>adjusted</th><th>users better</th><th>worse</th>"
          "<th>sign test p</th></tr>\n";
  for (const Comparison& c : comparisons) {
    html += fmt::format(
        "<tr><td>{}</td><td>{:+.4f}</td><td>{:+.4f} to {:+.4f}</td><td>{}</td><td>{}</td>"
        "<td>{}</td><td>{}</td><td>{}</td></tr>\n",
        html_escaped(c.b + " - " + c.a), c.difference.difference, c.difference.interval.low,
        c.difference.interval.high, p_text(c.difference.p_value), p_text(c.adjusted_p),
        counted(c.sign.better), counted(c.sign.worse), p_text(c.sign.p_value));
  }
  return html + "</table></div>\n";
}

std::string rules_section(const Evaluation& evaluation) {
  const EvaluationReport& report = evaluation.report;
  const Json protocol = to_json(report).as_object()["protocol"];
  std::string html = "<h2>Rules and settings</h2>\n<dl>\n";
  const auto row = [&](std::string_view name, std::string_view value) {
    html += "<dt>" + html_escaped(name) + "</dt><dd>" + html_escaped(value) + "</dd>\n";
  };
  row("split", to_text(report.rule));
  for (const auto& [name, value] : protocol.as_object())
    row(name, value.is_string() ? std::string(value.get_string()) : to_text(value));
  row("users without a relevant item", counted(report.users_without_relevant));
  row("validation events", counted(report.events_valid));
  if (evaluation.left_out) {
    const LeftOut& left = *evaluation.left_out;
    row("left out as later than the cut",
        fmt::format("{} events, {} texts, {} users, {} items ({} of them without a date)",
                    left.events, left.texts, left.users, left.items, left.undated_items));
  }
  row("memory", fmt::format("{:.0f} MB at most", report.peak_rss_mb));
  html +=
      "</dl>\n<details><summary>Each recommender's settings and seconds</summary>\n"
      "<div class=\"scroll\"><table>\n<tr><th>recommender</th><th>fit, s</th><th>rank, s</th>"
      "<th class=\"text\">settings</th></tr>\n";
  for (const RecommenderReport& one : report.rows) {
    html += fmt::format(
        "<tr><td>{}</td><td>{:.2f}</td><td>{:.2f}</td><td class=\"text\">{}</td></tr>\n",
        html_escaped(one.name), one.fit_seconds, one.score_seconds,
        html_escaped(to_text(one.settings)));
  }
  return html + "</table></div></details>\n";
}

std::string how_to_section(const Evaluation& evaluation, const HtmlReportOptions& options) {
  std::string html = "<h2>How to do it again</h2>\n";
  if (!options.command.empty()) html += tag("pre", options.command);
  html += fmt::format(
      "<p class=\"soft\">The seed is {}: the same data, settings and seed give the same figures on "
      "any number of threads. <code>--json</code> gives them all as one document, "
      "<code>--per-user FILE</code> the values of single users, from which every interval and test "
      "here can be made again. docs/evaluation.md defines each measure.</p>\n",
      evaluation.report.options.bootstrap.seed);
  return html;
}

}  // namespace

std::string html_report(const Evaluation& evaluation, const HtmlReportOptions& options) {
  const EvaluationReport& report = evaluation.report;
  const std::string metric = at("ndcg", report.options.ks.front());
  std::string html =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Evaluation "
      "of " +
      html_escaped(options.title) + "</title>\n<style>" + std::string(style) +
      "</style>\n</head>\n<body>\n<main>\n";
  html += head(evaluation, options) + verdict(evaluation, metric);
  if (!report.rows.empty()) {
    html += accuracy(evaluation, metric);
    html += beyond_accuracy(evaluation);
    if (evaluation.ladder) html += ladder_section(*evaluation.ladder);
    html += groups_section(evaluation, metric);
    html += pairs_section(evaluation.comparisons);
  }
  html += rules_section(evaluation) + how_to_section(evaluation, options);
  return html + "</main>\n</body>\n</html>\n";
}

}  // namespace limn
