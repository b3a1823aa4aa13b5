// Lists: what a user's list is held to beside its scores: the taste that it should be calibrated
// to, and how popular its items are.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "limn/core/config.h"
#include "limn/core/sparse.h"
#include "limn/core/types.h"
#include "limn/feedback/strategy.h"
#include "limn/recommend/rerank.h"

namespace limn {

// (items, classes): the classes that lists are calibrated to: the catalogue's own categories where
// at least half of the items have one, since people know those; else the topics.
[[nodiscard]] SparseMatrix list_classes(SparseView item_categories,
                                        std::span<const std::uint32_t> item_topics,
                                        std::size_t topics);

// (classes): the shares of the classes in what the user liked, faded as interests are. Zeros where
// nothing was liked.
[[nodiscard]] std::vector<double> liked_classes(History history, SparseView item_classes, Time now,
                                                const Config& config);

// A strategy's list of n from the best candidates.
[[nodiscard]] RerankOptions rerank_options(const StrategyParameters& parameters, std::size_t n);

}  // namespace limn
