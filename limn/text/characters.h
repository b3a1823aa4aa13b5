// Characters: what a code point is, and whole texts in lower case or as valid UTF-8.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "limn/core/utf8.h"

namespace limn {

[[nodiscard]] inline bool is_ascii(char byte) {
  return static_cast<unsigned char>(byte) < 0x80;
}
[[nodiscard]] bool is_ascii(std::string_view text);

// Chinese characters, the rare ones too.
[[nodiscard]] bool is_han(char32_t code_point);

[[nodiscard]] bool is_letter_or_digit(char32_t code_point);

// Lower-cased, without regard to a language. What is not UTF-8 becomes U+FFFD.
[[nodiscard]] std::string to_lower(std::string_view text);

}  // namespace limn
