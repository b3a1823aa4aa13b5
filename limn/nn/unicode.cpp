// The tables are ranges and mappings, looked up through one byte of classes for each code point:
// the text that needs a mapping is rare, and the byte tells.
#include "limn/nn/unicode.h"

#include <algorithm>
#include <iterator>
#include <vector>

namespace limn {
namespace {

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};

struct CombiningRange {
  std::uint32_t first;
  std::uint32_t last;
  std::uint8_t combining_class;
};

// Every `step`-th code point from `first` to `last`; their lower cases begin at `lower`.
struct LowerRun {
  std::uint32_t first;
  std::uint32_t last;
  std::uint32_t step;
  std::uint32_t lower;
};

struct Decomposition {
  std::uint32_t whole;
  std::uint32_t base;  // may have a decomposition itself
  std::uint32_t accent;
};

struct Singleton {
  std::uint32_t whole;
  std::uint32_t other;
};

#include "limn/nn/unicode_classes.inc"
#include "limn/nn/unicode_mappings.inc"

constexpr char32_t long_lower = 0x130;  // I with a dot above: i and a combining dot
constexpr std::uint32_t code_points = 0x110000;

// Hangul syllables are composed by arithmetic: The Unicode Standard, section 3.12.
constexpr char32_t syllable_first = 0xAC00;
constexpr char32_t syllable_last = 0xD7A3;
constexpr char32_t leading_first = 0x1100;
constexpr char32_t vowel_first = 0x1161;
constexpr char32_t trailing_before_first = 0x11A7;
constexpr char32_t vowels = 21;
constexpr char32_t trailings = 28;

std::vector<std::uint8_t> make_classes() {
  std::vector<std::uint8_t> classes(code_points, 0);
  const auto add = [&](const auto& ranges, std::uint8_t flag) {
    for (const auto& range : ranges) {
      for (std::uint32_t c = range.first; c <= range.last; ++c) classes[c] |= flag;
    }
  };
  add(controls, is_control);
  add(spaces, is_space);
  add(punctuation, is_punctuation);
  add(marks, is_mark);
  add(ideographs, is_ideograph);
  add(combining_ranges, is_combining);
  for (const LowerRun& run : lower_runs) {
    for (std::uint32_t c = run.first; c <= run.last; c += run.step) classes[c] |= has_lower;
  }
  classes[long_lower] |= has_lower;
  for (const Decomposition& pair : pairs) classes[pair.whole] |= has_decomposition;
  for (const Singleton& single : singletons) classes[single.whole] |= has_decomposition;
  for (char32_t c = syllable_first; c <= syllable_last; ++c) classes[c] |= has_decomposition;
  return classes;
}

// The last row whose key is at most c.
template <typename Rows, typename Key>
const auto& row_before(const Rows& rows, char32_t c, Key key) {
  return *std::prev(
      std::upper_bound(std::begin(rows), std::end(rows), c,
                       [&](char32_t value, const auto& row) { return value < key(row); }));
}

CodePoints decompose_syllable(char32_t c) {
  const char32_t index = c - syllable_first;
  const char32_t trailing = index % trailings;
  return {
      {leading_first + index / (vowels * trailings),
       vowel_first + index % (vowels * trailings) / trailings, trailing_before_first + trailing},
      trailing == 0 ? 2U : 3U};
}

}  // namespace

std::uint8_t classes_of(char32_t c) {
  static const std::vector<std::uint8_t> classes = make_classes();
  return classes[c];
}

std::uint8_t combining_class(char32_t c) {
  if ((classes_of(c) & is_combining) == 0) return 0;
  return row_before(combining_ranges, c, [](const auto& row) { return row.first; }).combining_class;
}

char32_t lower_case(char32_t c) {
  if ((classes_of(c) & has_lower) == 0) return c;
  if (c == long_lower) return U'i';
  const LowerRun& run = row_before(lower_runs, c, [](const auto& row) { return row.first; });
  return run.lower + (c - run.first);
}

CodePoints decompose(char32_t c) {
  if ((classes_of(c) & has_decomposition) == 0) return {{c}, 1};
  if (syllable_first <= c && c <= syllable_last) return decompose_syllable(c);
  const auto whole = [](const auto& row) { return row.whole; };
  if (singletons[0].whole <= c) {
    const Singleton& single = row_before(singletons, c, whole);
    if (single.whole == c) return {{single.other}, 1};
  }
  const Decomposition& pair = row_before(pairs, c, whole);
  CodePoints all = decompose(pair.base);
  all.values[all.size++] = pair.accent;
  return all;
}

}  // namespace limn
