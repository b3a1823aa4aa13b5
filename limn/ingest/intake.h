// Intake: counts what is read, holds one batch, and hands it on.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <set>
#include <string>
#include <string_view>

#include "limn/core/result.h"
#include "limn/ingest/read.h"

namespace limn {

// What was changed in a record that was taken. Each name is counted once a record.
enum class Repair : std::uint8_t {
  invalid_utf8,        // bad bytes became U+FFFD
  control_characters,  // taken out of a text
  missing_time,        // filled from the order of the rows
  unreadable_time,     // the same, for an event; an item or user keeps it as an attribute
  impossible_value,    // not a number, not finite or outside the range: dropped
  decimal_comma,       // 4,5 read as 4.5
  missing_kind,        // an empty cell in the column of kinds
  missing_columns,     // a short row: the cells at its end are taken as empty
  extra_columns,       // a long row: empty cells dropped, or the last text put together again
  stray_quote,         // text after a closing quote
  latin1,              // a file known to be Latin-1
};
inline constexpr std::size_t repair_count = 11;

// What is worth a look in a record that was taken as it is.
enum class Flag : std::uint8_t {
  markup,        // tags or character references in a text
  missing_text,  // a place for a text, and nothing in it
  long_text,     // more than 32 KiB
  future_time,   // after ReadOptions::latest_time
  anonymous,     // a question without a user, a vote without a voter: no event
  unknown_tag,   // the number of a tag that no file gives a word
};
inline constexpr std::size_t flag_count = 6;

[[nodiscard]] std::string_view name_of(Repair repair);
[[nodiscard]] std::string_view name_of(Flag flag);

class Intake {
 public:
  // Both must outlive it.
  Intake(const ReadOptions& options, const BatchSink& sink);

  [[nodiscard]] const ReadOptions& options() const { return options_; }

  void start_file(std::string name) { file_ = std::move(name); }
  [[nodiscard]] const std::string& file() const { return file_; }

  // Of the record being made; forgotten when it is taken or refused.
  void mark(Repair repair) { repairs_ |= 1u << static_cast<unsigned>(repair); }
  void mark(Flag flag) { flags_ |= 1u << static_cast<unsigned>(flag); }

  void take(User&& user);
  void take(Item&& item);
  void take(Event&& event);
  void take(Edge&& edge);

  // Counts a record of `kind`, which may be automatic where it is not known.
  void refuse(RecordKind kind, std::size_t line, std::string_view field, std::string reason);
  // Counts a flag where no record is made.
  void count(Flag flag);
  // Said once, however often it is noted.
  void note(std::string text);

  // Hands the batch on when it is full: to be called after each row.
  [[nodiscard]] Result<void> flush_if_full() {
    if (batch_.size() < options_.batch_size) return {};
    return flush();
  }
  // Hands on what is left.
  [[nodiscard]] Result<ImportReport> finish();

 private:
  [[nodiscard]] Result<void> flush();
  void settle(RecordCounts& counts);
  RecordCounts* counts_of(RecordKind kind);
  void write_refusal(const Refusal& refusal);

  const ReadOptions& options_;
  const BatchSink& sink_;
  std::string file_;
  Batch batch_;
  ImportReport report_;
  std::uint32_t repairs_ = 0;
  std::uint32_t flags_ = 0;
  std::array<std::size_t, repair_count> repair_counts_{};
  std::array<std::size_t, flag_count> flag_counts_{};
  std::set<std::string> noted_;
  std::ofstream refusals_;
};

}  // namespace limn
