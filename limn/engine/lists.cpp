#include "limn/engine/lists.h"

#include <algorithm>

#include "limn/core/class_shares.h"
#include "limn/feedback/event_weight.h"
#include "limn/profile/profile.h"

namespace limn {

SparseMatrix list_classes(SparseView item_categories, std::span<const std::uint32_t> item_topics,
                          std::size_t topics) {
  std::size_t named = 0;
  for (std::size_t item = 0; item < item_categories.rows(); ++item)
    named += item_categories.row(item).size() > 0 ? 1 : 0;
  std::vector<Triplet> entries;
  if (named > 0 && 2 * named >= item_categories.rows()) {
    for (std::uint32_t item = 0; item < item_categories.rows(); ++item) {
      const SparseRow row = item_categories.row(item);
      for (std::size_t e = 0; e < row.size(); ++e)
        entries.push_back({item, row.cols[e], row.values[e]});
    }
    return SparseMatrix::from_triplets(item_categories.rows(), item_categories.cols(),
                                       std::move(entries));
  }
  for (std::uint32_t item = 0; item < item_topics.size(); ++item) {
    if (item_topics[item] != no_topic) entries.push_back({item, item_topics[item], 1});
  }
  return SparseMatrix::from_triplets(item_topics.size(), topics, std::move(entries));
}

std::vector<double> liked_classes(History history, SparseView item_classes, Time now,
                                  const Config& config) {
  // As long a memory as interests have: the few last events, which rank, say too little of a taste.
  const DecayOptions fading{.half_life_days = config.profile.half_life_days, .half_life_events = 0};
  std::vector<ItemIndex> items;
  std::vector<float> weights;
  for (const HistoryEntry& entry : decayed(history, now, fading)) {
    if (entry.item >= item_classes.rows()) continue;  // newer than the build
    items.push_back(entry.item);
    weights.push_back(std::max(0.0F, entry.weight));
  }
  return class_shares(items, weights, item_classes);
}

RerankOptions rerank_options(const StrategyParameters& parameters, std::size_t n) {
  return {.n = n,
          .candidates = std::max<std::size_t>(100, 3 * n),
          .diversity = parameters.diversity,
          .calibration = parameters.calibration,
          .popularity_penalty = parameters.popularity_penalty};
}

}  // namespace limn
