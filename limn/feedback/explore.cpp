#include "limn/feedback/explore.h"

#include <algorithm>

#include "limn/core/random.h"

namespace limn {

std::vector<ExploredPlace> explore(std::span<const ItemIndex> ranked, std::size_t n,
                                   double exploration, std::uint64_t seed) {
  n = std::min(n, ranked.size());
  std::vector<ItemIndex> others(ranked.begin() + static_cast<std::ptrdiff_t>(n), ranked.end());
  std::vector<ExploredPlace> places;
  Random random(seed);
  for (std::size_t place = 0; place < n; ++place) {
    const double chance = others.empty() ? 0 : exploration;
    if (random.uniform() >= chance) {
      places.push_back({ranked[place], 1 - chance});
      continue;
    }
    const std::size_t tried = random.below(others.size());
    places.push_back({others[tried], chance / static_cast<double>(others.size())});
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(tried));
  }
  return places;
}

}  // namespace limn
