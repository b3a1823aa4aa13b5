// Quoting what users wrote: text is data, and nothing in it may pose as part of ours.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace limn {

// `text` fit to stand between quotation marks: control, bidirectional and invisible characters and
// broken UTF-8 are dropped, runs of space become one, double quotation marks become single ones.
[[nodiscard]] std::string quotable(std::string_view text);

// The same for the name of an item or a topic: at most some 90 bytes, the rest an ellipsis.
[[nodiscard]] std::string quotable_name(std::string_view text);

// Bytes [begin, end) of a text.
struct TextSpan {
  std::size_t begin = 0;
  std::size_t end = 0;

  friend bool operator==(const TextSpan&, const TextSpan&) = default;
};

// The sentence of `text` that best carries an opinion of this sign, as it stands in `text`; nothing
// when none does. `sign` is 1 for praise, -1 for complaint, 0 for either. Sentences that hold an
// address or a long number are passed over. Works for English and Chinese; O(text).
[[nodiscard]] std::optional<TextSpan> opinion_sentence(std::string_view text, int sign,
                                                       std::size_t max_bytes);

// The first sentence of `text` that fits and holds no address or long number.
[[nodiscard]] std::optional<TextSpan> first_sentence(std::string_view text, std::size_t max_bytes);

}  // namespace limn
