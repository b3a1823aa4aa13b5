// Console: what people read. Answers go to stdout, progress and messages to stderr.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "limn/core/json.h"

namespace limn::cli {

// Writes one line to stdout.
template <typename... Args>
void say(fmt::format_string<Args...> format, Args&&... args) {
  fmt::print(format, std::forward<Args>(args)...);
  std::fputc('\n', stdout);
}

// Writes one JSON document to stdout, on lines of their own.
void say_json(const Json& json);

// Writes one line to stderr.
void note(std::string_view text);

// Text that cannot steer a terminal: control, bidirectional and invisible characters become spaces,
// broken UTF-8 "?".
[[nodiscard]] std::string printable(std::string_view text);

// The same of each line: what limn writes in paragraphs keeps them.
[[nodiscard]] std::string printable_lines(std::string_view text);

// The first `most` of `parts`, printable, with `separator` between them: "; " for titles and
// topics, which have commas of their own.
[[nodiscard]] std::string joined(const std::vector<std::string>& parts, std::size_t most,
                                 std::string_view separator = ", ");

// Columns that a terminal gives to the text; Chinese characters take two.
[[nodiscard]] std::size_t display_width(std::string_view text);

// printable(), cut to `width` columns with "..." where it is longer.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t width);

// "1,234,567"
[[nodiscard]] std::string grouped(std::size_t number);

// "0.32 s", "4.1 ms"
[[nodiscard]] std::string duration(double seconds);

// Rows under a header, columns as wide as they need; numbers are set flush right.
class Table {
 public:
  explicit Table(std::vector<std::string> header) : rows_{std::move(header)} {}
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  // To stdout, each line after `indent` spaces.
  void print(std::size_t indent = 2) const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace limn::cli
