// UTF-8, one code point at a time, from any bytes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace limn {

constexpr char32_t replacement_character = 0xFFFD;  // stands for bytes that are not UTF-8

// The code point at `position`, which moves past it; U+FFFD for bytes that are not UTF-8. Requires
// position < text.size().
[[nodiscard]] char32_t next_code_point(std::string_view text, std::size_t& position);

// Appends a code point; nothing for what is none (surrogates, above U+10FFFF).
void append_code_point(std::string& text, char32_t code_point);

[[nodiscard]] inline bool is_ascii(char byte) {
  return static_cast<unsigned char>(byte) < 0x80;
}
[[nodiscard]] bool is_ascii(std::string_view text);

// Chinese characters, the rare ones too.
[[nodiscard]] bool is_han(char32_t code_point);

[[nodiscard]] bool is_letter_or_digit(char32_t code_point);

// Lower-cased, without regard to a language. What is not UTF-8 becomes U+FFFD.
[[nodiscard]] std::string to_lower(std::string_view text);

// The bytes as UTF-8: each maximal part that is not becomes `replacement`. ("" takes it out.)
[[nodiscard]] std::string to_valid_utf8(std::string_view bytes, std::string_view replacement);

}  // namespace limn
