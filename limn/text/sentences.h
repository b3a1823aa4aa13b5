// Sentences: where each one of a text stands.
#pragma once

#include <string_view>
#include <vector>

#include "limn/text/span.h"

namespace limn {

// The sentences of `text`, in order, without the white space around them; a new line ends one.
// Takes any bytes. O(n). May be called from several threads.
[[nodiscard]] std::vector<Span> sentences(std::string_view text);

}  // namespace limn
