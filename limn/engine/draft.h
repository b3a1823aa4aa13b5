// Draft: from rankings to the list that is shown.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "limn/core/top_k.h"
#include "limn/engine/engine_state.h"
#include "limn/feedback/strategy.h"
#include "limn/recommend/rerank.h"

namespace limn {

struct DraftPlace {
  Scored scored;
  double propensity = 1;   // of this item here, given the places before
  std::uint32_t team = 0;  // which ranking brought it
};

struct DraftOptions {
  std::size_t n = 10;
  std::optional<std::uint64_t> seed;  // nothing: no chance takes part, and nothing is tried out
};

// The first n places. One ranking: its best items that may be shown, re-ranked as its strategy
// wishes, some places given to items to try out where it asks for that. Two: interleaved. Same
// seed, same list. Requires a strategy for each ranking, one or two of them, and a seed for two.
[[nodiscard]] std::vector<DraftPlace> draft(std::span<const Ranking> rankings,
                                            std::span<const Strategy> strategies,
                                            std::span<const std::uint8_t> excluded,
                                            const ListSources& sources,
                                            const DraftOptions& options);

}  // namespace limn
