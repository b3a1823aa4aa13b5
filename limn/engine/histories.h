// Histories: events as stored to weighted histories, as the models read them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "limn/core/config.h"
#include "limn/core/types.h"
#include "limn/feedback/event_weight.h"
#include "limn/ingest/floods.h"
#include "limn/store/event_table.h"

namespace limn {

// The built-in event weights with the settings' own over them.
[[nodiscard]] EventWeightOptions event_weight_options(const Config& config);

// Whether an event of this kind and weight says that the user liked the item: any positive weight,
// and for ratings the share of the scale that the settings ask for.
[[nodiscard]] bool is_liked(std::string_view kind, float value, const EventWeightOptions& weights,
                            const Config& config);

// The events from row `begin` to row `end` that are about an item, oldest first, weighted, without
// decay.
[[nodiscard]] std::vector<HistoryEntry> weighted_history(const EventTable& events,
                                                         std::size_t begin, std::size_t end,
                                                         const EventWeightOptions& options);

// One history for each user of the table.
[[nodiscard]] std::vector<std::vector<HistoryEntry>> weighted_histories(
    const EventTable& events, const EventWeightOptions& options);

[[nodiscard]] std::vector<History> as_views(
    const std::vector<std::vector<HistoryEntry>>& histories);

// The moment of the newest event; the epoch where there is none. What a build takes as now, so that
// the same log gives the same generation whenever it is built.
[[nodiscard]] Time last_moment(const EventTable& events);

// The worst sign of a bot in one user's events; nothing where there is none. O(events of the user).
[[nodiscard]] std::optional<Flood> find_flood(const EventTable& events, std::size_t user);

// When each event was, by its id.
class EventTimes {
 public:
  explicit EventTimes(const EventTable& events);
  [[nodiscard]] std::optional<Time> find(std::int64_t event) const;  // O(log events)

 private:
  std::vector<std::pair<std::int64_t, Time>> times_;  // ascending
};

}  // namespace limn
