// Metrics: how good one list is (for one user), and how the lists of all users spread.
//
// Every item is ranked, none is sampled: sampled metrics reverse rankings (Krichene and Rendle,
// 2020). Where scores tie, a metric is its mean over all orders of the tied items, in closed form:
// a recommender that cannot tell items apart earns what chance would give it, and no order of ids
// can help it.
//
// All functions may be called from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "limn/core/matrix.h"
#include "limn/core/top_k.h"
#include "limn/core/types.h"

namespace limn {

// What recall@k is divided by.
enum class RecallDenominator {
  test,  // all relevant items: |R|
  min,   // those that fit: min(k, |R|)
};

// Items of one score: they take the ranks after `begin`, in any order.
struct TiedBlock {
  std::size_t begin = 0;     // items of a higher score
  std::size_t size = 0;      // items of this score
  std::size_t relevant = 0;  // of these, how many are relevant
};

// One user's scores, seen from the relevant items: all that the rank metrics need.
struct RankedTargets {
  std::size_t relevant = 0;       // all of them, also those that are out of reach
  std::vector<TiedBlock> blocks;  // best first; those with a relevant item in the first max_k ranks
};

// One user's list and where the relevant items stand in it.
struct UserRanking {
  std::vector<Scored> top;  // at most max_k, best first, ties by the lower index
  RankedTargets targets;
};

// Ranks `scores`, one an item. An item of score -infinity is not in the list: what is to be left
// out is marked so. `relevant` holds distinct items. Requires that no score is NaN.
// O(items + max_k log max_k).
[[nodiscard]] UserRanking rank_items(std::span<const float> scores,
                                     std::span<const ItemIndex> relevant, std::size_t max_k);

// The share of relevant items in the first k. 0 where nothing is relevant, as below.
[[nodiscard]] double recall_at(const RankedTargets& targets, std::size_t k,
                               RecallDenominator denominator);

// The share of the first k that is relevant; k also where the list is shorter.
[[nodiscard]] double precision_at(const RankedTargets& targets, std::size_t k);

// Binary gains, discount 1 / log2(1 + rank), over that of the ideal list, whose first
// min(k, |relevant|) ranks are relevant.
[[nodiscard]] double ndcg_at(const RankedTargets& targets, std::size_t k);

// 1 where the first k hold a relevant item, else 0; with ties the probability of it.
[[nodiscard]] double hit_at(const RankedTargets& targets, std::size_t k);

// 1 / rank of the first relevant item, 0 where it is beyond k.
[[nodiscard]] double mrr_at(const RankedTargets& targets, std::size_t k);

// The mean of precision@rank over the ranks <= k of relevant items, over min(k, |relevant|).
[[nodiscard]] double map_at(const RankedTargets& targets, std::size_t k);

// How many of the first k are relevant.
[[nodiscard]] double hits_at(const RankedTargets& targets, std::size_t k);

// The share of the catalogue that stands in some list. `exposure` has one count an item: in how
// many lists it is.
[[nodiscard]] double coverage(std::span<const std::uint32_t> exposure);

// The Gini coefficient of the counts: 0 when all items are shown equally often, near 1 when a few
// are all that is shown. 0 where nothing is. O(n log n).
[[nodiscard]] double gini(std::span<const std::uint32_t> exposure);

// The mean of -log2(share of users who have the item) over the first k of `list`. `popularity` has
// one count an item: the users who have it, of `users`; an item that no one has counts as one
// that a single user has. 0 for an empty list.
[[nodiscard]] double novelty_at(std::span<const Scored> list, std::size_t k,
                                std::span<const std::uint32_t> popularity, std::size_t users);

// The mean of 1 - cosine over all pairs of the first k of `list`. `embeddings` (items, dim) has
// rows of length 1, or 0. 0 where there is no pair. O(k dim).
[[nodiscard]] double diversity_at(std::span<const Scored> list, std::size_t k,
                                  MatrixView embeddings);

}  // namespace limn
