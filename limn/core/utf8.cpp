#include "limn/core/utf8.h"

#include <cstdint>

namespace limn {

CodePoint code_point_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[at + i]); };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  if (lead < 0xC2 || lead > 0xF4) return {};

  const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  // The second byte's range keeps out overlong forms, surrogates and what lies above U+10FFFF.
  std::uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  std::uint8_t high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  char32_t code = lead & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if (at + i == text.size() || byte(i) < low || byte(i) > high) {
      return {replacement_character, i, false};
    }
    code = (code << 6) | (byte(i) & 0x3FU);
    low = 0x80;
    high = 0xBF;
  }
  return {code, length, true};
}

std::string to_valid_utf8(std::string_view bytes, std::string_view replacement) {
  std::string valid;
  valid.reserve(bytes.size());
  for (std::size_t position = 0; position < bytes.size();) {
    const std::size_t begin = position;
    if (next_code_point(bytes, position) == replacement_character) {
      valid += replacement;
    } else {
      valid += bytes.substr(begin, position - begin);
    }
  }
  return valid;
}

void append_code_point(std::string& text, char32_t code) {
  const auto put = [&](char32_t byte) { text += static_cast<char>(byte); };
  const auto put_tail = [&](int shift) { put(0x80 | ((code >> shift) & 0x3F)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | (code >> 6));
    put_tail(0);
  } else if (code < 0x10000) {
    if (code >= 0xD800 && code <= 0xDFFF) return;
    put(0xE0 | (code >> 12));
    put_tail(6);
    put_tail(0);
  } else if (code <= 0x10FFFF) {
    put(0xF0 | (code >> 18));
    put_tail(12);
    put_tail(6);
    put_tail(0);
  }
}

bool is_invisible(char32_t code) {
  return code < 0x20 || (code >= 0x7F && code <= 0x9F) || code == 0xAD || code == 0x61C ||
         code == 0x180E || (code >= 0x200B && code <= 0x200F) ||
         (code >= 0x202A && code <= 0x202E) || (code >= 0x2060 && code <= 0x206F) ||
         (code >= 0xFFF9 && code <= 0xFFFB) || code == 0xFEFF ||
         (code >= 0xE0000 && code <= 0xE0FFF);
}

bool is_boundary(std::string_view text, std::size_t at) {
  if (at >= text.size()) return at == text.size();
  return (static_cast<std::uint8_t>(text[at]) & 0xC0) != 0x80;
}

}  // namespace limn
