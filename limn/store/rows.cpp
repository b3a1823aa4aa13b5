#include "limn/store/rows.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <span>
#include <vector>

#include "limn/core/hash.h"
#include "limn/core/json.h"

namespace limn {
namespace {

std::string encode_list(const std::vector<std::string>& list) {
  if (list.empty()) return {};
  JsonArray array;
  for (const std::string& entry : list) array.emplace_back(entry);
  return to_text(array);
}

std::string encode_map(const Attributes& map) {
  if (map.empty()) return {};
  JsonObject object;
  for (const auto& [key, value] : map) object.emplace(key, value);
  return to_text(object);
}

// Refuses what could not be read back: the reader takes UTF-8 only.
Result<void> check_utf8(std::string_view json, std::string_view record, std::string_view id) {
  const bool ascii = std::ranges::all_of(json, [](char c) { return (c & 0x80) == 0; });
  if (ascii || parse_json(json, id)) return {};
  return fail(ErrorCode::invalid_argument, "cannot write {}: {}: its lists are not UTF-8", record,
              id);
}

constexpr std::size_t counter_columns = 11;

std::array<std::int64_t, counter_columns> as_columns(const Counters& c) {
  return {c.users,        c.items,        c.events,     c.event_texts, c.edges,  c.user_numbers,
          c.item_numbers, c.kind_numbers, c.strategies, c.next_event,  c.changes};
}

std::int64_t counters_checksum(const Counters& counters) {
  RowChecksum checksum;
  for (const std::int64_t column : as_columns(counters)) checksum.add(column);
  return checksum.value();
}

}  // namespace

RowChecksum& RowChecksum::add(std::int64_t number) {
  hash_ = hash64(std::as_bytes(std::span(&number, 1)), hash_);
  return *this;
}

RowChecksum& RowChecksum::add(std::string_view text) {
  hash_ = hash64(text, hash_ + 1);
  return *this;
}

RowChecksum& RowChecksum::add(std::optional<Time> time) {
  return add(time ? std::int64_t{time->time_since_epoch().count()}
                  : std::numeric_limits<std::int64_t>::min());
}

std::int64_t EventRow::checksum() const {
  static_assert(sizeof(EventRow) == 32, "hashed as bytes, so it must have no gaps");
  return static_cast<std::int32_t>(hash64(std::as_bytes(std::span(this, 1))));
}

std::int64_t database_item(ItemIndex item) {
  return item == no_item ? -1 : std::int64_t{item};
}

Result<Counters> read_counters(Database& database) {
  LIMN_TRY(Query row,
           database.query("SELECT users, items, events, event_texts, edges, user_numbers,"
                          " item_numbers, kind_numbers, strategies, next_event, changes,"
                          " checksum FROM counters WHERE row = 0"));
  LIMN_TRY(const bool found, row.next());
  if (!found) return Counters{};
  const Counters counters{.users = row.integer(0),
                          .items = row.integer(1),
                          .events = row.integer(2),
                          .event_texts = row.integer(3),
                          .edges = row.integer(4),
                          .user_numbers = row.integer(5),
                          .item_numbers = row.integer(6),
                          .kind_numbers = row.integer(7),
                          .strategies = row.integer(8),
                          .next_event = row.integer(9),
                          .changes = row.integer(10)};
  if (row.integer(11) != counters_checksum(counters)) return damaged("counters", 0);
  return counters;
}

Result<void> write_counters(Database& database, const Counters& counters) {
  LIMN_TRY(Query row, database.query("INSERT OR REPLACE INTO counters "
                                     "VALUES (0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  int parameter = 0;
  for (const std::int64_t column : as_columns(counters)) row.bind(parameter++, column);
  row.bind(parameter, counters_checksum(counters));
  return row.run();
}

std::int64_t number_checksum(std::uint32_t number, std::string_view name) {
  return RowChecksum().add(std::int64_t{number}).add(name).value();
}

std::int64_t UserRow::checksum(UserIndex number) const {
  return RowChecksum()
      .add(std::int64_t{number})
      .add(text)
      .add(tags)
      .add(attributes)
      .add(created_at)
      .value();
}

std::int64_t ItemRow::checksum(ItemIndex number) const {
  return RowChecksum()
      .add(std::int64_t{number})
      .add(title)
      .add(text)
      .add(categories)
      .add(tags)
      .add(attributes)
      .add(created_at)
      .add(std::int64_t{hidden})
      .add(media)
      .value();
}

Result<UserRow> encode(const User& user) {
  UserRow row{.text = user.text,
              .tags = encode_list(user.tags),
              .attributes = encode_map(user.attributes),
              .created_at = user.created_at};
  LIMN_TRY_VOID(check_utf8(row.tags, "user", user.id));
  LIMN_TRY_VOID(check_utf8(row.attributes, "user", user.id));
  return row;
}

Result<ItemRow> encode(const Item& item) {
  ItemRow row{.title = item.title,
              .text = item.text,
              .categories = encode_list(item.categories),
              .tags = encode_list(item.tags),
              .attributes = encode_map(item.attributes),
              .created_at = item.created_at,
              .hidden = item.hidden,
              .media = encode_list(item.media)};
  for (const std::string* json : {&row.categories, &row.tags, &row.attributes, &row.media}) {
    LIMN_TRY_VOID(check_utf8(*json, "item", item.id));
  }
  return row;
}

std::int64_t EdgeRow::checksum() const {
  return RowChecksum()
      .add(std::int64_t{from})
      .add(std::int64_t{to})
      .add(std::int64_t{kind})
      .add(time)
      .value();
}

std::int64_t text_checksum(UserIndex user, std::int64_t event, std::string_view text) {
  return RowChecksum().add(std::int64_t{user}).add(event).add(text).value();
}

std::int64_t milliseconds(Time time) {
  return time.time_since_epoch().count();
}

Result<void> check_name(std::string_view name, std::string_view record, std::string_view field) {
  if (!name.empty()) return {};
  return fail(ErrorCode::invalid_argument, "cannot write {}: its {} is empty", record, field);
}

RowChecksum strategy_checksum(const StrategyVersion& strategy, std::string_view parameters) {
  return RowChecksum()
      .add(strategy.version)
      .add(strategy.name)
      .add(parameters)
      .add(milliseconds(strategy.created_at));
}

tl::unexpected<Error> damaged(std::string_view table, std::int64_t row) {
  return fail(ErrorCode::corrupt,
              "cannot read database: table {}, row {}: damaged (restore a backup)", table, row);
}

}  // namespace limn
