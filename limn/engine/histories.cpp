#include "limn/engine/histories.h"

#include <algorithm>

#include "limn/core/parallel.h"

namespace limn {
namespace {

// Carries stars, where it has a value.
bool is_rating(std::string_view kind, float value) {
  return kind == "rate" || (kind == "review" && value != 0);
}

}  // namespace

EventWeightOptions event_weight_options(const Config& config) {
  EventWeightOptions options;
  for (const auto& [kind, weight] : config.events.weights) {
    options.by_kind[kind] = static_cast<float>(weight);
  }
  options.rating_max = static_cast<float>(config.events.rating_scale);
  return options;
}

bool is_liked(std::string_view kind, float value, const EventWeightOptions& weights,
              const Config& config) {
  if (is_rating(kind, value)) {
    return value >= config.events.liked_from * config.events.rating_scale;
  }
  return event_weight(kind, value, weights) > 0;
}

std::vector<HistoryEntry> weighted_history(const EventTable& events, std::size_t begin,
                                           std::size_t end, const EventWeightOptions& options) {
  std::vector<HistoryEntry> history;
  history.reserve(end - begin);
  for (std::size_t row = begin; row < end; ++row) {
    if (events.item[row] == no_item) continue;
    const float weight = event_weight(events.kinds[events.kind[row]], events.value[row], options);
    history.push_back({events.item[row], weight, events.time[row], events.id[row]});
  }
  return history;
}

std::vector<std::vector<HistoryEntry>> weighted_histories(const EventTable& events,
                                                          const EventWeightOptions& options) {
  std::vector<std::vector<HistoryEntry>> histories(events.users());
  constexpr std::size_t grain = 256;
  parallel_for(histories.size(), grain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t user = begin; user < end; ++user) {
      histories[user] =
          weighted_history(events, events.offsets[user], events.offsets[user + 1], options);
    }
  });
  return histories;
}

std::vector<History> as_views(const std::vector<std::vector<HistoryEntry>>& histories) {
  return {histories.begin(), histories.end()};
}

Time last_moment(const EventTable& events) {
  Time last{};
  for (const Time time : events.time) last = std::max(last, time);
  return last;
}

std::optional<Flood> find_flood(const EventTable& events, std::size_t user) {
  const std::size_t begin = events.offsets[user];
  return find_flood(std::span(events.time).subspan(begin, events.offsets[user + 1] - begin));
}

EventTimes::EventTimes(const EventTable& events) {
  times_.reserve(events.size());
  for (std::size_t row = 0; row < events.size(); ++row)
    times_.emplace_back(events.id[row], events.time[row]);
  std::sort(times_.begin(), times_.end());
}

std::optional<Time> EventTimes::find(std::int64_t event) const {
  const auto found = std::lower_bound(times_.begin(), times_.end(), std::pair(event, Time::min()));
  if (found == times_.end() || found->first != event) return std::nullopt;
  return found->second;
}

}  // namespace limn
