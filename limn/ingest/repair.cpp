#include "limn/ingest/repair.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "limn/core/utf8.h"

namespace limn {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

bool is_plain(unsigned char c) {
  return (c >= 0x20 && c < 0x7F) || c == '\n' || c == '\t' || c == '\r';
}

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return is_plain(static_cast<unsigned char>(c)); });
}

bool is_control(std::uint32_t code) {
  if (code < 0x20) return code != '\n' && code != '\t' && code != '\r';
  return code >= 0x7F && code < 0xA0;
}

// Marks that embed, override or isolate a direction: an id with them shows as another one.
bool is_direction_mark(std::uint32_t code) {
  return (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

bool means_nothing(std::string_view id) {
  constexpr std::array<std::string_view, 6> words{"null", "NULL", "nan", "NaN", "None", "\\N"};
  return id.empty() || std::find(words.begin(), words.end(), id) != words.end();
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

RepairedText repair_text(std::string_view text) {
  RepairedText repaired;
  if (is_plain(text)) {
    repaired.text = text;
    return repaired;
  }
  repaired.text.reserve(text.size());
  while (!text.empty()) {
    const CodePoint next = code_point_at(text, 0);
    if (!next.valid) {
      repaired.text += replacement;
      repaired.invalid_utf8 = true;
    } else if (is_control(next.code)) {
      repaired.control_characters = true;
    } else {
      repaired.text.append(text.substr(0, next.bytes));
    }
    text.remove_prefix(next.bytes);
  }
  return repaired;
}

std::string repair_utf8(std::string_view text) {
  std::string repaired;
  repaired.reserve(text.size());
  while (!text.empty()) {
    const CodePoint next = code_point_at(text, 0);
    repaired.append(next.valid ? text.substr(0, next.bytes) : replacement);
    text.remove_prefix(next.bytes);
  }
  return repaired;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const CodePoint next = code_point_at(text, 0);
    if (!next.valid) return false;
    text.remove_prefix(next.bytes);
  }
  return true;
}

std::string latin1_to_utf8(std::string_view text) {
  std::string converted;
  converted.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      converted += c;
    } else {
      converted += static_cast<char>(0xC0 | byte >> 6);
      converted += static_cast<char>(0x80 | (byte & 0x3F));
    }
  }
  return converted;
}

bool has_markup(std::string_view text) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const std::size_t last_closing = text.rfind('>');
  for (std::size_t i = text.find_first_of("<&"); i != text.npos; i = text.find_first_of("<&", i)) {
    const char opening = text[i];
    const std::size_t after = ++i;
    if (after >= text.size()) return false;
    const char next = text[after];
    if (opening == '<') {
      const bool named = is_letter(next) || next == '/' || next == '!';
      if (named && last_closing != text.npos && last_closing > after) return true;
    } else if (is_letter(next) || next == '#') {
      // The longest name of a character in HTML, without its semicolon, has 31 letters.
      const std::size_t end = text.substr(after, 32).find_first_not_of(
          "#abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
      if (end != text.npos && text[after + end] == ';') return true;
    }
  }
  return false;
}

std::optional<std::string_view> fault_of_id(std::string_view id) {
  if (means_nothing(id)) return "is missing";
  if (id.size() > max_id_bytes) return "is longer than 256 bytes";
  const bool plain = std::all_of(id.begin(), id.end(), [](char c) { return c >= ' ' && c < 0x7F; });
  if (plain) return std::nullopt;
  while (!id.empty()) {
    const CodePoint next = code_point_at(id, 0);
    if (!next.valid) return "is not valid UTF-8";
    if (next.code < 0x20 || is_control(next.code)) return "holds a control character";
    if (is_direction_mark(next.code)) return "holds a mark that changes the direction of text";
    id.remove_prefix(next.bytes);
  }
  return std::nullopt;
}

}  // namespace limn
