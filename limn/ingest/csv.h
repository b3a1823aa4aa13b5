// CsvReader: rows of cells from the bytes of a table, well-formed or not.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace limn {

struct CsvDialect {
  char delimiter = ',';
  char newline = '\n';  // '\r' for files of old Macs; before '\n' a '\r' belongs to the line's end
  bool quotes = true;   // off: a quote is a character like any other
};

// Longer rows are a fault. A text of a person is some kilobytes long.
inline constexpr std::size_t max_row_bytes = 16 << 20;
// Cells beyond these are counted, not kept.
inline constexpr std::size_t max_columns = 10'000;

// Without a byte order mark, should there be one.
[[nodiscard]] std::string_view without_mark(std::string_view text);

// The dialect that the first line speaks: the delimiter it holds most often outside of quotes.
[[nodiscard]] CsvDialect detect_dialect(std::string_view text);

// Reads row by row; holds one row. RFC 4180, with what the field adds:
// - cells may be quoted or not, and spaces may stand around the quotes;
// - blank lines are passed over;
// - text after a closing quote, on the same line, makes all of it the cell (`"a" b` stays so);
// - a quote that never closes, or closes lines later in the middle of a cell, was no opening quote:
//   the row is a fault, and reading goes on with the line below it, so that no other row is lost.
class CsvReader {
 public:
  enum class Fault { none, open_quote, too_long };

  // `text` must outlive the reader.
  CsvReader(std::string_view text, CsvDialect dialect);

  // Goes to the next row. False at the end.
  bool next();

  // The row's cells, unquoted; valid until next(). Empty where there is a fault.
  [[nodiscard]] std::span<const std::string_view> cells() const { return cells_; }
  [[nodiscard]] std::size_t column_count() const { return column_count_; }
  // The physical line on which the row starts, from 1; for `open_quote` where the quote stands.
  [[nodiscard]] std::size_t line() const { return row_line_; }
  [[nodiscard]] Fault fault() const { return fault_; }
  // Some cell had text after its closing quote.
  [[nodiscard]] bool stray_quote() const { return stray_quote_; }

 private:
  // A cell that had to be copied because quotes inside it were doubled.
  struct Copied {
    std::size_t cell, offset, size;
  };

  void read_row();
  void read_plain_line(std::size_t end);
  void read_quoted_row();
  bool read_quoted_cell();
  void read_plain_cell();
  void read_malformed_cell(std::size_t start, std::size_t closed);
  void keep(std::string_view cell);
  void fail_open_quote(std::size_t line, std::size_t position);
  void fail_too_long();
  [[nodiscard]] std::size_t find(char wanted, std::size_t from) const;
  [[nodiscard]] bool at_end_of_cell() const;
  bool finish_cell();

  std::string_view text_;
  CsvDialect dialect_;
  std::size_t position_ = 0;
  std::size_t line_ = 1;

  std::vector<std::string_view> cells_;
  std::string copy_;
  std::vector<Copied> copied_;
  std::size_t column_count_ = 0;
  std::size_t row_start_ = 0;
  std::size_t row_line_ = 0;
  Fault fault_ = Fault::none;
  bool stray_quote_ = false;
};

}  // namespace limn
