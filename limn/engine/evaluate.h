// Evaluation: fit on the past, rank the future, the same parts and the same blend that answer
// users.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "limn/core/config.h"
#include "limn/core/json.h"
#include "limn/core/result.h"
#include "limn/engine/as_of.h"
#include "limn/engine/choose_ranker.h"
#include "limn/engine/encoders.h"
#include "limn/engine/ladder.h"
#include "limn/engine/ratings.h"
#include "limn/eval/compare.h"
#include "limn/eval/groups.h"
#include "limn/eval/protocol.h"
#include "limn/eval/split_files.h"
#include "limn/recommend/rerank.h"
#include "limn/store/store.h"

namespace limn {

// How the blend's lists are to be re-ranked, for a row of their own: what a wish costs.
struct ListWishes {
  std::string name;  // "calibration=0.3,diversity=0.1"
  RerankOptions options;
};

// Reads such a name; its keys are those of RerankOptions. Errors: invalid_argument.
[[nodiscard]] Result<ListWishes> parse_list_wishes(std::string_view text);

struct EvaluationOptions {
  SplitRule split;  // of a data folder; files come split
  std::vector<std::size_t> ks = {10, 20};
  std::vector<std::string>
      recommenders;           // names of parts, "blend" or "auto", "all", "none"; empty: all
  bool relevant_all = false;  // every event counts, not only liked ones
  RecallDenominator denominator = RecallDenominator::test;
  bool refit_valid = false;       // files: train on the validation part as well
  std::vector<ListWishes> lists;  // rows of the blend's lists, re-ranked
  // Empty: each recommender against the best, and each re-ranked row against the blend.
  std::vector<NamedPair> compare;
  bool ratings = false;                                             // evaluate_ratings() as well
  bool ladder = false;                                              // measure_ladder() as well
  std::vector<std::pair<std::string, std::filesystem::path>> runs;  // files: made elsewhere, named
};

// The blend against its best part, on the same users.
struct BlendVerdict {
  std::string best_part;
  std::string metric;
  PairedComparison comparison;  // blend - best part
};

struct Evaluation {
  EvaluationReport report;
  std::optional<BlendVerdict> verdict;  // where the blend and a part were both asked for
  std::vector<Comparison> comparisons;  // by the first k's NDCG
  std::vector<GroupReport> groups;      // likewise
  std::optional<Ladder> ladder;         // where it was asked for
  std::optional<RatingReport> ratings;  // likewise
  std::optional<LeftOut> left_out;      // of a data folder cut at one moment: what was not read
  std::vector<std::string> user_ids;    // of the report's ranked users
  RankerReport ranker;                  // what became of recommend.ranker
  std::vector<std::string> reranked;    // the rows that are the blend's lists, re-ranked
  double seconds = 0;
};

// On the log of a data folder: nothing of the future reaches what is fitted. A split at one moment
// reads the log as of it (log_as_of()), item texts and tags included; of the other splits, item
// texts are taken as given, and what a user wrote counts up to that user's first test event.
// Errors: invalid_argument for an unknown recommender; those of the store and the encoder; corrupt,
// naming the first record of the future that got through.
[[nodiscard]] Result<Evaluation> evaluate_store(const Store& store, const Config& config,
                                                const EncoderPlaces& places,
                                                const EvaluationOptions& options);

// On a published split. Errors: likewise, and those of read_split().
[[nodiscard]] Result<Evaluation> evaluate_files(const SplitFiles& files, const Config& config,
                                                const EncoderPlaces& places,
                                                const EvaluationOptions& options);

// The report's JSON, and the verdict.
[[nodiscard]] Json to_json(const Evaluation& evaluation);

}  // namespace limn
