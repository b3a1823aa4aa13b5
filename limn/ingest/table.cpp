#include "limn/ingest/table.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "limn/ingest/repair.h"

namespace limn {
namespace {

// Gives each column its meaning. A second column of the same meaning keeps its cells as an
// attribute where the record has attributes.
std::vector<Column> columns_of(const std::vector<std::string>& header, RecordKind kind,
                               Intake& intake) {
  const bool has_attributes = kind == RecordKind::users || kind == RecordKind::items;
  std::vector<Column> columns;
  std::set<Field> fields;
  std::set<std::string> names;
  for (std::size_t i = 0; i < header.size(); ++i) {
    Column column{header[i], field_of(header[i], kind)};
    if (column.name.empty()) column.name = fmt::format("column {}", i + 1);
    if (!names.insert(column.name).second) {
      intake.note(fmt::format("{}: the header names \"{}\" twice", intake.file(), column.name));
      column.name = fmt::format("{} ({})", column.name, i + 1);
      names.insert(column.name);
      column.field = has_attributes ? Field::attribute : Field::ignored;
    }
    const bool once = column.field < Field::attribute;
    if (once && !fields.insert(column.field).second) {
      column.field = has_attributes ? Field::attribute : Field::ignored;
    }
    if (column.field == Field::ignored) {
      intake.note(fmt::format("{}: the column \"{}\" has no place in {} and was passed over",
                              intake.file(), column.name,
                              kind == RecordKind::edges ? "an edge" : "an event"));
    }
    columns.push_back(std::move(column));
  }
  return columns;
}

bool has_field(const std::vector<Column>& columns, Field field) {
  return std::any_of(columns.begin(), columns.end(),
                     [&](const Column& column) { return column.field == field; });
}

Result<void> check_columns(const std::vector<Column>& columns, RecordKind kind,
                           const std::string& file) {
  std::vector<Field> needed;
  switch (kind) {
    case RecordKind::users: needed = {Field::user}; break;
    case RecordKind::items: needed = {Field::item}; break;
    case RecordKind::edges: needed = {Field::from, Field::to}; break;
    default: needed = {Field::user}; break;
  }
  const bool complete = std::all_of(needed.begin(), needed.end(),
                                    [&](Field field) { return has_field(columns, field); });
  if (complete) return {};
  std::vector<std::string> names;
  for (const Column& column : columns) {
    if (names.size() < 20) names.push_back(repair_text(column.name).text);
  }
  return fail(ErrorCode::invalid_argument,
              "cannot import: {}: the columns {} hold no id for {} (name them user_id, item_id, "
              "from, to; or say --kind)",
              file, fmt::join(names, ", "), name_of(kind));
}

bool holds_free_text(Field field) {
  return field == Field::text || field == Field::title || field == Field::headline ||
         field == Field::free_tag;
}

class TableReader {
 public:
  TableReader(Intake& intake, const Table& table, FileContext& context)
      : intake_(intake), table_(table), context_(context) {}

  Result<void> read();

 private:
  bool fill(const CsvReader& reader);
  bool fit(const CsvReader& reader);
  void set(const Column& column, std::string_view cell);
  void add_year();
  void add_links();
  std::string_view converted(std::string_view cell);

  Intake& intake_;
  const Table& table_;
  FileContext& context_;
  std::vector<Column> columns_;
  Row row_;
  std::string long_cell_;               // the last text of a row that has too many cells
  std::vector<std::string> converted_;  // from Latin-1; one a column
  std::size_t converted_count_ = 0;
  std::vector<std::pair<std::string, std::string>> links_;
};

Result<void> TableReader::read() {
  CsvReader reader(table_.text, table_.dialect);
  columns_ = table_.columns;
  if (columns_.empty()) {
    if (!reader.next()) return {};
    if (reader.column_count() > max_columns) {
      return fail(ErrorCode::invalid_argument, "cannot import: {}: {} columns (at most {})",
                  intake_.file(), reader.column_count(), max_columns);
    }
    columns_ = columns_of(header_of(table_.text, table_.dialect, table_.typed_header), table_.kind,
                          intake_);
  }
  LIMN_TRY_VOID(check_columns(columns_, table_.kind, intake_.file()));
  if (table_.kind == RecordKind::events && !has_field(columns_, Field::time) &&
      !has_field(columns_, Field::year)) {
    intake_.note(fmt::format("{}: no column for the time; it is filled from the order of the rows",
                             intake_.file()));
  }
  converted_.resize(table_.latin1 ? columns_.size() : 0);
  while (reader.next()) {
    if (fill(reader)) add_row(intake_, row_, table_.kind, context_);
    LIMN_TRY_VOID(intake_.flush_if_full());
  }
  return {};
}

// False when it refused the row.
bool TableReader::fill(const CsvReader& reader) {
  if (reader.fault() == CsvReader::Fault::open_quote) {
    intake_.refuse(table_.kind, reader.line(), "",
                   fmt::format("a quote opens on line {} and is not closed", reader.line()));
    return false;
  }
  if (reader.fault() == CsvReader::Fault::too_long) {
    intake_.refuse(table_.kind, reader.line(), "",
                   fmt::format("the row is longer than {} MiB", max_row_bytes >> 20));
    return false;
  }
  row_.clear();
  row_.line = reader.line();
  converted_count_ = 0;
  if (reader.stray_quote()) intake_.mark(Repair::stray_quote);
  const auto cells = reader.cells();
  const std::size_t count = std::min(cells.size(), columns_.size());
  for (std::size_t i = 0; i < count; ++i) set(columns_[i], cells[i]);
  if (reader.column_count() != columns_.size() && !fit(reader)) return false;
  if (table_.year_in_title) add_year();
  if (table_.links != nullptr) add_links();
  return true;
}

// A row of another length than the header. False when it refused the row.
bool TableReader::fit(const CsvReader& reader) {
  const auto cells = reader.cells();
  if (cells.size() < columns_.size()) {
    intake_.mark(Repair::missing_columns);
    return true;
  }
  const auto extra = cells.subspan(columns_.size());
  const bool all_empty = reader.column_count() == cells.size() &&
                         std::all_of(extra.begin(), extra.end(),
                                     [](std::string_view cell) { return trimmed(cell).empty(); });
  if (all_empty) {
    intake_.mark(Repair::extra_columns);
    return true;
  }
  // A text at the end that was not quoted has been cut at its delimiters. Elsewhere nobody can tell
  // which cell was cut.
  if (holds_free_text(columns_.back().field) && reader.column_count() == cells.size()) {
    intake_.mark(Repair::extra_columns);
    long_cell_ = fmt::format("{}", fmt::join(cells.subspan(columns_.size() - 1),
                                             std::string(1, table_.dialect.delimiter)));
    set(columns_.back(), long_cell_);
    return true;
  }
  intake_.refuse(
      table_.kind, reader.line(), "",
      fmt::format("the row has {} cells, the header {}", reader.column_count(), columns_.size()));
  return false;
}

void TableReader::set(const Column& column, std::string_view cell) {
  if (column.field == Field::ignored) return;
  if (table_.latin1) cell = converted(cell);
  if (column.field < Field::category_flag) {
    row_.set(column.field, column.name, cell);
  } else if (column.field == Field::attribute) {
    row_.attributes.emplace_back(column.name, cell);
  } else if (trimmed(cell) == "1") {
    row_.categories.push_back(column.name);
  }
}

std::string_view TableReader::converted(std::string_view cell) {
  if (is_utf8(cell) || converted_count_ == converted_.size()) return cell;
  intake_.mark(Repair::latin1);
  return converted_[converted_count_++] = latin1_to_utf8(cell);
}

void TableReader::add_year() {
  const std::string_view title = trimmed(row_.at(Field::title));
  if (title.size() < 6 || title.back() != ')' || title[title.size() - 6] != '(') return;
  const std::string_view year = title.substr(title.size() - 5, 4);
  const bool digits =
      std::all_of(year.begin(), year.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (digits) row_.attributes.emplace_back("year", year);
}

void TableReader::add_links() {
  const auto found = table_.links->find(trimmed(row_.at(Field::item)));
  if (found == table_.links->end()) return;
  links_ = std::move(found->second);
  table_.links->erase(found);
  for (const auto& [name, value] : links_) row_.attributes.emplace_back(name, value);
}

}  // namespace

std::vector<std::string> header_of(std::string_view text, const CsvDialect& dialect, bool typed) {
  CsvReader reader(text, dialect);
  std::vector<std::string> header;
  if (!reader.next()) return header;
  for (const std::string_view cell : reader.cells()) {
    std::string name = repair_text(trimmed(cell)).text;
    if (typed) name = name.substr(0, name.find(':'));
    header.push_back(std::move(name));
  }
  return header;
}

Result<void> read_table(Intake& intake, const Table& table, FileContext& context) {
  return TableReader(intake, table, context).read();
}

}  // namespace limn
