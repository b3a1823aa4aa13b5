// NDCG of scores with ties: what searches over settings and weights judge by.
#pragma once

#include <cstddef>
#include <span>

namespace limn {

// The rank of an item of `score` that is among `scores`, counted from 0; of those with equal scores
// each has the middle one: the order of items must not help what cannot tell them apart. One pass,
// without a branch: fewer steps than keeping the k best where few items are asked for.
[[nodiscard]] double middle_rank(std::span<const float> scores, float score);

// The DCG@k of `scores` of which `relevant` are those of the relevant items; orders these by size.
[[nodiscard]] double gain_of(std::span<const float> scores, std::span<float> relevant,
                             std::size_t k);

// What a relevant item at `rank` adds to DCG@k: 1 / log2(rank + 2), nothing from k on.
[[nodiscard]] double discounted_gain(double rank, std::size_t k);

// The DCG@k of a list that begins with all `relevant` items: more than 0 if there is one.
[[nodiscard]] double best_gain(std::size_t relevant, std::size_t k);

}  // namespace limn
