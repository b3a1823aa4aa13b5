#include "limn/eval/compare.h"

#include <algorithm>
#include <numeric>

#include "limn/core/check.h"

namespace limn {
namespace {

Result<const std::vector<double>*> values_of(const EvaluationReport& report, std::string_view name,
                                             std::string_view metric) {
  const auto row = std::ranges::find(report.rows, name, &RecommenderReport::name);
  if (row == report.rows.end()) {
    std::vector<std::string> names;
    for (const RecommenderReport& known : report.rows) names.push_back(known.name);
    return fail(ErrorCode::invalid_argument, "cannot compare: {}: not evaluated here ({})", name,
                fmt::join(names, ", "));
  }
  const auto values = row->per_user.find(std::string(metric));
  if (values == row->per_user.end()) {
    return fail(ErrorCode::invalid_argument,
                "cannot compare: {}: no value of single users (ndcg@{} has one)", metric,
                report.options.ks.front());
  }
  return &values->second;
}

// Holm: the smallest of n p-values counts n times, the next one n - 1 times, and so on; none may
// then be below one that was smaller.
void adjust(std::vector<Comparison>& comparisons) {
  std::vector<std::size_t> order(comparisons.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {},
                           [&](std::size_t i) { return comparisons[i].difference.p_value; });
  double least = 0;
  for (std::size_t place = 0; place < order.size(); ++place) {
    Comparison& comparison = comparisons[order[place]];
    const auto left = static_cast<double>(order.size() - place);
    least = std::max(least, std::min(1.0, left * comparison.difference.p_value));
    comparison.adjusted_p = least;
  }
}

}  // namespace

const RecommenderReport& best_row(const EvaluationReport& report, std::string_view metric,
                                  std::span<const std::string> left_out) {
  const std::string key(metric);
  const RecommenderReport* best = nullptr;
  for (const RecommenderReport& row : report.rows) {
    if (std::ranges::find(left_out, row.name) != left_out.end()) continue;
    if (best == nullptr || row.metrics.at(key) > best->metrics.at(key)) best = &row;
  }
  LIMN_CHECK(best != nullptr);
  return *best;
}

std::vector<NamedPair> pairs_with_best(const EvaluationReport& report, std::string_view metric,
                                       std::span<const std::string> left_out) {
  std::vector<NamedPair> pairs;
  if (report.rows.size() <= left_out.size()) return pairs;
  const RecommenderReport& best = best_row(report, metric, left_out);
  for (const RecommenderReport& row : report.rows) {
    const bool taken = std::ranges::find(left_out, row.name) == left_out.end();
    if (taken && row.name != best.name) pairs.push_back({best.name, row.name});
  }
  return pairs;
}

Result<std::vector<Comparison>> compare(const EvaluationReport& report,
                                        const std::vector<NamedPair>& pairs,
                                        std::string_view metric) {
  std::vector<Comparison> comparisons;
  for (const NamedPair& pair : pairs) {
    LIMN_TRY(const std::vector<double>* a, values_of(report, pair.a, metric));
    LIMN_TRY(const std::vector<double>* b, values_of(report, pair.b, metric));
    comparisons.push_back({.a = pair.a,
                           .b = pair.b,
                           .metric = std::string(metric),
                           .difference = paired_bootstrap(*a, *b, report.options.bootstrap),
                           .sign = sign_test(*a, *b)});
  }
  adjust(comparisons);
  return comparisons;
}

Json to_json(const Comparison& comparison) {
  const PairedComparison& difference = comparison.difference;
  return JsonObject{{"a", comparison.a},
                    {"b", comparison.b},
                    {"metric", comparison.metric},
                    {"difference", rounded(difference.difference)},
                    {"ci95", to_json(difference.interval)},
                    {"p", rounded(difference.p_value)},
                    {"adjusted_p", rounded(comparison.adjusted_p)},
                    {"sign_test",
                     {{"better", comparison.sign.better},
                      {"worse", comparison.sign.worse},
                      {"p", rounded(comparison.sign.p_value)}}}};
}

}  // namespace limn
