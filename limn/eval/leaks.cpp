#include "limn/eval/leaks.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "limn/core/check.h"

namespace limn {
namespace {

using Place = std::pair<Time, std::int64_t>;

Place place_of(const HistoryEntry& entry) {
  return {entry.time, entry.event};
}

bool cut_by_order(const Split& split) {
  return split.rule.kind == SplitKind::user_time || split.rule.kind == SplitKind::last_one;
}

std::string message(std::size_t user, const HistoryEntry& entry, std::string_view why) {
  return fmt::format("event {} of user {} on item {} at {}: {}", entry.event, user, entry.item,
                     format_time(entry.time), why);
}

std::optional<std::string> find_leak_of(std::size_t user, const std::vector<HistoryEntry>& past,
                                        const Split& split) {
  const std::vector<HistoryEntry>& future = split.test[user];
  const auto first = std::ranges::min_element(future, {}, place_of);
  std::set<std::tuple<Time, std::int64_t, ItemIndex>> tested;
  for (const HistoryEntry& entry : future) tested.emplace(entry.time, entry.event, entry.item);
  for (const HistoryEntry& entry : past) {
    if (split.cut && entry.time >= *split.cut) return message(user, entry, "after the cut");
    if (cut_by_order(split) && first != future.end() && place_of(entry) >= place_of(*first))
      return message(user, entry, "after the user's first test event");
    if (tested.contains({entry.time, entry.event, entry.item}))
      return message(user, entry, "a test event");
  }
  return std::nullopt;
}

}  // namespace

std::vector<Time> future_begins(const Split& split) {
  std::vector<Time> begins(split.users(), split.cut.value_or(Time::max()));
  if (!cut_by_order(split)) return begins;
  for (std::size_t user = 0; user < split.users(); ++user) {
    for (const HistoryEntry& entry : split.test[user])
      begins[user] = std::min(begins[user], entry.time);
  }
  return begins;
}

std::optional<std::string> find_leak(const UserHistories& trained_on, const Split& split) {
  LIMN_CHECK(trained_on.size() == split.users());
  for (std::size_t user = 0; user < trained_on.size(); ++user) {
    if (auto leak = find_leak_of(user, trained_on[user], split)) return leak;
  }
  return std::nullopt;
}

std::optional<std::string> find_leak(std::span<const DatedRecord> records, const Split& split) {
  const std::vector<Time> begins = future_begins(split);
  for (const DatedRecord& record : records) {
    const Time begin = record.owner ? begins.at(*record.owner) : split.cut.value_or(Time::max());
    if (record.time < begin) continue;
    return fmt::format("{} at {}: after the cut", record.name, format_time(record.time));
  }
  return std::nullopt;
}

}  // namespace limn
