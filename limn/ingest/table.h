// read_table: the rows of a CSV, TSV or RecBole file to records.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "limn/core/result.h"
#include "limn/ingest/csv.h"
#include "limn/ingest/intake.h"
#include "limn/ingest/row.h"

namespace limn {

struct Column {
  std::string name;
  Field field = Field::ignored;
};

// What other files of the set say of an item: MovieLens keeps its addresses elsewhere in links.csv.
using ItemLinks =
    std::map<std::string, std::vector<std::pair<std::string, std::string>>, std::less<>>;

struct Table {
  std::string_view text;  // without a byte order mark
  CsvDialect dialect;
  RecordKind kind = RecordKind::automatic;
  std::vector<Column> columns;  // of a file without a header; else empty
  bool typed_header = false;    // "user_id:token": the type is cut off
  bool latin1 = false;          // where the text is not UTF-8
  bool year_in_title = false;   // "Heat (1995)" gives the attribute year
  ItemLinks* links = nullptr;   // what is used is taken out
};

// The cells of the first row, without their types where they are typed.
[[nodiscard]] std::vector<std::string> header_of(std::string_view text, const CsvDialect& dialect,
                                                 bool typed);

// Errors: invalid_argument where the columns hold no id for the kind; interrupted; the sink's.
[[nodiscard]] Result<void> read_table(Intake& intake, const Table& table, FileContext& context);

}  // namespace limn
