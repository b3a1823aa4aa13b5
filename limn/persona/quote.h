// Quoting what users wrote: text is data, and nothing in it may pose as part of ours.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "limn/text/span.h"

namespace limn {

// `text` fit to stand between quotation marks: control, bidirectional and invisible characters and
// broken UTF-8 are dropped, runs of space become one, double quotation marks become single ones.
[[nodiscard]] std::string quotable(std::string_view text);

// The same for the name of an item or a topic: at most some 90 bytes, the rest an ellipsis.
[[nodiscard]] std::string quotable_name(std::string_view text);

// Bytes `span` of `text` fit to stand between quotation marks; with `mask`, a placeholder for each
// piece of personal data, told from the whole text.
[[nodiscard]] std::string quotation(std::string_view text, Span span, bool mask);

// The sentence of `text` that best carries an opinion of this sign, as it stands in `text`; nothing
// when none does (text/opinion.h). `sign` is 1 for praise, -1 for complaint, 0 for either.
// Sentences that hold an address or a long number are passed over. Works for English and Chinese;
// O(text).
[[nodiscard]] std::optional<Span> opinion_sentence(std::string_view text, int sign,
                                                   std::size_t max_bytes);

// Whether bytes `span` of `text` may be quoted: no address, long number or markup in it, and no
// character cut.
[[nodiscard]] bool is_quotable(std::string_view text, Span span);

// The first sentence of `text` that fits and holds no address or long number.
[[nodiscard]] std::optional<Span> first_sentence(std::string_view text, std::size_t max_bytes);

}  // namespace limn
