// The part of Store that removes, and that cleans up after it.
#include <utility>

#include "limn/store/decode.h"
#include "limn/store/lists.h"
#include "limn/store/row_writer.h"
#include "limn/store/state.h"
#include "limn/store/store.h"

namespace limn {
namespace {

// The number of a name, -1 when it has none.
Result<std::int64_t> find_number(Database& database, const char* sql, std::string_view name) {
  LIMN_TRY(Query row, database.query(sql));
  row.bind(0, name);
  LIMN_TRY(const bool found, row.next());
  return found ? row.integer(0) : -1;
}

Result<std::int64_t> find_user_number(Database& database, std::string_view id) {
  return find_number(database, "SELECT number FROM users WHERE id = ?", id);
}

Result<std::int64_t> find_item_number(Database& database, std::string_view id) {
  return find_number(database, "SELECT number FROM items WHERE id = ?", id);
}

// Runs a statement whose parameters are numbers. Returns how many rows it changed.
Result<std::int64_t> change(Database& database, const char* sql,
                            std::initializer_list<std::int64_t> parameters) {
  LIMN_TRY(Query query, database.query(sql));
  int parameter = 0;
  for (const std::int64_t value : parameters) query.bind(parameter++, value);
  LIMN_TRY_VOID(query.run());
  return database.changes();
}

struct Removed {
  std::int64_t events = 0;
  std::int64_t event_texts = 0;
  std::int64_t edges = 0;
};

Result<Removed> remove_user_rows(Database& database, std::int64_t user) {
  Removed removed;
  LIMN_TRY(removed.event_texts, change(database, "DELETE FROM event_texts WHERE user = ?", {user}));
  LIMN_TRY(removed.events, change(database, "DELETE FROM events WHERE user = ?", {user}));
  LIMN_TRY(removed.edges,
           change(database, "DELETE FROM edges WHERE \"from\" = ?1 OR \"to\" = ?1", {user}));
  // The row stays, empty: its number must not be given again.
  const auto number = static_cast<UserIndex>(user);
  LIMN_TRY(const std::int64_t emptied,
           change(database,
                  "UPDATE users SET id = NULL, id_checksum = ?2, text = '', tags = '',"
                  " attributes = '', created_at = NULL, checksum = ?3 WHERE number = ?1",
                  {user, number_checksum(number, ""), UserRow{}.checksum(number)}));
  if (emptied != 1) return damaged("users", user);
  return removed;
}

Result<Removed> remove_item_rows(Database& database, std::int64_t item) {
  Removed removed;
  LIMN_TRY(removed.event_texts, change(database,
                                       "DELETE FROM event_texts WHERE (user, event) IN"
                                       " (SELECT user, id FROM events WHERE item = ?)",
                                       {item}));
  LIMN_TRY(removed.events, change(database, "DELETE FROM events WHERE item = ?", {item}));
  const auto number = static_cast<ItemIndex>(item);
  LIMN_TRY(const std::int64_t emptied,
           change(database,
                  "UPDATE items SET id = NULL, id_checksum = ?2, title = '', text = '',"
                  " categories = '', tags = '', attributes = '', created_at = NULL, hidden = 0,"
                  " media = '', checksum = ?3 WHERE number = ?1",
                  {item, number_checksum(number, ""), ItemRow{}.checksum(number)}));
  if (emptied != 1) return damaged("items", item);
  return removed;
}

void subtract(Counters& counters, const Removed& removed) {
  counters.events -= removed.events;
  counters.event_texts -= removed.event_texts;
  counters.edges -= removed.edges;
}

}  // namespace

Result<std::size_t> Store::remove_events(std::string_view user, std::string_view item,
                                         std::string_view kind) {
  LIMN_TRY(const WriterTurn::Lease lease, state_->writer.take());
  Database& database = lease.database();
  LIMN_TRY(RowWriter writer, RowWriter::begin(database));
  LIMN_TRY(const std::int64_t user_number, find_user_number(database, user));
  LIMN_TRY(const std::int64_t item_number, find_item_number(database, item));
  LIMN_TRY(const std::int64_t kind_number,
           find_number(database, "SELECT number FROM kinds WHERE name = ?", kind));
  const bool nobody_has_it =
      user_number < 0 || (!item.empty() && item_number < 0) || (!kind.empty() && kind_number < 0);
  if (nobody_has_it) return std::size_t{0};

  Removed removed;
  LIMN_TRY(removed.event_texts,
           change(database,
                  "DELETE FROM event_texts WHERE user = ?1 AND event IN (SELECT id FROM events"
                  " WHERE user = ?1 AND item = ?2 AND (?3 = -1 OR kind = ?3))",
                  {user_number, item_number, kind_number}));
  LIMN_TRY(removed.events, change(database,
                                  "DELETE FROM events WHERE user = ?1 AND item = ?2"
                                  " AND (?3 = -1 OR kind = ?3)",
                                  {user_number, item_number, kind_number}));
  if (removed.events == 0) return std::size_t{0};
  subtract(writer.counters(), removed);
  LIMN_TRY(const WriteReport report, writer.commit());
  static_cast<void>(report);
  return static_cast<std::size_t>(removed.events);
}

Result<bool> Store::remove_item(std::string_view id) {
  LIMN_TRY(const WriterTurn::Lease lease, state_->writer.take());
  LIMN_TRY(RowWriter writer, RowWriter::begin(lease.database()));
  LIMN_TRY(const std::int64_t item, find_item_number(lease.database(), id));
  if (item < 0) return false;
  LIMN_TRY(const Removed removed, remove_item_rows(lease.database(), item));
  subtract(writer.counters(), removed);
  writer.counters().items -= 1;
  LIMN_TRY(const WriteReport report, writer.commit());
  static_cast<void>(report);
  return true;
}

Result<EraseReceipt> Store::erase_users(std::span<const std::string> ids) {
  EraseReceipt receipt;
  {
    LIMN_TRY(const WriterTurn::Lease lease, state_->writer.take());
    LIMN_TRY(RowWriter writer, RowWriter::begin(lease.database()));
    for (const std::string& id : ids) {
      LIMN_TRY(const std::int64_t user, find_user_number(lease.database(), id));
      if (user < 0) continue;
      LIMN_TRY(const RemovedLists lists, remove_lists(lease.database(), user));
      LIMN_TRY(const Removed removed, remove_user_rows(lease.database(), user));
      receipt.lists += static_cast<std::size_t>(lists.lists);
      receipt.scores += static_cast<std::size_t>(lists.scores);
      subtract(writer.counters(), removed);
      writer.counters().users -= 1;
      receipt.users += 1;
      receipt.events += static_cast<std::size_t>(removed.events);
      receipt.event_texts += static_cast<std::size_t>(removed.event_texts);
      receipt.edges += static_cast<std::size_t>(removed.edges);
    }
    LIMN_TRY(const WriteReport report, writer.commit());
    static_cast<void>(report);
  }
  LIMN_TRY(receipt.scrubbed, scrub());
  return receipt;
}

// secure_delete clears the place of a removed row, but not the copies that stayed behind when its
// page was split or joined: only a new file has none. The log is emptied last; it holds older
// pages.
Result<bool> Store::scrub() {
  LIMN_TRY(const WriterTurn::Lease lease, state_->writer.take());
  Database& database = lease.database();
  // The copy may be larger than memory.
  LIMN_TRY_VOID(database.execute("PRAGMA temp_store = FILE; VACUUM; PRAGMA temp_store = MEMORY"));
  LIMN_TRY(const std::int64_t busy, database.integer("PRAGMA wal_checkpoint(TRUNCATE)"));
  return busy == 0;
}

}  // namespace limn
