// Forgetful: a recommender that remembers the newest of a history best.
#pragma once

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "limn/recommend/recommender.h"

namespace limn {

// The history with each weight over 1 + n / half_life_events, n the number of events that are
// newer: after so many a weight is halved, and much later it still says something. Events of one
// time are equally new, those of weight 0 do not count. 0: as it is. O(history).
[[nodiscard]] std::vector<HistoryEntry> faded(History history, double half_life_events);

// `inner` asked with the faded history. What is right for one part is not for another: what follows
// what is said by the last event or two, what goes with what by all of them.
class Forgetful final : public Recommender {
 public:
  // Requires half_life_events >= 0.
  Forgetful(std::unique_ptr<Recommender> inner, double half_life_events);

  [[nodiscard]] std::string_view name() const override { return inner_->name(); }
  [[nodiscard]] std::size_t item_count() const override { return inner_->item_count(); }
  void score(const Query& query, std::span<float> scores) const override;
  [[nodiscard]] std::vector<std::vector<Term>> explain_items(
      const Query& query, std::span<const ItemIndex> items) const override;

 private:
  std::unique_ptr<Recommender> inner_;
  double half_life_events_;
};

}  // namespace limn
