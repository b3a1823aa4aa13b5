#include "limn/store/row_writer.h"

#include <utility>

namespace limn {
namespace {

constexpr NumberedNames::Table users_table = {
    .name = "users",
    .find = "SELECT number, id_checksum FROM users WHERE id = ?",
    .insert = "INSERT INTO users VALUES (?, ?, ?, '', '', '', NULL, ?)",
    .bare_checksum = [](std::uint32_t number) { return UserRow{}.checksum(number); }};
constexpr NumberedNames::Table items_table = {
    .name = "items",
    .find = "SELECT number, id_checksum FROM items WHERE id = ?",
    .insert = "INSERT INTO items VALUES (?, ?, ?, '', '', '', '', '', NULL, 0, '', ?)",
    .bare_checksum = [](std::uint32_t number) { return ItemRow{}.checksum(number); }};
constexpr NumberedNames::Table kinds_table = {
    .name = "kinds",
    .find = "SELECT number, checksum FROM kinds WHERE name = ?",
    .insert = "INSERT INTO kinds VALUES (?, ?, ?)",
    .bare_checksum = nullptr};

void count_written(WriteCounts& counts, bool is_new, bool changed) {
  if (is_new) {
    counts.added += 1;
  } else if (changed) {
    counts.updated += 1;
  } else {
    counts.duplicates += 1;
  }
}

void bind_optional(Query& query, int parameter, std::optional<Time> time) {
  if (time) {
    query.bind(parameter, milliseconds(*time));
  } else {
    query.bind_null(parameter);
  }
}

void bind_key(Query& query, const EdgeRow& row) {
  query.bind(0, std::int64_t{row.from}).bind(1, std::int64_t{row.to});
  query.bind(2, std::int64_t{row.kind});
}

// Whether the row found by `number` ends with another checksum.
Result<bool> differs(Query query, std::uint32_t number, std::int64_t checksum) {
  query.bind(0, std::int64_t{number});
  LIMN_TRY(const bool found, query.next());
  return !found || query.integer(0) != checksum;
}

}  // namespace

RowWriter::RowWriter(Database& database, Transaction transaction, const Counters& counters)
    : database_(&database),
      transaction_(std::move(transaction)),
      counters_(counters),
      users_(users_table),
      items_(items_table),
      kinds_(kinds_table) {}

Result<RowWriter> RowWriter::begin(Database& database) {
  LIMN_TRY(Transaction transaction, Transaction::begin(database, Transaction::Kind::write));
  LIMN_TRY(const Counters counters, read_counters(database));
  return RowWriter(database, std::move(transaction), counters);
}

Result<NumberedNames::Numbered> RowWriter::number_user(std::string_view id) {
  LIMN_TRY(const auto user, users_.number(*database_, id, counters_.user_numbers));
  counters_.users += user.is_new ? 1 : 0;
  return user;
}

Result<NumberedNames::Numbered> RowWriter::number_item(std::string_view id) {
  LIMN_TRY(const auto item, items_.number(*database_, id, counters_.item_numbers));
  counters_.items += item.is_new ? 1 : 0;
  return item;
}

Result<NumberedNames::Numbered> RowWriter::number_kind(std::string_view name) {
  return kinds_.number(*database_, name, counters_.kind_numbers);
}

Result<void> RowWriter::write_users(std::span<const User> users) {
  for (const User& user : users) {
    LIMN_TRY_VOID(check_name(user.id, "user", "id"));
    LIMN_TRY(const UserRow row, encode(user));
    LIMN_TRY(const auto numbered, number_user(user.id));
    const std::int64_t checksum = row.checksum(numbered.number);
    LIMN_TRY(Query query, database_->query("SELECT checksum FROM users WHERE number = ?"));
    LIMN_TRY(const bool changed, differs(std::move(query), numbered.number, checksum));
    if (changed) {
      LIMN_TRY(Query update, database_->query("UPDATE users SET text = ?, tags = ?, attributes = ?,"
                                              " created_at = ?, checksum = ? WHERE number = ?"));
      update.bind(0, row.text).bind(1, row.tags).bind(2, row.attributes).bind(4, checksum);
      bind_optional(update, 3, row.created_at);
      LIMN_TRY_VOID(update.bind(5, std::int64_t{numbered.number}).run());
    }
    count_written(report_.users, numbered.is_new, changed);
  }
  return {};
}

Result<void> RowWriter::write_items(std::span<const Item> items) {
  for (const Item& item : items) {
    LIMN_TRY_VOID(check_name(item.id, "item", "id"));
    LIMN_TRY(const ItemRow row, encode(item));
    LIMN_TRY(const auto numbered, number_item(item.id));
    const std::int64_t checksum = row.checksum(numbered.number);
    LIMN_TRY(Query query, database_->query("SELECT checksum FROM items WHERE number = ?"));
    LIMN_TRY(const bool changed, differs(std::move(query), numbered.number, checksum));
    if (changed) {
      LIMN_TRY(Query update,
               database_->query("UPDATE items SET title = ?, text = ?, categories = ?, tags = ?,"
                                " attributes = ?, created_at = ?, hidden = ?, media = ?,"
                                " checksum = ? WHERE number = ?"));
      update.bind(0, row.title).bind(1, row.text).bind(2, row.categories).bind(3, row.tags);
      update.bind(4, row.attributes).bind(6, std::int64_t{row.hidden}).bind(7, row.media);
      bind_optional(update, 5, row.created_at);
      LIMN_TRY_VOID(update.bind(8, checksum).bind(9, std::int64_t{numbered.number}).run());
    }
    count_written(report_.items, numbered.is_new, changed);
  }
  return {};
}

Result<void> RowWriter::write_edges(std::span<const Edge> edges) {
  for (const Edge& edge : edges) {
    LIMN_TRY_VOID(check_name(edge.from, "edge", "from"));
    LIMN_TRY_VOID(check_name(edge.to, "edge", "to"));
    LIMN_TRY_VOID(check_name(edge.kind, "edge", "kind"));
    LIMN_TRY(const auto from, number_user(edge.from));
    LIMN_TRY(const auto to, number_user(edge.to));
    LIMN_TRY(const auto kind, number_kind(edge.kind));
    const EdgeRow row{
        .from = from.number, .to = to.number, .kind = kind.number, .time = milliseconds(edge.time)};
    bool is_new = false;
    bool changed = false;
    {
      LIMN_TRY(Query find, database_->query("SELECT time FROM edges"
                                            " WHERE \"from\" = ? AND \"to\" = ? AND kind = ?"));
      bind_key(find, row);
      LIMN_TRY(const bool found, find.next());
      is_new = !found;
      changed = is_new || find.integer(0) != row.time;
    }
    if (changed) {
      LIMN_TRY(Query replace,
               database_->query("INSERT OR REPLACE INTO edges VALUES (?, ?, ?, ?, ?)"));
      bind_key(replace, row);
      LIMN_TRY_VOID(replace.bind(3, row.time).bind(4, row.checksum()).run());
    }
    counters_.edges += is_new ? 1 : 0;
    count_written(report_.edges, is_new, changed);
  }
  return {};
}

Result<WriteReport> RowWriter::commit() {
  counters_.changes += 1;
  LIMN_TRY_VOID(write_counters(*database_, counters_));
  LIMN_TRY_VOID(transaction_.commit());
  return report_;
}

}  // namespace limn
