// The part of RowWriter that writes events and their texts.
#include <cmath>

#include "limn/store/decode.h"
#include "limn/store/row_writer.h"

namespace limn {
namespace {

// Parameters 0 to 3: the primary key.
void bind_key(Query& query, const EventRow& row) {
  query.bind(0, std::int64_t{row.user}).bind(1, row.time).bind(2, database_item(row.item));
  query.bind(3, std::int64_t{row.kind});
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
  bind_key(insert, row);
  insert.bind(4, row.id).bind(5, double{row.value}).bind(6, row.checksum());
  LIMN_TRY_VOID(insert.run());
  if (database_->changes() == 0) return replace_event(row, text);
  counters_.events += 1;
  report_.events.added += 1;
  if (!text.empty()) LIMN_TRY_VOID(insert_event_text(row, text));
  return row.id;
}

// The key was there: the newer value and text replace the older ones, which keep their id.
Result<std::int64_t> RowWriter::replace_event(const EventRow& row, std::string_view text) {
  EventRow kept = row;
  bool changed = false;
  {
    LIMN_TRY(Query find, database_->query("SELECT user, time, item, kind, id, value, checksum"
                                          " FROM events WHERE user = ? AND time = ? AND item = ?"
                                          " AND kind = ?"));
    bind_key(find, row);
    LIMN_TRY(const bool found, find.next());
    if (!found) return damaged("events", row.id);
    LIMN_TRY(kept, decode_event(find, counters_));
    changed = kept.value != row.value;
  }
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
