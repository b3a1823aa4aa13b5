// The part of Store that reads users, items, edges and texts.
#include <optional>
#include <tuple>
#include <utility>

#include "limn/store/decode.h"
#include "limn/store/state.h"
#include "limn/store/store.h"

namespace limn {
namespace {

constexpr const char* all_users =
    "SELECT number, id, id_checksum, text, tags, attributes, created_at, checksum"
    " FROM users ORDER BY number";
constexpr const char* one_user =
    "SELECT number, id, id_checksum, text, tags, attributes, created_at, checksum"
    " FROM users WHERE number = ?";
constexpr const char* all_items =
    "SELECT number, id, id_checksum, title, text, categories, tags, attributes, created_at, hidden,"
    " media, checksum FROM items ORDER BY number";
constexpr const char* one_item =
    "SELECT number, id, id_checksum, title, text, categories, tags, attributes, created_at, hidden,"
    " media, checksum FROM items WHERE number = ?";

Result<std::optional<std::uint32_t>> find_number(Database& database, const char* sql,
                                                 std::string_view table, std::string_view id) {
  LIMN_TRY(Query row, database.query(sql));
  row.bind(0, id);
  LIMN_TRY(const bool found, row.next());
  if (!found) return std::nullopt;
  const auto number = static_cast<std::uint32_t>(row.integer(0));
  if (row.integer(1) != number_checksum(number, id)) return damaged(table, number);
  return std::optional<std::uint32_t>(number);
}

// The orders of the primary keys.
bool comes_before(const EventText& a, const EventText& b) {
  return std::tie(a.user, a.event) < std::tie(b.user, b.event);
}

bool comes_before(const EdgeRow& a, const EdgeRow& b) {
  return std::tie(a.from, a.to, a.kind) < std::tie(b.from, b.to, b.kind);
}

}  // namespace

Result<std::vector<User>> Store::read_users() const {
  LIMN_TRY(const ReadSnapshot now, ReadSnapshot::begin(state_->readers));
  return read_numbered(now.database(), all_users, "users", now.counters().user_numbers,
                       decode_user);
}

Result<std::vector<Item>> Store::read_items() const {
  LIMN_TRY(const ReadSnapshot now, ReadSnapshot::begin(state_->readers));
  return read_numbered(now.database(), all_items, "items", now.counters().item_numbers,
                       decode_item);
}

Result<std::vector<std::string>> Store::read_user_ids() const {
  LIMN_TRY(const ReadSnapshot now, ReadSnapshot::begin(state_->readers));
  return read_numbered(now.database(), "SELECT number, id, id_checksum FROM users ORDER BY number",
                       "users", now.counters().user_numbers,
                       [](const Query& row) { return decode_id(row, "users"); });
}

Result<std::vector<std::string>> Store::read_item_ids() const {
  LIMN_TRY(const ReadSnapshot now, ReadSnapshot::begin(state_->readers));
  return read_numbered(now.database(), "SELECT number, id, id_checksum FROM items ORDER BY number",
                       "items", now.counters().item_numbers,
                       [](const Query& row) { return decode_id(row, "items"); });
}

Result<std::vector<NumberedEdge>> Store::read_edges() const {
  LIMN_TRY(const ReadSnapshot now, ReadSnapshot::begin(state_->readers));
  LIMN_TRY(const std::vector<std::string> kinds, read_kinds(now));
  std::vector<NumberedEdge> edges;
  std::optional<EdgeRow> last;
  LIMN_TRY(Query row, now.database().query("SELECT \"from\", \"to\", kind, time, checksum"
                                           " FROM edges ORDER BY \"from\", \"to\", kind"));
  while (true) {
    LIMN_TRY(const bool found, row.next());
    if (!found) break;
    LIMN_TRY(const EdgeRow edge, decode_edge(row, now.counters()));
    if (last && !comes_before(*last, edge)) return damaged("edges", edge.from);
    last = edge;
    edges.push_back({.from = edge.from,
                     .to = edge.to,
                     .kind = kinds[edge.kind],
                     .time = Time{std::chrono::milliseconds{edge.time}}});
  }
  LIMN_TRY_VOID(check_count("edges", edges.size(), now.counters().edges));
  return edges;
}

Result<std::vector<EventText>> Store::read_event_texts() const {
  LIMN_TRY(const ReadSnapshot now, ReadSnapshot::begin(state_->readers));
  std::vector<EventText> texts;
  LIMN_TRY(Query row, now.database().query("SELECT user, event, text, checksum FROM event_texts"
                                           " ORDER BY user, event"));
  while (true) {
    LIMN_TRY(const bool found, row.next());
    if (!found) break;
    LIMN_TRY(EventText text, decode_event_text(row, now.counters()));
    // A row that is there twice, and another that is lost, would keep the count.
    if (!texts.empty() && !comes_before(texts.back(), text)) {
      return damaged("event_texts", text.event);
    }
    texts.push_back(std::move(text));
  }
  LIMN_TRY_VOID(check_count("event_texts", texts.size(), now.counters().event_texts));
  return texts;
}

Result<std::optional<UserIndex>> Store::find_user(std::string_view id) const {
  LIMN_TRY(const ReaderPool::Lease lease, state_->readers.take());
  return find_number(lease.database(), "SELECT number, id_checksum FROM users WHERE id = ?",
                     "users", id);
}

Result<std::optional<ItemIndex>> Store::find_item(std::string_view id) const {
  LIMN_TRY(const ReaderPool::Lease lease, state_->readers.take());
  return find_number(lease.database(), "SELECT number, id_checksum FROM items WHERE id = ?",
                     "items", id);
}

Result<std::optional<User>> Store::user(UserIndex number) const {
  LIMN_TRY(const ReaderPool::Lease lease, state_->readers.take());
  LIMN_TRY(Query row, lease.database().query(one_user));
  row.bind(0, std::int64_t{number});
  LIMN_TRY(const bool found, row.next());
  if (!found) return std::nullopt;
  LIMN_TRY(User user, decode_user(row));
  if (user.id.empty()) return std::nullopt;
  return std::optional<User>(std::move(user));
}

Result<std::optional<Item>> Store::item(ItemIndex number) const {
  LIMN_TRY(const ReaderPool::Lease lease, state_->readers.take());
  LIMN_TRY(Query row, lease.database().query(one_item));
  row.bind(0, std::int64_t{number});
  LIMN_TRY(const bool found, row.next());
  if (!found) return std::nullopt;
  LIMN_TRY(Item item, decode_item(row));
  if (item.id.empty()) return std::nullopt;
  return std::optional<Item>(std::move(item));
}

Result<std::vector<ItemName>> Store::item_names(std::span<const ItemIndex> numbers) const {
  LIMN_TRY(const ReadSnapshot now, ReadSnapshot::begin(state_->readers));
  std::vector<ItemName> names;
  for (const ItemIndex number : numbers) {
    LIMN_TRY(Query row, now.database().query(one_item));
    row.bind(0, std::int64_t{number});
    LIMN_TRY(const bool found, row.next());
    ItemName& name = names.emplace_back();
    if (found) {
      LIMN_TRY(name, decode_item_name(row));
    }
  }
  return names;
}

Result<std::vector<Edge>> Store::user_edges(UserIndex user) const {
  LIMN_TRY(const ReadSnapshot now, ReadSnapshot::begin(state_->readers));
  LIMN_TRY(const std::vector<std::string> kinds, read_kinds(now));
  std::vector<Edge> edges;
  LIMN_TRY(Query row,
           now.database().query("SELECT \"from\", \"to\", kind, time, checksum FROM edges"
                                " WHERE \"from\" = ?1 OR \"to\" = ?1"
                                " ORDER BY \"from\", \"to\", kind"));
  row.bind(0, std::int64_t{user});
  while (true) {
    LIMN_TRY(const bool found, row.next());
    if (!found) break;
    LIMN_TRY(const EdgeRow edge, decode_edge(row, now.counters()));
    LIMN_TRY(std::string from, read_user_id(now.database(), edge.from));
    LIMN_TRY(std::string to, read_user_id(now.database(), edge.to));
    edges.push_back({.from = std::move(from),
                     .to = std::move(to),
                     .kind = kinds[edge.kind],
                     .time = Time{std::chrono::milliseconds{edge.time}}});
  }
  return edges;
}

}  // namespace limn
