// Compare: whether two recommenders of one report differ, on the same users.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "limn/core/json.h"
#include "limn/core/result.h"
#include "limn/eval/protocol.h"

namespace limn {

// Whether `b` is better than `a`.
struct Comparison {
  std::string a;
  std::string b;
  std::string metric;           // "ndcg@10"
  PairedComparison difference;  // b - a, the paired bootstrap's
  SignTest sign;
  // The bootstrap's p-value, raised for how many pairs were compared at once (Holm, "A simple
  // sequentially rejective multiple test procedure", 1979): below 0.05 for a pair of no difference
  // with a chance of at most 5 % over all of them.
  double adjusted_p = 1;
};

// What is to be compared.
struct NamedPair {
  std::string a;
  std::string b;
};

// The row with the highest `metric` of those that are not `left_out`, the first of equals. Requires
// such a row, and that it has the metric.
[[nodiscard]] const RecommenderReport& best_row(const EvaluationReport& report,
                                                std::string_view metric,
                                                std::span<const std::string> left_out = {});

// Every other recommender against the best one by `metric`; the best is `a`. In the report's order,
// without those `left_out`.
[[nodiscard]] std::vector<NamedPair> pairs_with_best(const EvaluationReport& report,
                                                     std::string_view metric,
                                                     std::span<const std::string> left_out = {});

// Compares the pairs on the values of single users. Errors: invalid_argument for a name that is not
// in the report and for a metric that is no mean over users.
[[nodiscard]] Result<std::vector<Comparison>> compare(const EvaluationReport& report,
                                                      const std::vector<NamedPair>& pairs,
                                                      std::string_view metric);

[[nodiscard]] Json to_json(const Comparison& comparison);

}  // namespace limn
