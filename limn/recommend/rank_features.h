// What a ranker is told of each candidate: how every part sees it, and how it fits the user.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "limn/core/matrix.h"
#include "limn/core/sparse.h"
#include "limn/recommend/recommender.h"

namespace limn {

// What is known of all items; each may be empty, and its features are then 0. Borrowed.
struct ItemFacts {
  std::span<const float> log_popularity;  // (items), as popularity() gives it
  std::span<const float> age_days;        // (items), when the question is asked
  MatrixView embeddings;                  // (items, dim), rows of length 1 or 0
  SparseView tags;                        // (items, tags), weights >= 0
  SparseView next;                        // (items, items), fit_cooccurrence()'s: what follows what
};

// The union of each part's `per_part` best items that are not used, ascending. `part_scores`
// (parts, items); `used` (items). O(parts items).
[[nodiscard]] std::vector<ItemIndex> rank_candidates(MatrixView part_scores,
                                                     std::span<const std::uint8_t> used,
                                                     std::size_t per_part);

// (candidates, rank_feature_names().size()): for each part the z-score over the items not used (0
// where the part says nothing) and the log2 of 1 + its rank among them, counted from 1, equal
// scores sharing the best; then what ItemFacts and the query give. A pure function: the lists that
// a ranker learns from must come from parts that did not see their labels. O(parts items log
// candidates). Requires candidates < items.
[[nodiscard]] Matrix rank_features(MatrixView part_scores, std::span<const std::uint8_t> used,
                                   std::span<const ItemIndex> candidates, const Query& query,
                                   const ItemFacts& facts);

// The columns of rank_features: "ease_z", "ease_rank", ..., "log_popularity", ...
[[nodiscard]] std::vector<std::string> rank_feature_names(
    std::span<const std::string_view> part_names);

}  // namespace limn
