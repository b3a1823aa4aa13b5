// Span: a piece of a text, in UTF-8 bytes.
#pragma once

#include <cstddef>
#include <string_view>

namespace limn {

struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;  // one past the last byte

  friend bool operator==(const Span&, const Span&) = default;
};

// The bytes of `text` that `span` marks. Requires begin <= end <= text.size().
[[nodiscard]] inline std::string_view piece(std::string_view text, Span span) {
  return text.substr(span.begin, span.end - span.begin);
}

}  // namespace limn
