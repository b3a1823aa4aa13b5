#include "limn/recommend/forgetful.h"

#include "limn/core/check.h"

namespace limn {

std::vector<HistoryEntry> faded(History history, double half_life_events) {
  std::vector<HistoryEntry> result(history.begin(), history.end());
  if (half_life_events == 0) return result;
  double seen = 0;   // events from here to the end
  double later = 0;  // those of them that are newer
  for (std::size_t i = result.size(); i-- > 0;) {
    if (i + 1 < result.size() && result[i].time != result[i + 1].time) later = seen;
    if (result[i].weight == 0) continue;
    seen += 1;
    result[i].weight = static_cast<float>(result[i].weight / (1 + later / half_life_events));
  }
  return result;
}

Forgetful::Forgetful(std::unique_ptr<Recommender> inner, double half_life_events)
    : inner_(std::move(inner)), half_life_events_(half_life_events) {
  LIMN_CHECK(inner_ != nullptr && half_life_events >= 0);
}

void Forgetful::score(const Query& query, std::span<float> scores) const {
  const std::vector<HistoryEntry> history = faded(query.history, half_life_events_);
  Query asked = query;
  asked.history = history;
  inner_->score(asked, scores);
}

std::vector<std::vector<Term>> Forgetful::explain_items(const Query& query,
                                                        std::span<const ItemIndex> items) const {
  const std::vector<HistoryEntry> history = faded(query.history, half_life_events_);
  Query asked = query;
  asked.history = history;
  return inner_->explain_items(asked, items);
}

}  // namespace limn
