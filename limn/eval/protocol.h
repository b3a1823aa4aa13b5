// Protocol: fitted recommenders against a split, by the same rules for all of them.
//
// Each user with a relevant item in the test part gets a list of the whole catalogue without what
// that user already has (train and valid); of a split by time, only users with events on both
// sides. Nothing here reads the test part but the metrics.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "limn/core/json.h"
#include "limn/core/matrix.h"
#include "limn/core/result.h"
#include "limn/core/sparse.h"
#include "limn/core/types.h"
#include "limn/eval/intervals.h"
#include "limn/eval/metrics.h"
#include "limn/eval/splits.h"

namespace limn {

// Which test events are relevant. An item is relevant when one of its events is.
struct Relevance {
  bool all = false;               // every event, whatever its weight
  std::optional<float> at_least;  // a weight of this or more (ratings: 4 of 5); else any above 0
};

[[nodiscard]] bool is_relevant(const HistoryEntry& event, const Relevance& relevance);

// A fitted recommender. `score` writes one score an item, -infinity for what it will not recommend
// and never NaN; it is called from several threads at once and must not read the test part.
struct NamedScorer {
  std::string name;
  std::function<void(UserIndex user, std::span<float> scores)> score;
  JsonObject settings;     // what it was fitted with, for the report
  double fit_seconds = 0;  // for the report
};

struct EvaluateOptions {
  std::vector<std::size_t> ks = {10, 20};  // list lengths, each at least 1
  RecallDenominator denominator = RecallDenominator::test;
  Relevance relevance;
  MatrixView embeddings;    // (items, dim), rows of length 1 or 0: for diversity; may be empty
  SparseView item_classes;  // (items, classes), genres or topics: for calibration; may be empty
  BootstrapOptions bootstrap;
};

// Of the test items that a list hit, how many the user turned out to like (they are relevant).
// Counted over all users with test events, liked or not; with ties a mean, as all metrics.
struct Satisfaction {
  double hits = 0;
  double liked = 0;

  [[nodiscard]] double share() const { return hits > 0 ? liked / hits : 0; }
};

struct RecommenderReport {
  std::string name;
  JsonObject settings;
  std::map<std::string, double> metrics;                // "ndcg@20" -> mean over users
  std::map<std::string, Interval> ci95;                 // of those that are means over users
  std::map<std::string, std::vector<double>> per_user;  // the same: one value a ranked user
  std::map<std::size_t, Satisfaction> satisfaction;     // by k; empty where all events count
  double fit_seconds = 0;
  double score_seconds = 0;  // wall time to score and rank all users, on all threads
};

struct EvaluationReport {
  SplitRule rule;
  bool trained_on_valid = false;
  EvaluateOptions options;  // without the embeddings and classes: they may be gone
  std::size_t users = 0;
  std::size_t users_on_both_sides = 0;  // with events in train and in test
  std::size_t items = 0;
  std::size_t events_train = 0;
  std::size_t events_valid = 0;
  std::size_t events_test = 0;
  std::vector<UserIndex> ranked_users;     // ascending: whom the values in per_user belong to
  std::size_t users_without_relevant = 0;  // with test events, none of them relevant and new
  std::vector<RecommenderReport> rows;     // as the scorers came
  double peak_rss_mb = 0;                  // of the process so far
};

// Ranks the test part with each of `scorers`.
//
// Metrics at each k: recall, precision, ndcg, hit, mrr, map, coverage, gini, novelty, popularity
// and serendipity; diversity where there are embeddings; calibration where there are classes, held
// against those of the training events that are relevant by the same rule. A test item that the
// user already had is not counted: no list may hold it. Everything but the seconds is the same on
// any number of threads. Memory: one row of scores a thread.
//
// Requires embeddings, and classes, of no rows or of split.items rows. Errors: interrupted.
[[nodiscard]] Result<EvaluationReport> evaluate(const Split& split,
                                                std::span<const NamedScorer> scorers,
                                                const EvaluateOptions& options);

// What `limn evaluate --json` prints.
[[nodiscard]] Json to_json(const EvaluationReport& report);

}  // namespace limn
