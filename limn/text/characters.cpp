#include "limn/text/characters.h"

#include <algorithm>
#include <memory>

#include <unicode/bytestream.h>
#include <unicode/casemap.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "limn/core/check.h"

namespace limn {

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char byte) { return is_ascii(byte); });
}

bool is_han(char32_t code_point) {
  return (code_point >= 0x4E00 && code_point <= 0x9FFF) ||
         (code_point >= 0x3400 && code_point <= 0x4DBF) || code_point == 0x3007 ||
         (code_point >= 0xF900 && code_point <= 0xFAFF) ||
         (code_point >= 0x20000 && code_point <= 0x323AF);
}

bool is_letter_or_digit(char32_t code_point) {
  return u_isalnum(static_cast<UChar32>(code_point)) != 0;
}

std::string to_lower(std::string_view text) {
  std::string lower(text);
  if (is_ascii(text)) {
    for (char& byte : lower) {
      if (byte >= 'A' && byte <= 'Z') byte = static_cast<char>(byte - 'A' + 'a');
    }
    return lower;
  }
  lower.clear();
  icu::StringByteSink<std::string> sink(&lower);
  UErrorCode status = U_ZERO_ERROR;
  icu::CaseMap::utf8ToLower("", 0, {text.data(), static_cast<std::int32_t>(text.size())}, sink,
                            nullptr, status);
  LIMN_CHECK(U_SUCCESS(status));
  return lower;
}

}  // namespace limn
