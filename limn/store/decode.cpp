#include "limn/store/decode.h"

#include "limn/core/json.h"

namespace limn {
namespace {

std::optional<std::vector<std::string>> decode_list(std::string_view text) {
  std::vector<std::string> list;
  if (text.empty()) return list;
  const Result<Json> json = parse_json(text, "");
  if (!json || !json->is_array()) return std::nullopt;
  for (const Json& entry : json->get_array()) {
    if (!entry.is_string()) return std::nullopt;
    list.emplace_back(entry.get_string());
  }
  return list;
}

std::optional<Attributes> decode_map(std::string_view text) {
  Attributes map;
  if (text.empty()) return map;
  const Result<Json> json = parse_json(text, "");
  if (!json || !json->is_object()) return std::nullopt;
  for (const auto& [key, value] : json->get_object()) {
    if (!value.is_string()) return std::nullopt;
    map.emplace(key, value.get_string());
  }
  return map;
}

std::optional<Time> decode_time(const Query& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return Time{std::chrono::milliseconds{row.integer(column)}};
}

// The columns from `title` on.
ItemRow item_columns(const Query& row) {
  return {.title = row.text(3),
          .text = row.text(4),
          .categories = std::string(row.text(5)),
          .tags = std::string(row.text(6)),
          .attributes = std::string(row.text(7)),
          .created_at = decode_time(row, 8),
          .hidden = row.integer(9) != 0,
          .media = std::string(row.text(10))};
}

bool is_within(std::int64_t number, std::int64_t count) {
  return 0 <= number && number < count;
}

}  // namespace

Result<std::string> decode_id(const Query& row, std::string_view table) {
  const auto number = static_cast<std::uint32_t>(row.integer(0));
  const std::string_view id = row.text(1);
  const bool fits = row.integer(0) == std::int64_t{number};
  if (!fits || row.integer(2) != number_checksum(number, id)) return damaged(table, number);
  return std::string(id);
}

Result<User> decode_user(const Query& row) {
  const UserRow columns{.text = row.text(3),
                        .tags = std::string(row.text(4)),
                        .attributes = std::string(row.text(5)),
                        .created_at = decode_time(row, 6)};
  User user;
  LIMN_TRY(user.id, decode_id(row, "users"));
  const auto number = static_cast<UserIndex>(row.integer(0));
  const auto tags = decode_list(columns.tags);
  const auto attributes = decode_map(columns.attributes);
  if (row.integer(7) != columns.checksum(number) || !tags || !attributes) {
    return damaged("users", number);
  }
  user.text = columns.text;
  user.tags = *tags;
  user.attributes = *attributes;
  user.created_at = columns.created_at;
  return user;
}

Result<ItemName> decode_item_name(const Query& row) {
  const ItemRow columns = item_columns(row);
  LIMN_TRY(std::string id, decode_id(row, "items"));
  const auto number = static_cast<ItemIndex>(row.integer(0));
  if (row.integer(11) != columns.checksum(number)) return damaged("items", number);
  return ItemName{std::move(id), std::string(columns.title), columns.hidden};
}

Result<Item> decode_item(const Query& row) {
  const ItemRow columns = item_columns(row);
  Item item;
  LIMN_TRY(item.id, decode_id(row, "items"));
  const auto number = static_cast<ItemIndex>(row.integer(0));
  const auto categories = decode_list(columns.categories);
  const auto tags = decode_list(columns.tags);
  const auto attributes = decode_map(columns.attributes);
  const auto media = decode_list(columns.media);
  if (row.integer(11) != columns.checksum(number) || !categories || !tags || !attributes ||
      !media) {
    return damaged("items", number);
  }
  item.title = columns.title;
  item.text = columns.text;
  item.categories = *categories;
  item.tags = *tags;
  item.attributes = *attributes;
  item.created_at = columns.created_at;
  item.hidden = columns.hidden;
  item.media = *media;
  return item;
}

namespace {

template <typename Row>
Result<EventRow> decode_event_columns(const Row& row, const Counters& counters) {
  const std::int64_t user = row.integer(0);
  const std::int64_t item = row.integer(2);
  const std::int64_t kind = row.integer(3);
  const EventRow event{.time = row.integer(1),
                       .id = row.integer(4),
                       .user = static_cast<UserIndex>(user),
                       .item = static_cast<ItemIndex>(item),
                       .kind = static_cast<std::uint32_t>(kind),
                       .value = static_cast<float>(row.real(5))};
  // Compared before they were cut to 32 bits: the checksum sees only what is left.
  const bool within = is_within(user, counters.user_numbers) &&
                      (item == -1 || is_within(item, counters.item_numbers)) &&
                      is_within(kind, counters.kind_numbers) && event.id < counters.next_event;
  if (!within || row.integer(6) != event.checksum()) return damaged("events", event.id);
  return event;
}

}  // namespace

Result<EventRow> decode_event(const Query& row, const Counters& counters) {
  return decode_event_columns(row, counters);
}

Result<EventRow> decode_event(const ScanRow& row, const Counters& counters) {
  return decode_event_columns(row, counters);
}

Result<EdgeRow> decode_edge(const Query& row, const Counters& counters) {
  const EdgeRow edge{.from = static_cast<UserIndex>(row.integer(0)),
                     .to = static_cast<UserIndex>(row.integer(1)),
                     .kind = static_cast<std::uint32_t>(row.integer(2)),
                     .time = row.integer(3)};
  const bool within = is_within(row.integer(0), counters.user_numbers) &&
                      is_within(row.integer(1), counters.user_numbers) &&
                      is_within(row.integer(2), counters.kind_numbers);
  if (!within || row.integer(4) != edge.checksum()) return damaged("edges", row.integer(0));
  return edge;
}

Result<EventText> decode_event_text(const Query& row, const Counters& counters) {
  EventText text{.event = row.integer(1),
                 .user = static_cast<UserIndex>(row.integer(0)),
                 .text = std::string(row.text(2))};
  if (!is_within(row.integer(0), counters.user_numbers) ||
      row.integer(3) != text_checksum(text.user, text.event, text.text)) {
    return damaged("event_texts", text.event);
  }
  return text;
}

Result<void> check_count(std::string_view table, std::size_t rows, std::int64_t expected) {
  if (static_cast<std::int64_t>(rows) == expected) return {};
  return fail(ErrorCode::corrupt,
              "cannot read database: table {}: {} rows, and there must be {} (restore a backup)",
              table, rows, expected);
}

Result<std::vector<std::string>> read_kinds(const ReadSnapshot& now) {
  return read_numbered(now.database(), "SELECT number, name, checksum FROM kinds ORDER BY number",
                       "kinds", now.counters().kind_numbers,
                       [](const Query& row) { return decode_id(row, "kinds"); });
}

Result<std::string> read_user_id(Database& database, UserIndex number) {
  LIMN_TRY(Query row, database.query("SELECT number, id, id_checksum FROM users WHERE number = ?"));
  row.bind(0, std::int64_t{number});
  LIMN_TRY(const bool found, row.next());
  if (!found) return damaged("users", number);
  return decode_id(row, "users");
}

Result<std::string> read_item_id(Database& database, ItemIndex number) {
  LIMN_TRY(Query row, database.query("SELECT number, id, id_checksum FROM items WHERE number = ?"));
  row.bind(0, std::int64_t{number});
  LIMN_TRY(const bool found, row.next());
  if (!found) return damaged("items", number);
  return decode_id(row, "items");
}

}  // namespace limn
