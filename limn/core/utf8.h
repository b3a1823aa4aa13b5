// UTF-8, one code point at a time, from any bytes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace limn {

inline constexpr char32_t replacement_character = 0xFFFD;  // stands for bytes that are not UTF-8

struct CodePoint {
  char32_t code = replacement_character;
  std::size_t bytes = 1;  // that it takes in the text
  bool valid = false;     // else the bytes are a maximal part that is not UTF-8
};

// The code point that starts at `at`. Overlong forms, surrogates and cut-off sequences are not
// valid, and take as many bytes as the Unicode standard advises (3.9, "maximal subpart"). Requires
// at < text.size().
[[nodiscard]] CodePoint code_point_at(std::string_view text, std::size_t at);

// The code at `position`, which moves past it. Requires position < text.size().
[[nodiscard]] inline char32_t next_code_point(std::string_view text, std::size_t& position) {
  const CodePoint point = code_point_at(text, position);
  position += point.bytes;
  return point.code;
}

// Appends a code point; nothing for what is none (surrogates, above U+10FFFF).
void append_code_point(std::string& text, char32_t code);

// The bytes as UTF-8: each maximal part that is not becomes `replacement`. ("" takes it out.)
[[nodiscard]] std::string to_valid_utf8(std::string_view bytes, std::string_view replacement);

// Control characters, direction marks and the other code points that show nothing but can change
// what is shown: none of them belongs into a line that people read. Line and paragraph separators
// (U+2028, U+2029) are not among them.
[[nodiscard]] bool is_invisible(char32_t code);

// Whether a code point starts, or the text ends, at `at`.
[[nodiscard]] bool is_boundary(std::string_view text, std::size_t at);

}  // namespace limn
