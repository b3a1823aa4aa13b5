// The report as `limn evaluate --json` prints it.
#include <string_view>
#include <utility>

#include "limn/eval/protocol.h"

namespace limn {
namespace {

std::string at(std::string_view metric, std::size_t k) {
  return fmt::format("{}@{}", metric, k);
}

JsonObject metrics_to_json(const std::map<std::string, double>& metrics) {
  JsonObject object;
  for (const auto& [name, value] : metrics) object[name] = rounded(value);
  return object;
}

JsonObject row_to_json(const RecommenderReport& row) {
  JsonObject intervals;
  for (const auto& [name, interval] : row.ci95) {
    intervals[name] = JsonArray{rounded(interval.low), rounded(interval.high)};
  }
  return {{"recommender", row.name},
          {"metrics", metrics_to_json(row.metrics)},
          {"ci95", std::move(intervals)},
          {"settings", row.settings},
          {"fit_seconds", rounded(row.fit_seconds)},
          {"score_seconds", rounded(row.score_seconds)}};
}

JsonObject satisfaction_to_json(const EvaluationReport& report) {
  JsonObject object;
  for (const RecommenderReport& row : report.rows) {
    JsonObject counts;
    for (const auto& [k, satisfaction] : row.satisfaction) {
      counts[at("hits", k)] = rounded(satisfaction.hits);
      counts[at("liked", k)] = rounded(satisfaction.liked);
      counts[at("share", k)] = rounded(satisfaction.share());
    }
    if (!counts.empty()) object[row.name] = std::move(counts);
  }
  return object;
}

std::string relevance_to_text(const Relevance& relevance) {
  if (relevance.all) return "every test event";
  if (relevance.at_least) return fmt::format("a value of at least {}", *relevance.at_least);
  return "a weight above 0";
}

JsonObject protocol_to_json(const EvaluationReport& report) {
  const EvaluateOptions& options = report.options;
  const bool min = options.denominator == RecallDenominator::min;
  return {{"candidates", "all items but the user's own"},
          {"relevant", relevance_to_text(options.relevance)},
          {"ties", "mean over all orders"},
          {"recall_denominator", min ? "min" : "test"},
          {"trained_on_valid", report.trained_on_valid},
          {"resamples", options.bootstrap.resamples},
          {"seed", options.bootstrap.seed}};
}

}  // namespace

Json to_json(const EvaluationReport& report) {
  JsonArray ks;
  for (const std::size_t k : report.options.ks) ks.push_back(k);
  JsonArray rows;
  for (const RecommenderReport& row : report.rows) rows.push_back(row_to_json(row));
  return JsonObject{{"split", to_text(report.rule)},
                    {"k", std::move(ks)},
                    {"users", report.users},
                    {"users_on_both_sides", report.users_on_both_sides},
                    {"users_ranked", report.ranked_users.size()},
                    {"users_without_relevant", report.users_without_relevant},
                    {"items", report.items},
                    {"events_train", report.events_train},
                    {"events_valid", report.events_valid},
                    {"events_test", report.events_test},
                    {"protocol", protocol_to_json(report)},
                    {"rows", std::move(rows)},
                    {"satisfaction", satisfaction_to_json(report)},
                    {"peak_rss_mb", rounded(report.peak_rss_mb)}};
}

}  // namespace limn
