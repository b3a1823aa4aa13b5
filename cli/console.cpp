#include "cli/console.h"

#include <algorithm>
#include <cctype>
#include <cstdint>

#include "limn/core/utf8.h"

namespace limn::cli {
namespace {

// What would steer a terminal or break a line.
bool is_unprintable(char32_t code) {
  return is_invisible(code) || code == 0x2028 || code == 0x2029;
}

// East Asian wide and full-width blocks, and emoji (Unicode Standard Annex 11).
bool is_wide(char32_t code) {
  return (code >= 0x1100 && code <= 0x115F) || (code >= 0x2E80 && code <= 0xA4CF) ||
         (code >= 0xAC00 && code <= 0xD7A3) || (code >= 0xF900 && code <= 0xFAFF) ||
         (code >= 0xFE30 && code <= 0xFE6F) || (code >= 0xFF00 && code <= 0xFF60) ||
         (code >= 0xFFE0 && code <= 0xFFE6) || (code >= 0x1F300 && code <= 0x1F9FF) ||
         (code >= 0x20000 && code <= 0x3FFFD);
}

std::size_t width_of(char32_t code) {
  return is_wide(code) ? 2 : 1;
}

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return std::isdigit(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("+-.,% ").find(c) != std::string_view::npos;
  });
}

}  // namespace

void say_json(const Json& json) {
  say("{}", to_text(json));
}

void note(std::string_view text) {
  fmt::print(stderr, "{}\n", text);
}

std::string printable(std::string_view text) {
  std::string shown;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint character = code_point_at(text, at);
    if (!character.valid)
      shown += '?';
    else if (is_unprintable(character.code))
      shown += ' ';
    else
      shown += text.substr(at, character.bytes);
    at += character.bytes;
  }
  return shown;
}

std::string printable_lines(std::string_view text) {
  std::string shown;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    if (begin > 0) shown += '\n';
    shown += printable(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return shown;
}

std::string joined(const std::vector<std::string>& parts, std::size_t most,
                   std::string_view separator) {
  std::string text;
  for (std::size_t i = 0; i < std::min(parts.size(), most); ++i) {
    if (i > 0) text += separator;
    text += printable(parts[i]);
  }
  return text;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint character = code_point_at(text, at);
    width += width_of(character.code);
    at += character.bytes;
  }
  return width;
}

std::string shortened(std::string_view text, std::size_t width) {
  std::string shown = printable(text);
  if (display_width(shown) <= width) return shown;
  std::size_t used = 0;
  std::size_t at = 0;
  while (at < shown.size()) {
    const CodePoint character = code_point_at(shown, at);
    if (used + width_of(character.code) + 3 > width) break;
    used += width_of(character.code);
    at += character.bytes;
  }
  return shown.substr(0, at) + "...";
}

std::string grouped(std::size_t number) {
  std::string digits = fmt::format("{}", number);
  for (std::size_t end = digits.size(); end > 3; end -= 3) digits.insert(end - 3, ",");
  return digits;
}

std::string duration(double seconds) {
  if (seconds < 0.0995) return fmt::format("{:.1f} ms", seconds * 1e3);
  return fmt::format("{:.2f} s", seconds);
}

void Table::print(std::size_t indent) const {
  std::vector<std::size_t> widths(rows_.front().size(), 0);
  std::vector<bool> right(widths.size(), true);
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    for (std::size_t c = 0; c < rows_[r].size(); ++c) {
      widths[c] = std::max(widths[c], display_width(rows_[r][c]));
      if (r > 0 && !rows_[r][c].empty() && !is_number(rows_[r][c])) right[c] = false;
    }
  }
  for (const auto& row : rows_) {
    std::string line(indent, ' ');
    for (std::size_t c = 0; c < row.size(); ++c) {
      const std::string padding(widths[c] - display_width(row[c]), ' ');
      if (c > 0) line += "  ";
      line += right[c] ? padding + row[c] : row[c] + padding;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    say("{}", line);
  }
}

}  // namespace limn::cli
