// Each byte is compared with the borders of its class, sixteen at a time (SSE2, which every x86-64
// has); the answers become one bit a byte, and what follows is arithmetic on 64 of them: a word
// begins where a byte of a word does not follow one, so no branch waits for a word's length.
#include "limn/nn/ascii_words.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include <emmintrin.h>

#include "limn/core/check.h"

namespace limn {
namespace {

constexpr std::size_t block_bytes = 64;

struct Marks {
  std::uint64_t punctuation = 0;
  std::uint64_t space = 0;
  std::uint64_t other = 0;  // neither of them, and no letter or digit either
};

__m128i all(char value) {
  return _mm_set1_epi8(value);
}

// Where x is from `low` to `high`: a difference below 0 is a large number without a sign.
__m128i between(__m128i x, char low, char high) {
  const __m128i above = _mm_sub_epi8(x, all(low));
  return _mm_cmpeq_epi8(_mm_min_epu8(above, all(static_cast<char>(high - low))), above);
}

std::uint64_t bits(__m128i answers) {
  return static_cast<std::uint32_t>(_mm_movemask_epi8(answers));
}

Marks marks_of(const char* block) {
  constexpr char lower_bit = 0x20;
  Marks marks;
  for (int part = 0; part < 4; ++part) {
    const __m128i x = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block) + part);
    const __m128i letter = between(_mm_or_si128(x, all(lower_bit)), 'a', 'z');
    const __m128i word = _mm_or_si128(letter, between(x, '0', '9'));
    const __m128i shown = between(x, '!', '~');
    const __m128i space =
        _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(x, all(' ')), _mm_cmpeq_epi8(x, all('\r'))),
                     between(x, '\t', '\n'));
    const int shift = 16 * part;
    marks.punctuation |= bits(_mm_andnot_si128(word, shown)) << shift;
    marks.space |= bits(space) << shift;
    marks.other |= (bits(_mm_or_si128(shown, space)) ^ 0xFFFF) << shift;
  }
  return marks;
}

// White space or punctuation.
bool divides(char c) {
  const bool alphanumeric =
      ('0' <= c && c <= '9') || ('A' <= c && c <= 'Z') || ('a' <= c && c <= 'z');
  return c == '\t' || c == '\n' || c == '\r' || (' ' <= c && c <= '~' && !alphanumeric);
}

// Writes the place of each bit, counted from `begin`.
std::size_t put_places(std::uint64_t bits, std::size_t begin, std::uint16_t* places) {
  const auto count = static_cast<std::size_t>(std::popcount(bits));
  for (std::size_t i = 0; i < count; ++i) {
    places[i] =
        static_cast<std::uint16_t>(begin + static_cast<std::size_t>(std::countr_zero(bits)));
    bits &= bits - 1;
  }
  return count;
}

}  // namespace

std::size_t AsciiWords::window(std::string_view text, std::size_t most) {
  LIMN_CHECK(most <= most_bytes);
  if (text.size() <= most) return text.size();
  std::size_t end = most;
  while (end > 0 && !divides(text[end - 1])) --end;
  return end;
}

std::size_t AsciiWords::next_divider(std::string_view text, std::size_t from) {
  while (from < text.size() && !divides(text[from])) ++from;
  return from;
}

// Returns the number of blocks; after the last one there is one without a word.
std::size_t AsciiWords::mark(std::string_view window) {
  std::size_t block = 0;
  std::uint64_t any = 0;
  for (; block * block_bytes < window.size(); ++block) {
    const std::string_view rest = window.substr(block * block_bytes);
    Marks marks;
    if (rest.size() >= block_bytes) {
      marks = marks_of(rest.data());
    } else {
      char padded[block_bytes];
      std::memset(padded, ' ', sizeof(padded));
      std::memcpy(padded, rest.data(), rest.size());
      marks = marks_of(padded);
    }
    words_[block] = ~(marks.punctuation | marks.space);
    punctuation_[block] = marks.punctuation;
    other_[block] = marks.other;
    any |= marks.other;
  }
  words_[block] = 0;
  any_other_ = any != 0;
  return block;
}

void AsciiWords::find(std::string_view window) {
  LIMN_CHECK(window.size() <= most_bytes);
  const std::size_t count = mark(window);
  std::size_t begun = 0;
  std::size_t ended = 0;
  std::uint64_t before = 0;  // whether the last byte of the block before is of a word
  for (std::size_t block = 0; block < count; ++block) {
    const std::uint64_t word = words_[block];
    const std::uint64_t after = words_[block + 1] << 63;
    const std::uint64_t first = word & ~(word << 1 | before);
    const std::uint64_t last = word & ~(word >> 1 | after);
    begun += put_places(first | punctuation_[block], block * block_bytes, &begins_[begun]);
    ended += put_places(last | punctuation_[block], block * block_bytes + 1, &ends_[ended]);
    before = word >> 63;
  }
  count_ = begun;
}

bool AsciiWords::has_other(std::size_t begin, std::size_t end) const {
  for (std::size_t i = begin; i < end;) {
    const std::size_t in_block = i % block_bytes;
    const std::size_t length = std::min(end - i, block_bytes - in_block);
    const std::uint64_t wanted = ~std::uint64_t{0} >> (block_bytes - length);
    if ((other_[i / block_bytes] >> in_block & wanted) != 0) return true;
    i += length;
  }
  return false;
}

}  // namespace limn
