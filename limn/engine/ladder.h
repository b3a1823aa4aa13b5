// The cold-start ladder: how good lists are while a user becomes known, from text alone, from
// behaviour alone, and from the blend of both.
//
// Few logs have enough newcomers whose next choices are known as well. So known users are made new:
// a fifth of them is kept out of every fit, and their lists are asked for with their newest events
// alone: none, 1 to 3, 4 to 10, and all. Each rung ranks the same users, so that rungs can be
// compared; real newcomers stand in the groups of the report beside it.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "limn/core/config.h"
#include "limn/core/json.h"
#include "limn/core/result.h"
#include "limn/engine/models.h"
#include "limn/eval/compare.h"
#include "limn/eval/groups.h"
#include "limn/eval/protocol.h"

namespace limn {

struct LadderRung {
  std::string history;             // "0", "1-3", "4-10", "more"
  std::vector<GroupValue> values;  // text, behaviour, blend; without text where nothing is written
  std::vector<Comparison> blend_against;  // each of the others is `a`, the blend `b`
  // The blend's mean is not below any of the others'.
  [[nodiscard]] bool blend_leads() const;
  // The blend is surely below one of the others: the whole interval of the difference is.
  [[nodiscard]] bool blend_is_worse() const;
};

struct Ladder {
  std::string metric;
  std::size_t users = 0;  // on each rung
  JsonObject weights;     // of "behaviour" and "blend", by length of history and part
  std::vector<LadderRung> rungs;
};

struct LadderInput {
  const Split& split;
  const Training& training;
  std::span<const std::vector<HistoryEntry>> known;  // (users), weighted: what is asked with
  std::span<const std::vector<TextEvent>> texts;     // (users), or empty
};

// Fits without a fifth of the ranked users that have more than ten events (at most 1,000, drawn
// with the settings' seed), and measures the first k's NDCG. "behaviour" is a blend of its own of
// all parts but text, fitted and weighed without any text. Costs two fits and two choices of
// weights. No rungs where fewer than twenty users are known so well. Errors: as fit_models().
[[nodiscard]] Result<Ladder> measure_ladder(const LadderInput& input,
                                            const EvaluateOptions& protocol, const Config& config);

[[nodiscard]] Json to_json(const Ladder& ladder);

}  // namespace limn
