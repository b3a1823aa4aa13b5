// Personal data: where a text names a person, or says how to reach, find, charge or pose as one.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "limn/text/span.h"

namespace limn {

enum class PersonalDataType : std::uint8_t {
  email,
  phone,       // of any country; Chinese mobiles and landlines without their code too
  card,        // 13 to 19 digits of a card issuer, with Luhn's check digit
  iban,        // ISO 13616: length of the country, 97 as modulus
  id,          // Chinese identity number with its check digit; US social security number
  ip,          // IPv4, IPv6
  credential,  // logins in addresses, keys and tokens by their form, passwords by what stands
               // before
  address,     // street and number, English and Chinese; post boxes
  name,        // where a rule can tell: "my name is", "Mr.", "regards,", and their Chinese like
  account,     // QQ and WeChat, by what stands before
};

struct PersonalData {
  PersonalDataType type = PersonalDataType::email;
  Span span;

  friend bool operator==(const PersonalData&, const PersonalData&) = default;
};

// "email", "phone" ...: what stands between brackets where the value stood.
[[nodiscard]] std::string_view personal_data_name(PersonalDataType type);

// Whose text it is: what a shop says of its items names authors, players and places on purpose, so
// names and addresses are only looked for in what users wrote.
enum class WrittenBy { users, shop };

// Personal data in `text`, in order, without overlaps; spans are bytes of `text` itself.
//
// It is looked for as a reader would see it: full-width and other compatible forms as plain ones
// (NFKC), without invisible characters, with numeric HTML references read. Takes any bytes; O(n),
// some 4 MB/s. May be called from several threads.
[[nodiscard]] std::vector<PersonalData> find_personal_data(std::string_view text,
                                                           WrittenBy by = WrittenBy::users);

// `text` with "[email]", "[phone]" ... for each of `found`, which are in order.
[[nodiscard]] std::string mask(std::string_view text, std::span<const PersonalData> found);

// `text` with a space for each of `found`: what topics and encoders may read. A placeholder would
// be a word to them, and "phone" is a topic in many a shop.
[[nodiscard]] std::string blanked(std::string_view text, std::span<const PersonalData> found);

// Both in one: what a reader may see of `text`.
[[nodiscard]] std::string masked(std::string_view text, WrittenBy by = WrittenBy::users);

// The bytes `part` of `text`, masked: what only begins or ends in the part goes too. `found` is of
// the whole text.
[[nodiscard]] std::string mask_part(std::string_view text, Span part,
                                    std::span<const PersonalData> found);

}  // namespace limn
