#include "limn/ingest/csv.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "limn/ingest/repair.h"

namespace limn {

std::string_view without_mark(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  return text;
}

CsvDialect detect_dialect(std::string_view text) {
  constexpr std::string_view delimiters = ",\t;|";
  std::array<std::size_t, delimiters.size()> counts{};
  CsvDialect dialect;
  bool quoted = false;
  text = text.substr(0, max_row_bytes);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    // A return that no newline follows ends a line of its own.
    const bool old_mac = c == '\r' && (i + 1 == text.size() || text[i + 1] != '\n');
    if (old_mac) dialect.newline = '\r';
    if (old_mac || c == '\n') break;
    if (const auto found = delimiters.find(c); found != delimiters.npos) ++counts[found];
  }
  const auto most = std::max_element(counts.begin(), counts.end());
  dialect.delimiter = delimiters[static_cast<std::size_t>(most - counts.begin())];
  return dialect;
}

CsvReader::CsvReader(std::string_view text, CsvDialect dialect) : text_(text), dialect_(dialect) {}

bool CsvReader::next() {
  while (position_ < text_.size()) {
    read_row();
    const bool blank = column_count_ == 1 && fault_ == Fault::none && trimmed(cells_[0]).empty();
    if (!blank) return true;
  }
  return false;
}

void CsvReader::read_row() {
  cells_.clear();
  copy_.clear();
  copied_.clear();
  column_count_ = 0;
  fault_ = Fault::none;
  stray_quote_ = false;
  row_start_ = position_;
  row_line_ = line_;

  const std::size_t end = find(dialect_.newline, position_);
  const bool plain =
      !dialect_.quotes || std::memchr(text_.data() + position_, '"', end - position_) == nullptr;
  if (plain) {
    read_plain_line(end);
  } else {
    read_quoted_row();
  }
  for (const Copied& copied : copied_) {
    cells_[copied.cell] = std::string_view(copy_).substr(copied.offset, copied.size);
  }
}

// The common row: no quote in it. Searching it twice, for its end and for a quote, is cheaper than
// looking at each byte with quotes in mind.
void CsvReader::read_plain_line(std::size_t end) {
  std::size_t stop = end;
  if (stop > position_ && dialect_.newline == '\n' && text_[stop - 1] == '\r') --stop;
  if (stop - position_ > max_row_bytes) {
    fault_ = Fault::too_long;
  } else {
    const char* cell = text_.data() + position_;
    const char* const last = text_.data() + stop;
    for (const char* c = cell; c != last; ++c) {
      if (*c != dialect_.delimiter) continue;
      keep({cell, static_cast<std::size_t>(c - cell)});
      cell = c + 1;
    }
    keep({cell, static_cast<std::size_t>(last - cell)});
  }
  position_ = std::min(end + 1, text_.size());
  ++line_;
}

void CsvReader::read_quoted_row() {
  bool more = true;
  while (more && fault_ == Fault::none) {
    std::size_t quote = position_;
    while (quote < text_.size() && text_[quote] == ' ') ++quote;
    if (quote < text_.size() && text_[quote] == '"') {
      position_ = quote;
      if (!read_quoted_cell()) return;
    } else {
      read_plain_cell();
    }
    more = finish_cell();
  }
  if (position_ - row_start_ > max_row_bytes) fail_too_long();
}

void CsvReader::read_plain_cell() {
  const std::size_t start = position_;
  while (!at_end_of_cell()) ++position_;
  std::size_t stop = position_;
  const bool ends_line = stop == text_.size() || text_[stop] == dialect_.newline;
  if (ends_line && stop > start && dialect_.newline == '\n' && text_[stop - 1] == '\r') --stop;
  keep(text_.substr(start, stop - start));
}

// Starts on the opening quote. False when it turns out not to be one.
bool CsvReader::read_quoted_cell() {
  const std::size_t opened = position_;
  const std::size_t opened_line = line_;
  const std::size_t offset = copy_.size();
  std::size_t piece = opened + 1;
  std::size_t quote = find('"', piece);
  while (quote + 1 < text_.size() && text_[quote + 1] == '"') {
    // The copy stops growing in a row that will be refused for its length.
    if (quote - row_start_ <= max_row_bytes) copy_.append(text_, piece, quote + 1 - piece);
    piece = quote + 2;
    quote = find('"', piece);
  }
  if (quote >= text_.size()) {
    fail_open_quote(opened_line, opened);
    return false;
  }
  position_ = quote + 1;
  while (position_ < text_.size() && (text_[position_] == ' ' || text_[position_] == '\r') &&
         !at_end_of_cell()) {
    ++position_;
  }
  const std::string_view raw = text_.substr(opened, quote - opened);
  const auto newlines = std::count(raw.begin(), raw.end(), dialect_.newline);
  if (!at_end_of_cell()) {
    if (newlines > 0) {
      fail_open_quote(opened_line, opened);
      return false;
    }
    read_malformed_cell(opened, quote);
    return true;
  }
  line_ += static_cast<std::size_t>(newlines);
  if (piece == opened + 1) {
    keep(text_.substr(piece, quote - piece));
    return true;
  }
  if (quote - row_start_ <= max_row_bytes) copy_.append(text_, piece, quote - piece);
  if (cells_.size() < max_columns) {
    copied_.push_back({cells_.size(), offset, copy_.size() - offset});
  }
  keep({});
  return true;
}

// `"a "b" c"` is a "b" c, and `"a" b` is what it is: writers that do not double their quotes.
void CsvReader::read_malformed_cell(std::size_t start, std::size_t closed) {
  stray_quote_ = true;
  position_ = closed;
  while (!at_end_of_cell()) ++position_;
  std::string_view raw = text_.substr(start, position_ - start);
  while (raw.ends_with('\r') || raw.ends_with(' ')) raw.remove_suffix(1);
  if (raw.size() >= 2 && raw.ends_with('"')) raw = raw.substr(1, raw.size() - 2);
  keep(raw);
}

bool CsvReader::at_end_of_cell() const {
  return position_ >= text_.size() || text_[position_] == dialect_.delimiter ||
         text_[position_] == dialect_.newline;
}

// Steps over the delimiter or the line's end. True when another cell follows.
bool CsvReader::finish_cell() {
  if (position_ >= text_.size()) return false;
  const bool more = text_[position_] == dialect_.delimiter;
  ++position_;
  if (!more) ++line_;
  return more;
}

void CsvReader::keep(std::string_view cell) {
  ++column_count_;
  if (cells_.size() < max_columns) cells_.push_back(cell);
}

void CsvReader::fail_open_quote(std::size_t line, std::size_t position) {
  fault_ = Fault::open_quote;
  cells_.clear();
  copied_.clear();
  row_line_ = line;
  position_ = std::min(find(dialect_.newline, position) + 1, text_.size());
  line_ = line + 1;
}

void CsvReader::fail_too_long() {
  fault_ = Fault::too_long;
  cells_.clear();
  copied_.clear();
}

std::size_t CsvReader::find(char wanted, std::size_t from) const {
  if (from >= text_.size()) return text_.size();
  const void* const found = std::memchr(text_.data() + from, wanted, text_.size() - from);
  if (found == nullptr) return text_.size();
  return static_cast<std::size_t>(static_cast<const char*>(found) - text_.data());
}

}  // namespace limn
