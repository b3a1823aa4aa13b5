#include "limn/engine/draft.h"

#include <algorithm>

#include "limn/core/check.h"
#include "limn/engine/lists.h"
#include "limn/feedback/explore.h"
#include "limn/feedback/interleave.h"

namespace limn {
namespace {

// Items to try out come from the next so many times the list.
constexpr std::size_t tried_lists = 2;

std::vector<ItemIndex> items_of(std::span<const Scored> list) {
  std::vector<ItemIndex> items;
  for (const Scored& scored : list) items.push_back(scored.index);
  return items;
}

}  // namespace

std::vector<DraftPlace> draft(std::span<const Ranking> rankings,
                              std::span<const Strategy> strategies,
                              std::span<const std::uint8_t> excluded, const ListSources& sources,
                              const DraftOptions& options) {
  LIMN_CHECK(rankings.size() == strategies.size());
  LIMN_CHECK(rankings.size() == 1 || (rankings.size() == 2 && options.seed));
  const auto best = [&](std::size_t ranking, std::size_t n) {
    return top_items(rankings[ranking].scores, excluded, sources,
                     rerank_options(strategies[ranking].parameters, n));
  };
  std::vector<DraftPlace> places;
  if (rankings.size() == 2) {
    const std::vector<ItemIndex> a = items_of(best(0, options.n));
    const std::vector<ItemIndex> b = items_of(best(1, options.n));
    for (const auto& [item, team] : interleave(a, b, options.n, *options.seed)) {
      const std::uint32_t ranking = team == Team::a ? 0 : 1;
      places.push_back({{item, rankings[ranking].scores[item]}, 1, ranking});
    }
    return places;
  }
  const double exploration = options.seed ? strategies.front().parameters.exploration : 0;
  if (exploration <= 0) {
    for (const Scored& scored : best(0, options.n)) places.push_back({scored, 1, 0});
    return places;
  }
  const std::vector<ItemIndex> ranked = items_of(best(0, (1 + tried_lists) * options.n));
  for (const auto& [item, propensity] : explore(ranked, options.n, exploration, *options.seed))
    places.push_back({{item, rankings.front().scores[item]}, propensity, 0});
  return places;
}

}  // namespace limn
