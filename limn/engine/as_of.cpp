#include "limn/engine/as_of.h"

#include <algorithm>
#include <unordered_set>

#include "limn/engine/histories.h"

namespace limn {
namespace {

// The first event that names each record, Time::max() where none does.
struct FirstNamed {
  std::vector<Time> users;
  std::vector<Time> items;
};

FirstNamed first_named(const Log& log) {
  FirstNamed first{std::vector<Time>(log.users.size(), Time::max()),
                   std::vector<Time>(log.items.size(), Time::max())};
  for (std::size_t row = 0; row < log.events.size(); ++row) {
    Time& user = first.users[log.events.user[row]];
    user = std::min(user, log.events.time[row]);
    if (log.events.item[row] == no_item) continue;
    Time& item = first.items[log.events.item[row]];
    item = std::min(item, log.events.time[row]);
  }
  return first;
}

template <typename Record>
bool is_erased(const Record& record) {
  return record.id.empty();
}

// What a record says of itself counts from here on.
template <typename Record>
Time described_at(const Record& record, Time named) {
  return record.created_at.value_or(named);
}

// Without what each said later, and without the tail of those who were not there; counts those.
template <typename Record>
std::size_t keep_past(std::vector<Record>& records, const std::vector<Time>& named, Time moment) {
  std::size_t left_out = 0;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (is_erased(records[i])) continue;
    const bool there = std::min(described_at(records[i], named[i]), named[i]) <= moment;
    left_out += there ? 0 : 1;
    if (described_at(records[i], named[i]) > moment) {
      Record bare;
      if (there) bare.id = records[i].id;
      records[i] = std::move(bare);
    }
    if (there) kept = i + 1;
  }
  records.resize(kept);
  return left_out;
}

// The rows up to the moment.
EventTable past_events(const EventTable& events, Time moment, std::size_t users,
                       std::size_t items) {
  EventTable past;
  past.kinds = events.kinds;
  past.items = items;
  past.offsets.push_back(0);
  for (std::size_t user = 0; user < users; ++user) {
    const std::size_t end = user < events.users() ? events.offsets[user + 1] : 0;
    for (std::size_t row = user < events.users() ? events.offsets[user] : 0; row < end; ++row) {
      if (events.time[row] > moment) continue;
      past.id.push_back(events.id[row]);
      past.user.push_back(events.user[row]);
      past.item.push_back(events.item[row]);
      past.kind.push_back(events.kind[row]);
      past.value.push_back(events.value[row]);
      past.time.push_back(events.time[row]);
    }
    past.offsets.push_back(past.id.size());
  }
  return past;
}

// The greatest id up to which nothing was left out.
std::int64_t last_whole_event(const EventTable& all, Time moment) {
  std::int64_t first_later = INT64_MAX;
  std::int64_t last_kept = 0;
  for (std::size_t row = 0; row < all.size(); ++row) {
    if (all.time[row] > moment)
      first_later = std::min(first_later, all.id[row]);
    else
      last_kept = std::max(last_kept, all.id[row]);
  }
  return std::min(last_kept, first_later - 1);
}

template <typename Record>
std::optional<std::string> find_late(const std::vector<Record>& records,
                                     const std::vector<Time>& named, Time moment,
                                     std::string_view what) {
  for (std::size_t i = 0; i < records.size(); ++i) {
    Record bare;
    bare.id = records[i].id;
    const Time since = records[i] == bare ? named[i] : described_at(records[i], named[i]);
    if (is_erased(records[i]) || since <= moment) continue;
    return since == Time::max()
               ? fmt::format("{} {}: nothing shows that it was there", what, records[i].id)
               : fmt::format("{} {}: of {}", what, records[i].id, format_time(since));
  }
  return std::nullopt;
}

}  // namespace

JsonObject to_json(const LeftOut& left_out) {
  return {{"events", left_out.events},
          {"texts", left_out.texts},
          {"users", left_out.users},
          {"items", left_out.items},
          {"undated_items", left_out.undated_items}};
}

Result<Log> read_log(const Store& store) {
  Log log;
  LIMN_TRY(log.users, store.read_users());
  LIMN_TRY(log.items, store.read_items());
  LIMN_TRY(log.events, store.read_events());
  LIMN_TRY(log.texts, store.read_event_texts());
  // By event, as a generation's texts are looked up; the store has them by user.
  std::sort(log.texts.begin(), log.texts.end(),
            [](const EventText& a, const EventText& b) { return a.event < b.event; });
  if (!log.events.id.empty())
    log.last_event = *std::max_element(log.events.id.begin(), log.events.id.end());
  return log;
}

PastLog log_as_of(const Log& log, Time moment) {
  const FirstNamed named = first_named(log);
  PastLog past;
  past.log.users = log.users;
  past.log.items = log.items;
  for (std::size_t i = 0; i < log.items.size(); ++i) {
    const bool undated = !is_erased(log.items[i]) && !log.items[i].created_at;
    past.left_out.undated_items += undated && named.items[i] > moment ? 1 : 0;
  }
  past.left_out.users = keep_past(past.log.users, named.users, moment);
  past.left_out.items = keep_past(past.log.items, named.items, moment);
  past.log.events = past_events(log.events, moment, past.log.users.size(), past.log.items.size());
  past.left_out.events = log.events.size() - past.log.events.size();
  const std::unordered_set<std::int64_t> kept(past.log.events.id.begin(), past.log.events.id.end());
  for (const EventText& text : log.texts) {
    if (kept.contains(text.event)) past.log.texts.push_back(text);
  }
  past.left_out.texts = log.texts.size() - past.log.texts.size();
  past.log.last_event = last_whole_event(log.events, moment);
  return past;
}

std::optional<std::string> find_leak(const Log& log, Time moment) {
  for (std::size_t row = 0; row < log.events.size(); ++row) {
    if (log.events.time[row] <= moment) continue;
    return fmt::format("event {}: of {}", log.events.id[row], format_time(log.events.time[row]));
  }
  const EventTimes times(log.events);
  for (const EventText& text : log.texts) {
    const std::optional<Time> time = times.find(text.event);
    if (time && *time <= moment) continue;
    return fmt::format("the text of event {}: the event is not there", text.event);
  }
  const FirstNamed named = first_named(log);
  if (auto leak = find_late(log.users, named.users, moment, "user")) return leak;
  return find_late(log.items, named.items, moment, "item");
}

}  // namespace limn
