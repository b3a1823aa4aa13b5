// The inside of an evaluation: what is known of the past, and what is found on top of the report.
// Private to the engine's sources.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "limn/core/sparse.h"
#include "limn/engine/evaluate.h"
#include "limn/engine/models.h"
#include "limn/engine/ranker_model.h"
#include "limn/engine/ratings.h"
#include "limn/engine/reading.h"
#include "limn/eval/runs.h"

namespace limn {

// The past, ready to be fitted on.
struct Past {
  std::vector<std::vector<HistoryEntry>> histories;  // (users), weighted: what is fitted on
  std::vector<std::vector<HistoryEntry>> known;      // (users), weighted: what is asked with
  std::vector<std::vector<TextEvent>> texts;         // (users), or empty
  EmbeddedDocuments embedded;                      // what `texts` borrow from; items' may be empty
  std::vector<std::string> item_texts;             // (items), or empty
  std::vector<std::vector<HistoryEntry>> later;    // (users): to choose on; or empty
  std::vector<std::vector<ItemIndex>> candidates;  // (users): all that is ranked; or empty
  SparseMatrix item_classes;          // (items, classes), as list_classes(); may be empty
  std::vector<GivenRun> runs;         // made elsewhere
  std::vector<std::string> user_ids;  // (users)
  std::optional<LeftOut> left_out;    // by a cut at one moment
  RatingSplit ratings;                // where stars were given
  Time now{};
  bool dated = true;
  RankerKind ranker = RankerKind::none;  // to be tried
  std::filesystem::path lightgbm;        // and what it needs
};

// Fits on `past`, ranks `split`, and finds what else is asked for.
[[nodiscard]] Result<Evaluation> evaluate_past(const Split& split, const Past& past,
                                               const Config& config, const Relevance& relevance,
                                               const EvaluationOptions& options);

// `scorer` with its lists re-ranked as `wishes` say: a row of its own, by the name of both. Places
// beyond the list of `n` stay in the order of their scores. Everything is borrowed.
[[nodiscard]] NamedScorer reranked(const NamedScorer& scorer, const ListWishes& wishes,
                                   const Split& split, const Past& past, const ModelView& models,
                                   std::size_t n, const Config& config);

// What the report itself does not say: pairs, groups, the ladder where it is asked for, user ids.
[[nodiscard]] Result<void> add_findings(const Split& split, const Training& training,
                                        const Past& past, const EvaluateOptions& protocol,
                                        const Config& config, const EvaluationOptions& options,
                                        Evaluation& evaluation);

}  // namespace limn
