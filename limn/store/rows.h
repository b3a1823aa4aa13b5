// Records as rows: the encoding of lists, and the checksum every row ends with. For this
// layer's sources only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "limn/core/result.h"
#include "limn/core/types.h"
#include "limn/store/records.h"
#include "limn/store/sqlite.h"

namespace limn {

// A hash of a row's columns in order. Text columns are hashed whole, so that no two rows with the
// same bytes, cut at other places, share a checksum.
class RowChecksum {
 public:
  RowChecksum& add(std::int64_t number);
  RowChecksum& add(std::string_view text);
  RowChecksum& add(std::optional<Time> time);
  [[nodiscard]] std::int64_t value() const { return static_cast<std::int64_t>(hash_); }

 private:
  std::uint64_t hash_ = 0;
};

// One row of `events`.
struct EventRow {
  std::int64_t time = 0;  // milliseconds since 1970
  std::int64_t id = 0;
  UserIndex user = 0;
  ItemIndex item = no_item;
  std::uint32_t kind = 0;
  float value = 0;

  // 32 bits: an event's row is short, and four bytes find all but one in four thousand million.
  [[nodiscard]] std::int64_t checksum() const;
};

// The order of the primary key, in which -1 stands for no item.
[[nodiscard]] inline bool key_less(const EventRow& a, const EventRow& b) {
  if (a.user != b.user) return a.user < b.user;
  if (a.time != b.time) return a.time < b.time;
  if (a.item != b.item) return a.item + 1 < b.item + 1;  // no_item + 1 is 0: it comes first
  return a.kind < b.kind;
}

// What stands in a row for an item: its number, or -1 for no_item.
[[nodiscard]] std::int64_t database_item(ItemIndex item);

// One row of `edges`.
struct EdgeRow {
  UserIndex from = 0;
  UserIndex to = 0;
  std::uint32_t kind = 0;
  std::int64_t time = 0;

  [[nodiscard]] std::int64_t checksum() const;
};

// The row of `counters`: how many rows there must be, and the next numbers to give.
struct Counters {
  std::int64_t users = 0;
  std::int64_t items = 0;
  std::int64_t events = 0;
  std::int64_t event_texts = 0;
  std::int64_t edges = 0;
  std::int64_t user_numbers = 0;
  std::int64_t item_numbers = 0;
  std::int64_t kind_numbers = 0;
  std::int64_t strategies = 0;
  std::int64_t next_event = 1;
  std::int64_t changes = 0;
};

// Within a transaction. All zero in a new database.
[[nodiscard]] Result<Counters> read_counters(Database& database);
[[nodiscard]] Result<void> write_counters(Database& database, const Counters& counters);

[[nodiscard]] std::int64_t number_checksum(std::uint32_t number, std::string_view name);

[[nodiscard]] std::int64_t text_checksum(UserIndex user, std::int64_t event, std::string_view text);

// Since 1970.
[[nodiscard]] std::int64_t milliseconds(Time time);

// Errors: invalid_argument, when `name` is empty.
[[nodiscard]] Result<void> check_name(std::string_view name, std::string_view record,
                                      std::string_view field);

// What a user's or item's row holds beside number and id.
struct UserRow {
  std::string_view text;
  std::string tags;        // a JSON array, or nothing for an empty list
  std::string attributes;  // a JSON object, or nothing for an empty one
  std::optional<Time> created_at;

  [[nodiscard]] std::int64_t checksum(UserIndex number) const;
};

struct ItemRow {
  std::string_view title;
  std::string_view text;
  std::string categories;
  std::string tags;
  std::string attributes;
  std::optional<Time> created_at;
  bool hidden = false;
  std::string media;

  [[nodiscard]] std::int64_t checksum(ItemIndex number) const;
};

// Errors: invalid_argument, for lists that are not UTF-8.
[[nodiscard]] Result<UserRow> encode(const User& user);
[[nodiscard]] Result<ItemRow> encode(const Item& item);

[[nodiscard]] RowChecksum strategy_checksum(const StrategyVersion& strategy,
                                            std::string_view parameters);

[[nodiscard]] tl::unexpected<Error> damaged(std::string_view table, std::int64_t row);

}  // namespace limn
