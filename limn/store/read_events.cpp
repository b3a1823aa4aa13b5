// The part of Store that reads events: all as columns, or one user's.
//
// SQLite gives some four million rows a second on one core, so all events are read by several
// threads, each with a connection of its own and a range of users. `changes` in the counters tells
// whether their transactions began on the same state; where a writer came between, they begin anew.
#include <algorithm>
#include <numeric>
#include <utility>

#include "limn/core/parallel.h"
#include "limn/store/decode.h"
#include "limn/store/state.h"
#include "limn/store/store.h"

namespace limn {
namespace {

// Below this many users a thread costs more than it saves.
constexpr std::size_t smallest_range = 1000;
// Ranges a thread, so that one with more events than the others does not keep everyone.
constexpr std::size_t ranges_a_thread = 4;
// After this many writers in between, one thread reads alone.
constexpr int most_attempts = 3;

struct UserRange {
  UserIndex begin;
  UserIndex end;
};

// Puts rows with one user and time, which the key orders by item and kind, into the order of their
// ids. Most have a time of their own, or came in order.
void order_ties_by_id(std::vector<EventRow>& rows) {
  const auto same_moment = [](const EventRow& a, const EventRow& b) {
    return a.user == b.user && a.time == b.time;
  };
  for (auto begin = rows.begin(); begin != rows.end();) {
    auto end = begin + 1;
    while (end != rows.end() && same_moment(*begin, *end)) ++end;
    if (end - begin > 1) std::ranges::sort(begin, end, {}, &EventRow::id);
    begin = end;
  }
}

// The events of a range of users, by (user, time, id).
Result<std::vector<EventRow>> read_range(const ReadSnapshot& now, UserRange users) {
  std::vector<EventRow> rows;
  const auto add = [&](const ScanRow& columns) -> Result<void> {
    LIMN_TRY(const EventRow row, decode_event(columns, now.counters()));
    // A page that is there twice, and another that is lost, would keep the count. The table is its
    // own index by this key, and has no other: SQLite reads it in this order.
    if (!rows.empty() && !key_less(rows.back(), row)) return damaged("events", row.id);
    rows.push_back(row);
    return {};
  };
  const std::int64_t range[] = {users.begin, users.end};
  LIMN_TRY_VOID(now.database().scan(
      "SELECT limn_scan(user, time, item, kind, id, value, checksum) FROM events"
      " WHERE user >= ? AND user < ?",
      range, add));
  order_ties_by_id(rows);
  return rows;
}

void resize(EventTable& table, std::size_t rows) {
  table.id.resize(rows);
  table.user.resize(rows);
  table.item.resize(rows);
  table.kind.resize(rows);
  table.value.resize(rows);
  table.time.resize(rows);
}

void put_rows(std::span<const EventRow> rows, std::size_t place, EventTable& table) {
  for (const EventRow& row : rows) {
    table.id[place] = row.id;
    table.user[place] = row.user;
    table.item[place] = row.item;
    table.kind[place] = row.kind;
    table.value[place] = row.value;
    table.time[place] = Time{std::chrono::milliseconds{row.time}};
    place += 1;
  }
}

// Entry u + 1 counts the rows of user u, then the rows before user u + 1.
std::vector<std::uint64_t> offsets_of(std::span<const UserIndex> users, std::size_t count) {
  std::vector<std::uint64_t> offsets(count + 1, 0);
  for (const UserIndex user : users) offsets[user + 1] += 1;
  std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
  return offsets;
}

std::vector<UserRange> split(std::size_t users, std::size_t parts) {
  std::vector<UserRange> ranges;
  for (std::size_t part = 0; part < parts; ++part) {
    ranges.push_back({static_cast<UserIndex>(users * part / parts),
                      static_cast<UserIndex>(users * (part + 1) / parts)});
  }
  return ranges;
}

// One snapshot a thread, all of one state; nothing when a writer came between.
Result<std::optional<std::vector<ReadSnapshot>>> begin_together(ReaderPool& readers,
                                                                std::size_t count) {
  std::vector<ReadSnapshot> snapshots;
  while (snapshots.size() < count) {
    LIMN_TRY(ReadSnapshot now, ReadSnapshot::begin(readers));
    if (!snapshots.empty() && now.counters().changes != snapshots[0].counters().changes) {
      return std::nullopt;
    }
    snapshots.push_back(std::move(now));
  }
  return std::optional<std::vector<ReadSnapshot>>(std::move(snapshots));
}

Result<std::vector<ReadSnapshot>> begin_snapshots(ReaderPool& readers) {
  LIMN_TRY(ReadSnapshot first, ReadSnapshot::begin(readers));
  const auto users = static_cast<std::size_t>(first.counters().user_numbers);
  const std::size_t threads = std::min(thread_count(), users / smallest_range);
  for (int attempt = 0; threads > 1 && attempt < most_attempts; ++attempt) {
    LIMN_TRY(auto together, begin_together(readers, threads));
    if (together) return std::move(*together);
  }
  std::vector<ReadSnapshot> alone;
  alone.push_back(std::move(first));
  return alone;
}

}  // namespace

Result<EventTable> Store::read_events() const {
  LIMN_TRY(const std::vector<ReadSnapshot> snapshots, begin_snapshots(state_->readers));
  const ReadSnapshot& now = snapshots[0];
  const auto users = static_cast<std::size_t>(now.counters().user_numbers);
  const std::vector<UserRange> ranges =
      split(users, snapshots.size() == 1 ? 1 : snapshots.size() * ranges_a_thread);

  // Snapshot s reads every range whose number leaves s, so that no two threads share a connection.
  std::vector<Result<std::vector<EventRow>>> parts(ranges.size());
  parallel_for(snapshots.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t s = begin; s < end; ++s) {
      for (std::size_t r = s; r < ranges.size(); r += snapshots.size()) {
        parts[r] = read_range(snapshots[s], ranges[r]);
      }
    }
  });

  std::vector<std::size_t> places = {0};
  for (const auto& part : parts) {
    if (!part) return tl::unexpected<Error>(part.error());
    places.push_back(places.back() + part->size());
  }
  EventTable table;
  resize(table, places.back());
  parallel_for(parts.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r) put_rows(*parts[r], places[r], table);
  });
  LIMN_TRY_VOID(check_count("events", table.size(), now.counters().events));
  LIMN_TRY(table.kinds, read_kinds(now));
  table.offsets = offsets_of(table.user, users);
  table.items = static_cast<std::size_t>(now.counters().item_numbers);
  return table;
}

Result<EventTable> Store::history(UserIndex user) const {
  LIMN_TRY(const ReadSnapshot now, ReadSnapshot::begin(state_->readers));
  EventTable table;
  if (user < now.counters().user_numbers) {
    LIMN_TRY(const std::vector<EventRow> rows, read_range(now, {user, user + 1}));
    resize(table, rows.size());
    put_rows(rows, 0, table);
  }
  LIMN_TRY(table.kinds, read_kinds(now));
  table.offsets = {0, table.size()};
  table.items = static_cast<std::size_t>(now.counters().item_numbers);
  return table;
}

}  // namespace limn
