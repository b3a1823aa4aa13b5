// Exploration: some places of a list go to items that would not have been there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "limn/core/types.h"

namespace limn {

struct ExploredPlace {
  ItemIndex item = 0;
  double propensity = 1;  // of showing this item here, given the places before

  friend bool operator==(const ExploredPlace&, const ExploredPlace&) = default;
};

// The list of the first n of `ranked`, where each place goes with chance `exploration` to one of
// the ranked items beyond n that are not in the list yet, each as likely. `ranked` best first. Same
// seed, same list.
[[nodiscard]] std::vector<ExploredPlace> explore(std::span<const ItemIndex> ranked, std::size_t n,
                                                 double exploration, std::uint64_t seed);

}  // namespace limn
