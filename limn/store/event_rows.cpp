// The part of RowWriter that writes events and their texts.
#include <cmath>
#include <string>

#include "limn/store/decode.h"
#include "limn/store/row_writer.h"

namespace limn {
namespace {

// One statement for many rows costs less than half as much a row; more than this adds little.
constexpr std::size_t block_size = 32;

const char* insert_block() {
  static const std::string sql = [] {
    std::string text = "INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?, ?, ?, ?)";
    for (std::size_t i = 1; i < block_size; ++i) text += ", (?, ?, ?, ?, ?, ?, ?)";
    return text;
  }();
  return sql.c_str();
}

// Parameters 0 to 3: the primary key.
void bind_key(Query& query, const EventRow& row, int first = 0) {
  query.bind(first, std::int64_t{row.user}).bind(first + 1, row.time);
  query.bind(first + 2, database_item(row.item)).bind(first + 3, std::int64_t{row.kind});
}

// Parameters `first` to `first` + 6: the whole row.
void bind_row(Query& query, const EventRow& row, int first = 0) {
  bind_key(query, row, first);
  query.bind(first + 4, row.id).bind(first + 5, double{row.value}).bind(first + 6, row.checksum());
}

}  // namespace

Result<EventRow> RowWriter::number_event(const Event& event) {
  LIMN_TRY_VOID(check_name(event.user, "event", "user"));
  LIMN_TRY_VOID(check_name(event.kind, "event", "kind"));
  if (!std::isfinite(event.value)) {
    return fail(ErrorCode::invalid_argument, "cannot write event: {} of {}: its value is {}",
                event.kind, event.user, event.value);
  }
  EventRow row;
  row.time = milliseconds(event.time);
  row.value = event.value + 0.0F;  // -0, which SQLite does not keep, becomes 0
  LIMN_TRY(const auto user, number_user(event.user));
  LIMN_TRY(const auto kind, number_kind(event.kind));
  row.user = user.number;
  row.kind = kind.number;
  if (!event.item.empty()) {
    LIMN_TRY(const auto item, number_item(event.item));
    row.item = item.number;
  }
  row.id = counters_.next_event++;
  return row;
}

Result<std::int64_t> RowWriter::write_event(const EventRow& row, std::string_view text) {
  LIMN_TRY(Query insert,
           database_->query("INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?, ?, ?, ?)"));
  bind_row(insert, row);
  LIMN_TRY_VOID(insert.run());
  if (database_->changes() == 0) return replace_event(row, text);
  return count_added(row, text);
}

Result<void> RowWriter::write_events(std::span<const NewEvent> events) {
  while (events.size() >= block_size) {
    LIMN_TRY_VOID(write_block(events.first(block_size)));
    events = events.subspan(block_size);
  }
  for (const NewEvent& event : events) {
    LIMN_TRY(const std::int64_t id, write_event(event.row, event.text));
    static_cast<void>(id);
  }
  return {};
}

Result<void> RowWriter::write_block(std::span<const NewEvent> block) {
  {
    LIMN_TRY(Query insert, database_->query(insert_block()));
    int parameter = 0;
    for (const NewEvent& event : block) {
      bind_row(insert, event.row, parameter);
      parameter += 7;
    }
    LIMN_TRY_VOID(insert.run());
  }
  const bool all_are_new = database_->changes() == std::ssize(block);
  for (const auto& [row, text] : block) {
    // Ids are given once: a row that is kept under another id was there before.
    bool is_new = all_are_new;
    if (!all_are_new) {
      LIMN_TRY(const EventRow kept, kept_event(row));
      is_new = kept.id == row.id;
    }
    LIMN_TRY(const std::int64_t id, is_new ? count_added(row, text) : replace_event(row, text));
    static_cast<void>(id);
  }
  return {};
}

Result<std::int64_t> RowWriter::count_added(const EventRow& row, std::string_view text) {
  counters_.events += 1;
  report_.events.added += 1;
  if (!text.empty()) LIMN_TRY_VOID(insert_event_text(row, text));
  return row.id;
}

// The row that has the key of `row`.
Result<EventRow> RowWriter::kept_event(const EventRow& row) {
  LIMN_TRY(Query find, database_->query("SELECT user, time, item, kind, id, value, checksum"
                                        " FROM events WHERE user = ? AND time = ? AND item = ?"
                                        " AND kind = ?"));
  bind_key(find, row);
  LIMN_TRY(const bool found, find.next());
  if (!found) return damaged("events", row.id);
  return decode_event(find, counters_);
}

// The key was there: the newer value and text replace the older ones, which keep their id.
Result<std::int64_t> RowWriter::replace_event(const EventRow& row, std::string_view text) {
  LIMN_TRY(EventRow kept, kept_event(row));
  const bool changed = kept.value != row.value;
  if (changed) {
    kept.value = row.value;
    LIMN_TRY(Query update,
             database_->query("UPDATE events SET value = ?5, checksum = ?6 WHERE user = ?1"
                              " AND time = ?2 AND item = ?3 AND kind = ?4"));
    bind_key(update, row);
    LIMN_TRY_VOID(update.bind(4, double{kept.value}).bind(5, kept.checksum()).run());
  }
  LIMN_TRY(const bool text_changed, replace_event_text(kept, text));
  if (changed || text_changed) {
    report_.events.updated += 1;
  } else {
    report_.events.duplicates += 1;
  }
  return kept.id;
}

Result<bool> RowWriter::replace_event_text(const EventRow& row, std::string_view text) {
  bool had_text = false;
  {
    LIMN_TRY(Query find,
             database_->query("SELECT text FROM event_texts WHERE user = ? AND event = ?"));
    find.bind(0, std::int64_t{row.user}).bind(1, row.id);
    LIMN_TRY(had_text, find.next());
    if (had_text ? find.text(0) == text : text.empty()) return false;
  }
  if (had_text) {
    LIMN_TRY(Query remove,
             database_->query("DELETE FROM event_texts WHERE user = ? AND event = ?"));
    LIMN_TRY_VOID(remove.bind(0, std::int64_t{row.user}).bind(1, row.id).run());
    counters_.event_texts -= 1;
  }
  if (!text.empty()) LIMN_TRY_VOID(insert_event_text(row, text));
  return true;
}

Result<void> RowWriter::insert_event_text(const EventRow& row, std::string_view text) {
  LIMN_TRY(Query insert, database_->query("INSERT INTO event_texts VALUES (?, ?, ?, ?)"));
  insert.bind(0, std::int64_t{row.user}).bind(1, row.id).bind(2, text);
  LIMN_TRY_VOID(insert.bind(3, text_checksum(row.user, row.id, text)).run());
  counters_.event_texts += 1;
  return {};
}

}  // namespace limn
