// Lists beyond accuracy: how a list sits with popularity, and with what the user would have met
// anyway. (How it sits with the user's taste: core/class_shares.h.)
//
// All functions may be called from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "limn/core/top_k.h"
#include "limn/core/types.h"

namespace limn {

// The mean number of users who have an item, over the first k of `list` (average recommendation
// popularity; Yin et al., "Challenging the long tail recommendation", 2012). `popularity` has one
// count an item. 0 for an empty list.
[[nodiscard]] double popularity_at(std::span<const Scored> list, std::size_t k,
                                   std::span<const std::uint32_t> popularity);

// The items that a user would have met anyway: of `by_popularity` the first k that are not among
// `seen`. Answers them in ascending order of index. `seen` ascends. O(k + seen).
[[nodiscard]] std::vector<ItemIndex> expected_items(std::span<const ItemIndex> by_popularity,
                                                    std::span<const ItemIndex> seen, std::size_t k);

// The share of the first k of `list` that is relevant and not expected: what is right and would not
// have been found without the recommender (Ge, Delgado-Battenfeld and Jannach, "Beyond accuracy",
// 2010; the primitive recommender is popularity). `relevant` and `expected` ascend; k also where
// the list is shorter.
[[nodiscard]] double serendipity_at(std::span<const Scored> list, std::size_t k,
                                    std::span<const ItemIndex> relevant,
                                    std::span<const ItemIndex> expected);

}  // namespace limn
