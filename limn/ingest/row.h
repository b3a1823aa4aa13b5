// Row: the cells of one record by their meaning, whatever file they come from; and its way to a
// record. Cleaning, refusing and flagging happen here and nowhere else, but for the `limn` format.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "limn/ingest/fields.h"
#include "limn/ingest/intake.h"

namespace limn {

struct Row {
  std::size_t line = 0;
  std::array<std::string_view, field_count> values;       // data() is null where there is none
  std::array<std::string_view, field_count> names;        // as the file calls them; for refusals
  std::vector<std::string_view> categories, tags, media;  // beside the cells of those fields
  std::vector<std::pair<std::string_view, std::string_view>> attributes;  // name, value

  [[nodiscard]] bool has(Field field) const { return at(field).data() != nullptr; }
  [[nodiscard]] std::string_view at(Field field) const {
    return values[static_cast<std::size_t>(field)];
  }
  void set(Field field, std::string_view name, std::string_view value) {
    // An empty cell is there, and empty.
    values[static_cast<std::size_t>(field)] = value.data() == nullptr ? "" : value;
    names[static_cast<std::size_t>(field)] = name;
  }
  void clear() {
    values.fill({});
    categories.clear();
    tags.clear();
    media.clear();
    attributes.clear();
  }
};

// What one file says of all its rows, and what is remembered from row to row.
struct FileContext {
  NameHint hint;
  char list_separator = 0;  // of categories, tags and media; 0: | or ; or , whichever a cell holds
  bool numbered_kinds = false;  // a number in the column of kinds says nothing (retailrocket)
  // The words of numbered tags; of no use where it is null.
  const std::map<std::string, std::string, std::less<>>* tag_words = nullptr;

  Time last_time{};  // of the row before
  bool any_time = false;
  std::map<std::string, std::string, std::less<>> kinds;  // as written -> as limn calls them
};

// Makes a record of `kind`, which is not automatic, and takes or refuses it.
void add_row(Intake& intake, const Row& row, RecordKind kind, FileContext& context);

}  // namespace limn
