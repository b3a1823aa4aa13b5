// UTF-8, as far as quoting needs it.
#pragma once

#include <cstdint>
#include <string_view>

namespace limn {

// One character of a text.
struct Utf8Char {
  char32_t code = 0;      // U+FFFD for a byte that is no character
  std::size_t bytes = 1;  // how many it takes
  bool valid = true;
};

// The character that starts at `at`; overlong forms, surrogates and cut-off ones are not valid and
// take one byte. Requires at < text.size().
[[nodiscard]] inline Utf8Char utf8_char(std::string_view text, std::size_t at) {
  constexpr Utf8Char broken{0xFFFD, 1, false};
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return {first, 1, true};
  const std::size_t bytes = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || at + bytes > text.size()) return broken;
  char32_t code = first & (0x7FU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return broken;
    code = (code << 6U) | (byte(i) & 0x3FU);
  }
  constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  if (code < least[bytes] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return broken;
  return {code, bytes, true};
}

// Whether a character starts (or the text ends) at `at`.
[[nodiscard]] inline bool utf8_boundary(std::string_view text, std::size_t at) {
  if (at >= text.size()) return at == text.size();
  return (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U;
}

}  // namespace limn
