#include "limn/nn/character_classes.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace limn {
namespace {

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};

#include "limn/nn/character_classes.inc"

template <typename Ranges>
bool among(const Ranges& ranges, char32_t c) {
  const auto after =
      std::upper_bound(std::begin(ranges), std::end(ranges), c,
                       [](char32_t value, const Range& range) { return value < range.first; });
  return after != std::begin(ranges) && c <= std::prev(after)->last;
}

}  // namespace

bool is_letter(char32_t c) {
  if (c < 0x80) return (U'a' <= c && c <= U'z') || (U'A' <= c && c <= U'Z');
  return among(letters, c);
}

bool is_number(char32_t c) {
  if (c < 0x80) return U'0' <= c && c <= U'9';
  return among(numbers, c);
}

bool is_white_space(char32_t c) {
  if (c < 0x80) return c == U' ' || (U'\t' <= c && c <= U'\r');
  return among(white_spaces, c);
}

bool joins(char32_t before, char32_t c) {
  if (before == U'\r' && c == U'\n') return true;
  // No control extends or is extended, and ASCII is not in the tables.
  if (c >= 0x80 && among(extenders, c)) return !among(grapheme_controls, before);
  return before >= 0x80 && among(prefixes, before) && !among(grapheme_controls, c);
}

}  // namespace limn
