// Fields: what a column or key of a file means for each kind of record.
//
// Names are compared in lower case, without '_', '-', '.', '/' and spaces: "User ID", user_id and
// UserId are one. The names that are known stand in fields.cpp and in docs/formats.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "limn/ingest/read.h"

namespace limn {

enum class Field : std::uint8_t {
  user,
  item,
  kind,
  rating,  // a value whose presence makes the event a `rate`
  value,
  label,     // 0 or 1: shown, clicked
  free_tag,  // a word the user gave the item
  text,
  headline,  // of a review; stands before its text
  time,
  title,
  categories,
  tags,
  media,
  hidden,
  from,
  to,
  tag_id,  // a number that another file gives a word
  day,     // a time in three columns
  month,
  year,
  category_flag,  // 1 where the item is of the column's category
  attribute,      // kept under the column's own name
  ignored,        // has no place in the record
};
inline constexpr std::size_t field_count = static_cast<std::size_t>(Field::attribute);

// What `name` means in a record of `kind`, which is not automatic. A bare "id" is the record's own.
[[nodiscard]] Field field_of(std::string_view name, RecordKind kind);

// Lower case, without the characters that names differ by.
[[nodiscard]] std::string normalized_name(std::string_view name);

// What a file's name says of its rows.
struct NameHint {
  RecordKind kind = RecordKind::automatic;
  std::string event_kind;  // of events without a column for it: "review", "view", ... or empty
  std::string edge_kind = "follow";
};
[[nodiscard]] NameHint hint_of(const std::filesystem::path& path);

// What rows with these columns or keys are; automatic where they hold no id.
[[nodiscard]] RecordKind kind_of(std::span<const std::string_view> names, const NameHint& hint);

// The word of limn for a kind of event, where another is in use ("addtocart", "transaction"); else
// `kind` in lower case.
[[nodiscard]] std::string event_kind(std::string_view kind);

}  // namespace limn
