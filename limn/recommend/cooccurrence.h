// Directed co-occurrence: what people went on to after an item, soon after counting most.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "limn/core/types.h"
#include "limn/recommend/item_weights.h"

namespace limn {

struct CooccurrenceOptions {
  double reach = 8;            // a pair d places apart counts exp(-(d - 1) / reach)
  double backward = 0.3;       // what a pair counts against its direction
  double from_exponent = 0.4;  // each weight is divided by the history item's count to this power
  double to_exponent = 0.3;    // and by the recommended item's count to this one
  std::size_t k = 256;         // weights kept a row
  std::span<const std::uint8_t> rows;  // (items), 0: rows that are left empty; empty: fit all
};

// Fits on the histories' order: only events of positive weight, each pair weighted by the lesser of
// the two. Parallel, the same bytes on any number of threads. O(events * reach) time.
[[nodiscard]] ItemWeights fit_cooccurrence(std::span<const History> histories,
                                           std::size_t item_count,
                                           const CooccurrenceOptions& options);

}  // namespace limn
