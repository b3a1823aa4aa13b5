// Code points as BERT's text normalization sees them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace limn {

// What a code point is, one bit each.
enum CodePointClass : std::uint8_t {
  is_control = 1,      // dropped when text is cleaned: categories C* but line ends, and U+FFFD
  is_space = 2,        // separates words
  is_punctuation = 4,  // is a word of its own
  is_mark = 8,         // an accent that does not take space (Mn)
  is_ideograph = 16,   // of the CJK blocks
  has_lower = 32,      // lower_case answers another one
  has_decomposition = 64,
  is_combining = 128,  // combining_class is not 0
};

// The classes of a code point. Requires c <= 0x10FFFF. All functions here follow the versions of
// Unicode that Hugging Face's `tokenizers` follows, so that token ids are equal.
[[nodiscard]] std::uint8_t classes_of(char32_t c);

// Where it stands among the accents of one letter; 0 for what is not an accent.
[[nodiscard]] std::uint8_t combining_class(char32_t c);

// Its lower case; U+0130, whose lower case is two code points, answers the first, U+0069.
[[nodiscard]] char32_t lower_case(char32_t c);

// The full canonical decomposition, in at most four code points; not reordered.
struct CodePoints {
  char32_t values[4] = {};
  std::size_t size = 0;
};
[[nodiscard]] CodePoints decompose(char32_t c);

}  // namespace limn
