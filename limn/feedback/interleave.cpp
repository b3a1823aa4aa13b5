#include "limn/feedback/interleave.h"

#include <algorithm>

#include "limn/core/random.h"

namespace limn {
namespace {

// One ranking that still has items to pick.
class Picker {
 public:
  Picker(std::span<const ItemIndex> ranking, Team team) : rest_(ranking), team_(team) {}

  // Adds its best item that is not in the list yet; nothing when it has none.
  void pick(std::vector<Drafted>& list) {
    const auto taken = [&](ItemIndex item) {
      return std::ranges::any_of(list, [&](const Drafted& d) { return d.item == item; });
    };
    while (!rest_.empty() && taken(rest_.front())) rest_ = rest_.subspan(1);
    if (rest_.empty()) return;
    list.push_back({rest_.front(), team_});
    rest_ = rest_.subspan(1);
  }

 private:
  std::span<const ItemIndex> rest_;
  Team team_;
};

}  // namespace

std::vector<Drafted> interleave(std::span<const ItemIndex> a, std::span<const ItemIndex> b,
                                std::size_t n, std::uint64_t seed) {
  Random random(seed);
  Picker pickers[] = {{a, Team::a}, {b, Team::b}};
  std::vector<Drafted> list;
  std::size_t before = 0;
  do {
    before = list.size();
    const std::size_t first = random.below(2);
    pickers[first].pick(list);
    pickers[1 - first].pick(list);
  } while (list.size() > before && list.size() < n);
  if (list.size() > n) list.resize(n);
  return list;
}

int credit(std::span<const Drafted> list, std::span<const ItemIndex> chosen) {
  int lead = 0;
  for (const Drafted& drafted : list) {
    if (std::ranges::find(chosen, drafted.item) == chosen.end()) continue;
    lead += drafted.team == Team::b ? 1 : -1;
  }
  return (lead > 0) - (lead < 0);
}

}  // namespace limn
