// ICU's own transliterator reads rules for every character; they are read once, into a table.
#include "limn/text/chinese.h"

#include <array>
#include <cstdint>
#include <memory>

#include <unicode/translit.h>
#include <unicode/unistr.h>

#include "limn/text/characters.h"

namespace limn {
namespace {

// The blocks of common characters: extension A to the end of the unified ideographs. All of them
// take three bytes; the rare ones beyond have no simplified form that ICU knows.
constexpr char16_t first_character = 0x3400;
constexpr char16_t last_character = 0x9FFF;
constexpr std::size_t characters = last_character - first_character + 1;

using Table = std::array<char16_t, characters>;

// What each character becomes; itself where it is simplified already. Without ICU's rules (a build
// may leave them out) every one is itself.
std::unique_ptr<const Table> make_table() {
  auto table = std::make_unique<Table>();
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<icu::Transliterator> rules(
      icu::Transliterator::createInstance("Hant-Hans", UTRANS_FORWARD, status));
  for (std::size_t i = 0; i < characters; ++i) {
    const auto character = static_cast<char16_t>(first_character + i);
    icu::UnicodeString simplified(character);
    if (U_SUCCESS(status) && rules) rules->transliterate(simplified);
    const bool fits = simplified.length() == 1 && simplified[0] >= first_character &&
                      simplified[0] <= last_character;
    (*table)[i] = fits ? simplified[0] : character;
  }
  // A few characters have a form that has one itself: all the way, so that both match.
  const Table once = *table;
  for (char16_t& form : *table) form = once[form - first_character];
  return table;
}

const Table& simplified_forms() {
  static const std::unique_ptr<const Table> table = make_table();
  return *table;
}

// Lead bytes of U+3000 to U+9FFF in UTF-8.
bool may_lead(char byte) {
  return static_cast<unsigned char>(byte) >= 0xE3 && static_cast<unsigned char>(byte) <= 0xE9;
}

bool continues(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

}  // namespace

std::string to_simplified(std::string_view text) {
  std::string result(text);
  if (is_ascii(text)) return result;
  const Table& table = simplified_forms();
  for (std::size_t i = 0; i + 2 < text.size(); ++i) {
    if (!may_lead(text[i]) || !continues(text[i + 1]) || !continues(text[i + 2])) continue;
    const auto bits = [&](std::size_t at, unsigned mask) {
      return static_cast<unsigned char>(text[at]) & mask;
    };
    const unsigned code = bits(i, 0x0F) << 12 | bits(i + 1, 0x3F) << 6 | bits(i + 2, 0x3F);
    if (code < first_character || code > last_character) continue;
    const unsigned simplified = table[code - first_character];
    if (simplified != code) {
      result[i] = static_cast<char>(0xE0 | simplified >> 12);
      result[i + 1] = static_cast<char>(0x80 | (simplified >> 6 & 0x3F));
      result[i + 2] = static_cast<char>(0x80 | (simplified & 0x3F));
    }
    i += 2;
  }
  return result;
}

}  // namespace limn
