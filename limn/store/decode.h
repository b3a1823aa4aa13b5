// Rows as records: each checked against its checksum and its bounds. For this layer's sources only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "limn/core/result.h"
#include "limn/core/types.h"
#include "limn/store/records.h"
#include "limn/store/rows.h"
#include "limn/store/sqlite.h"
#include "limn/store/state.h"

namespace limn {

// Each reads the row's columns from 0 on, in the order said. Errors: corrupt.

// number, id, id_checksum. Empty where it was erased.
[[nodiscard]] Result<std::string> decode_id(const Query& row, std::string_view table);
// number, id, id_checksum, text, tags, attributes, created_at, checksum. An erased one has no id.
[[nodiscard]] Result<User> decode_user(const Query& row);
// number, id, id_checksum, title, text, categories, tags, attributes, created_at, hidden, media,
// checksum.
[[nodiscard]] Result<Item> decode_item(const Query& row);
// The same columns. Checks the row as a whole, and reads none of its lists.
[[nodiscard]] Result<ItemName> decode_item_name(const Query& row);
// user, time, item, kind, id, value, checksum.
[[nodiscard]] Result<EventRow> decode_event(const Query& row, const Counters& counters);
[[nodiscard]] Result<EventRow> decode_event(const ScanRow& row, const Counters& counters);
// from, to, kind, time, checksum.
[[nodiscard]] Result<EdgeRow> decode_edge(const Query& row, const Counters& counters);
// user, event, text, checksum.
[[nodiscard]] Result<EventText> decode_event_text(const Query& row, const Counters& counters);

// Errors: corrupt, when `table` has another number of rows than it must have.
[[nodiscard]] Result<void> check_count(std::string_view table, std::size_t rows,
                                       std::int64_t expected);

// All rows of a query, whose numbers (column 0) must be 0, 1, ... `count` - 1, each as `decode`
// makes it.
template <typename Decode>
auto read_numbered(Database& database, const char* sql, std::string_view table, std::int64_t count,
                   const Decode& decode)
    -> Result<std::vector<typename std::invoke_result_t<Decode, Query&>::value_type>> {
  std::vector<typename std::invoke_result_t<Decode, Query&>::value_type> rows;
  LIMN_TRY(Query row, database.query(sql));
  while (true) {
    LIMN_TRY(const bool found, row.next());
    if (!found) break;
    if (row.integer(0) != std::ssize(rows)) return damaged(table, row.integer(0));
    LIMN_TRY(auto record, decode(row));
    rows.push_back(std::move(record));
  }
  LIMN_TRY_VOID(check_count(table, rows.size(), count));
  return rows;
}

// The names of the kinds, by number.
[[nodiscard]] Result<std::vector<std::string>> read_kinds(const ReadSnapshot& now);

// The id of a number that a row holds, empty where it was erased. Errors: corrupt.
[[nodiscard]] Result<std::string> read_user_id(Database& database, UserIndex number);
[[nodiscard]] Result<std::string> read_item_id(Database& database, ItemIndex number);

}  // namespace limn
