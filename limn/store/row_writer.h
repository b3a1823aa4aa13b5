// RowWriter: one write transaction, in which records become rows. For this layer's sources only.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "limn/core/result.h"
#include "limn/store/numbered_names.h"
#include "limn/store/records.h"
#include "limn/store/rows.h"
#include "limn/store/sqlite.h"

namespace limn {

// An event that number_event() made a row of; its text lives elsewhere.
struct NewEvent {
  EventRow row;
  std::string_view text;
};

// Rolled back unless committed. One thread at a time.
class RowWriter {
 public:
  // Waits up to five seconds for another process's transaction. Errors: unavailable, corrupt.
  [[nodiscard]] static Result<RowWriter> begin(Database& database);

  [[nodiscard]] Result<void> write_users(std::span<const User> users);
  [[nodiscard]] Result<void> write_items(std::span<const Item> items);
  [[nodiscard]] Result<void> write_edges(std::span<const Edge> edges);

  // The number of a user, who is made bare where nobody described them.
  [[nodiscard]] Result<NumberedNames::Numbered> number_user(std::string_view id);

  // An event as a row, its names numbered, with the next id. Errors: invalid_argument.
  [[nodiscard]] Result<EventRow> number_event(const Event& event);
  // Writes one; returns the id it is kept under, an older one where the key was there.
  [[nodiscard]] Result<std::int64_t> write_event(const EventRow& row, std::string_view text);
  // Writes many: three times as fast, when they are in the order of key_less().
  [[nodiscard]] Result<void> write_events(std::span<const NewEvent> events);

  [[nodiscard]] Result<WriteReport> commit();

  [[nodiscard]] Database& database() { return *database_; }
  [[nodiscard]] Counters& counters() { return counters_; }

 private:
  RowWriter(Database& database, Transaction transaction, const Counters& counters);

  [[nodiscard]] Result<NumberedNames::Numbered> number_item(std::string_view id);
  [[nodiscard]] Result<NumberedNames::Numbered> number_kind(std::string_view name);
  [[nodiscard]] Result<void> write_block(std::span<const NewEvent> block);
  [[nodiscard]] Result<std::int64_t> count_added(const EventRow& row, std::string_view text);
  [[nodiscard]] Result<EventRow> kept_event(const EventRow& row);
  [[nodiscard]] Result<std::int64_t> replace_event(const EventRow& row, std::string_view text);
  // Returns whether another text, or none, was there.
  [[nodiscard]] Result<bool> replace_event_text(const EventRow& row, std::string_view text);
  [[nodiscard]] Result<void> insert_event_text(const EventRow& row, std::string_view text);

  Database* database_;
  Transaction transaction_;
  Counters counters_;
  WriteReport report_;
  NumberedNames users_;
  NumberedNames items_;
  NumberedNames kinds_;
};

}  // namespace limn
