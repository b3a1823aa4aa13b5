// The rules that find personal data, a function a family, on text that is folded already: plain
// ASCII where there is a plain form, nothing invisible. Answers may overlap; earlier families win.
#pragma once

#include <string_view>
#include <vector>

#include "limn/text/personal_data.h"

namespace limn::personal {

using Found = std::vector<PersonalData>;

// Logins in addresses, keys by their form, passwords by their cue.
[[nodiscard]] Found find_credentials(std::string_view text);
[[nodiscard]] Found find_emails(std::string_view text);
// Cards, IBANs, identity numbers, IP addresses, telephones, accounts.
[[nodiscard]] Found find_numbers(std::string_view text);
[[nodiscard]] Found find_ips(std::string_view text);
[[nodiscard]] Found find_phones(std::string_view text);
[[nodiscard]] Found find_addresses(std::string_view text);
[[nodiscard]] Found find_names(std::string_view text);

[[nodiscard]] inline bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
[[nodiscard]] inline bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
[[nodiscard]] inline bool is_letter(char c) {
  return is_upper(c) || (c >= 'a' && c <= 'z');
}
[[nodiscard]] inline bool is_alphanumeric(char c) {
  return is_digit(c) || is_letter(c);
}
[[nodiscard]] inline char lower(char c) {
  return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
}
// The byte at `i`, 0 beyond the end.
[[nodiscard]] inline char byte_at(std::string_view text, std::size_t i) {
  return i < text.size() ? text[i] : '\0';
}
// Whether `text` goes on at `i` with `word`, which is in lower case; ASCII case does not matter.
[[nodiscard]] bool goes_on_with(std::string_view text, std::size_t i, std::string_view word);
// The end of the white space that begins at `i`, no further than `most` bytes.
[[nodiscard]] std::size_t skip_spaces(std::string_view text, std::size_t i, std::size_t most = 3);

// Luhn's check digit (ISO/IEC 7812-1). `digits` are digits.
[[nodiscard]] bool has_luhn_digit(std::string_view digits);
// The remainder by 97 of ISO 7064 that IBANs are checked with; `iban` holds letters and digits.
[[nodiscard]] bool has_iban_digits(std::string_view iban);
// The check digit of GB 11643, with a date and a region that can be.
[[nodiscard]] bool is_chinese_id(std::string_view id);

}  // namespace limn::personal
