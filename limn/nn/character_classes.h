// What Unicode says of characters, where tokenizers other than BERT's ask: letters and numbers for
// the words of GPT-2, white space, and what makes one grapheme.
#pragma once

namespace limn {

// Categories L* and N*, in the version of Unicode that Hugging Face's `tokenizers` follows.
[[nodiscard]] bool is_letter(char32_t c);
[[nodiscard]] bool is_number(char32_t c);

// Of the property White_Space.
[[nodiscard]] bool is_white_space(char32_t c);

// Whether the second of two characters goes on with the grapheme of the first: CR and LF, what
// extends a character, and what stands before one. Not told of Hangul, flags and joined emoji.
[[nodiscard]] bool joins(char32_t before, char32_t c);

}  // namespace limn
