// A grapheme of fewer than six bytes is looked up as a whole first, and the shortest key that it
// begins with stands for all of it: so an accent after a ligature is lost. SentencePiece does the
// like, models were trained with it, and other ids would be worse than this.
//
// Only what can be a grapheme of several characters in five bytes is joined here: CR and LF, and a
// character with what extends it or stands before it. Hangul, flags, joined emoji and the joined
// consonants of India are longer, and are looked up character by character either way, but for an
// accent of two bytes right after such a join: here it makes a grapheme with the last character.
#include "limn/nn/charsmap.h"

#include <array>
#include <cstddef>

#include "limn/core/utf8.h"
#include "limn/nn/character_classes.h"

namespace limn {
namespace {

constexpr std::size_t long_grapheme = 6;  // bytes; from here on only its characters are looked up

// The parts of a unit, as Darts-clone packs them.
bool has_leaf(std::uint32_t unit) {
  return (unit >> 8 & 1) != 0;
}
std::uint32_t label_of(std::uint32_t unit) {
  return unit & (1U << 31 | 0xFF);
}
std::uint32_t value_of(std::uint32_t unit) {
  return unit & ~(1U << 31);
}
std::uint32_t offset_of(std::uint32_t unit) {
  return unit >> 10 << ((unit & 1U << 9) >> 6);
}

std::uint32_t unit_at(std::string_view bytes, std::size_t at) {
  std::uint32_t unit = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    unit |= static_cast<std::uint32_t>(static_cast<std::uint8_t>(bytes[at + i])) << (8 * i);
  }
  return unit;
}

// The bytes of the grapheme that starts at `at`.
std::size_t grapheme_bytes(std::string_view text, std::size_t at) {
  std::size_t position = at;
  char32_t before = next_code_point(text, position);
  while (position < text.size()) {
    std::size_t next = position;
    const char32_t c = next_code_point(text, next);
    if (!joins(before, c)) break;
    before = c;
    position = next;
  }
  return position - at;
}

}  // namespace

Result<Charsmap> Charsmap::make(std::string_view bytes) {
  const auto bad = [] {
    return fail(ErrorCode::corrupt, "cannot make tokenizer: precompiled_charsmap is not valid");
  };
  if (bytes.size() < 4) return bad();
  const std::size_t size = unit_at(bytes, 0);
  if (size % 4 != 0 || size == 0 || size > bytes.size() - 4) return bad();
  Charsmap map;
  map.units_.reserve(size / 4);
  for (std::size_t at = 4; at < 4 + size; at += 4) map.units_.push_back(unit_at(bytes, at));
  map.texts_ = bytes.substr(4 + size);
  return map;
}

std::optional<std::string_view> Charsmap::find(std::string_view text) const {
  std::size_t node = offset_of(units_[0]);
  for (const char byte : text) {
    const auto c = static_cast<std::uint8_t>(byte);
    if (c == 0) return std::nullopt;
    node ^= c;
    if (node >= units_.size() || label_of(units_[node]) != c) return std::nullopt;
    const bool leaf = has_leaf(units_[node]);
    node ^= offset_of(units_[node]);
    if (!leaf) continue;
    if (node >= units_.size() || value_of(units_[node]) >= texts_.size()) return std::nullopt;
    const std::string_view rest = std::string_view(texts_).substr(value_of(units_[node]));
    return rest.substr(0, rest.find('\0'));
  }
  return std::nullopt;
}

std::string Charsmap::apply(std::string_view text) const {
  std::string mapped;
  mapped.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view grapheme = text.substr(at, grapheme_bytes(text, at));
    at += grapheme.size();
    if (grapheme.size() < long_grapheme) {
      if (const auto found = find(grapheme)) {
        mapped += *found;
        continue;
      }
    }
    for (std::size_t begin = 0; begin < grapheme.size();) {
      const std::string_view one = grapheme.substr(begin, code_point_at(grapheme, begin).bytes);
      mapped += find(one).value_or(one);
      begin += one.size();
    }
  }
  return mapped;
}

std::optional<std::string> from_base64(std::string_view text) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  while (text.ends_with('=')) text.remove_suffix(1);
  if (text.size() % 4 == 1) return std::nullopt;
  std::array<std::int8_t, 256> values;
  values.fill(-1);
  for (std::size_t i = 0; i < digits.size(); ++i) {
    values[static_cast<std::uint8_t>(digits[i])] = static_cast<std::int8_t>(i);
  }
  std::string bytes;
  bytes.reserve(text.size() * 3 / 4);
  std::uint32_t window = 0;
  int bits = 0;
  for (const char c : text) {
    const std::int8_t value = values[static_cast<std::uint8_t>(c)];
    if (value < 0) return std::nullopt;
    window = (window << 6 | static_cast<std::uint32_t>(value)) & 0xFFFFFF;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(window >> bits & 0xFF);
  }
  return bytes;
}

}  // namespace limn
