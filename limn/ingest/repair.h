// Texts and ids as they come from outside: what is wrong with them, and what they become.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace limn {

inline constexpr std::size_t max_id_bytes = 256;
// A review longer than this is kept whole and flagged.
inline constexpr std::size_t long_text_bytes = 32 << 10;

// Without the spaces, tabs and line ends around it.
[[nodiscard]] std::string_view trimmed(std::string_view text);

struct RepairedText {
  std::string text;
  bool invalid_utf8 = false;        // each maximal bad sequence became U+FFFD
  bool control_characters = false;  // C0 without tab and line ends, DEL and C1 were taken out
};

// O(size); a text of plain ASCII is only copied.
[[nodiscard]] RepairedText repair_text(std::string_view text);

// Each maximal bad sequence becomes U+FFFD, as the Unicode Standard (section 3.9) advises.
[[nodiscard]] std::string repair_utf8(std::string_view text);
[[nodiscard]] bool is_utf8(std::string_view text);

// Bytes read as Latin-1, in UTF-8.
[[nodiscard]] std::string latin1_to_utf8(std::string_view text);

// Whether something in it looks like a tag or a character reference.
[[nodiscard]] bool has_markup(std::string_view text);

// Why a trimmed id cannot be one: it is empty or a word for nothing ("null", "nan"), too long, not
// UTF-8, or holds control characters or marks that change the direction of text. Ids are not
// repaired: two of them could become one.
[[nodiscard]] std::optional<std::string_view> fault_of_id(std::string_view id);

}  // namespace limn
