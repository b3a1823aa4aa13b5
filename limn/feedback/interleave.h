// Team-draft interleaving (Radlinski, Kurup and Joachims, 2008): two rankings in one list, and
// which of them the user's choices speak for. Each user compares both, so it takes far fewer users
// than an A/B test.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "limn/core/types.h"

namespace limn {

enum class Team : std::uint8_t { a, b };

struct Drafted {
  ItemIndex item = 0;
  Team team = Team::a;  // whose ranking brought the item

  friend bool operator==(const Drafted&, const Drafted&) = default;
};

// In each round a coin says which ranking picks first; each then picks its best item that is not in
// the list yet. At most n items. Same seed, same list.
[[nodiscard]] std::vector<Drafted> interleave(std::span<const ItemIndex> a,
                                              std::span<const ItemIndex> b, std::size_t n,
                                              std::uint64_t seed);

// How many chosen items each team brought: 1 where b brought more, -1 where a did, 0 at a tie. What
// stands in the list twice over or not at all counts nothing.
[[nodiscard]] int credit(std::span<const Drafted> list, std::span<const ItemIndex> chosen);

}  // namespace limn
