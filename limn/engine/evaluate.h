// Evaluation: fit on the past, rank the future, the same parts and the same blend that answer
// users.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "limn/core/config.h"
#include "limn/core/json.h"
#include "limn/core/result.h"
#include "limn/engine/encoders.h"
#include "limn/eval/protocol.h"
#include "limn/eval/split_files.h"
#include "limn/store/store.h"

namespace limn {

struct EvaluationOptions {
  SplitRule split;  // of a data folder; files come split
  std::vector<std::size_t> ks = {10, 20};
  std::vector<std::string> recommenders;  // names of parts, "blend" or "auto", "all"; empty: all
  bool relevant_all = false;              // every event counts, not only liked ones
  RecallDenominator denominator = RecallDenominator::test;
  bool refit_valid = false;  // files: train on the validation part as well
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
  double seconds = 0;
};

// On the log of a data folder: nothing after the cut reaches what is fitted; item texts are taken
// as given. Errors: invalid_argument for an unknown recommender; those of the store and the
// encoder.
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
