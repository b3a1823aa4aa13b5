// Postal addresses: a number and a street, English and Chinese, with what belongs to them.
#include <algorithm>
#include <array>
#include <string>

#include "limn/core/utf8.h"
#include "limn/text/characters.h"
#include "limn/text/personal_rules.h"

namespace limn::personal {
namespace {

constexpr std::array<std::string_view, 46> street_kinds{
    "street",  "st",      "avenue",   "ave",        "av",        "road",     "rd",    "lane",
    "ln",      "drive",   "dr",       "court",      "ct",        "way",      "place", "pl",
    "terrace", "square",  "sq",       "blvd",       "boulevard", "parkway",  "pkwy",  "highway",
    "hwy",     "close",   "crescent", "gardens",    "grove",     "hill",     "mews",  "row",
    "circle",  "cir",     "trail",    "walk",       "quay",      "alley",    "loop",  "ridge",
    "rue",     "strasse", "platz",    "embankment", "parade",    "esplanade"};

bool is_name_byte(char c) {
  return is_alphanumeric(c) || c == '\'' || c == '-' || !is_ascii(c);
}

struct Word {
  Span span;
  std::string lower;
  bool capital = false;
};

Word word_at(std::string_view text, std::size_t begin) {
  Word word;
  std::size_t i = begin;
  while (i < text.size() && is_name_byte(text[i])) word.lower += lower(text[i++]);
  word.span = {begin, i};
  word.capital = i > begin && (is_upper(text[begin]) || is_digit(text[begin]));
  return word;
}

bool is_street_kind(const Word& word) {
  return std::find(street_kinds.begin(), street_kinds.end(), word.lower) != street_kinds.end();
}

// Behind an abbreviation a dot belongs to it where the sentence goes on.
std::size_t past_dot(std::string_view text, std::size_t end, const Word& word) {
  constexpr std::size_t longest_abbreviation = 4;
  const bool dot = byte_at(text, end) == '.' && word.lower.size() <= longest_abbreviation;
  return dot && (byte_at(text, end + 1) == ',' || byte_at(text, end + 1) == ' ') ? end + 1 : end;
}

// ", Apt 4", ", Suite 200", " #12": the end, or `end` itself.
std::size_t unit_end(std::string_view text, std::size_t end) {
  std::size_t i = end;
  if (byte_at(text, i) == ',') ++i;
  i = skip_spaces(text, i);
  static constexpr std::array<std::string_view, 9> units{
      "apartment ", "apt. ", "apt ", "suite ", "ste ", "unit ", "flat ", "floor ", "#"};
  for (const std::string_view unit : units) {
    if (!goes_on_with(text, i, unit)) continue;
    std::size_t digits = i + unit.size();
    while (is_alphanumeric(byte_at(text, digits))) ++digits;
    if (digits > i + unit.size()) return digits;
  }
  return end;
}

bool is_post_code(std::string_view text, std::size_t begin, std::size_t end) {
  const std::string_view code = text.substr(begin, end - begin);
  return (code.size() == 5 || code.size() == 10) &&
         std::all_of(code.begin(), code.begin() + 5, is_digit);
}

// ", Portland, OR 97201", ", Leeds": a capitalised place of at most three words, then a state and a
// code. The end, or `end` itself.
std::size_t place_end(std::string_view text, std::size_t end) {
  std::size_t last = end;
  for (int parts = 0; parts < 2 && byte_at(text, last) == ','; ++parts) {
    std::size_t i = skip_spaces(text, last + 1);
    std::size_t good = last;
    for (int words = 0; words < 3; ++words) {
      const Word word = word_at(text, i);
      const bool code = is_post_code(text, word.span.begin, word.span.end);
      if (word.span.begin == word.span.end || !(word.capital || code)) break;
      good = word.span.end;
      i = skip_spaces(text, good, 1);
      if (i == good) break;
    }
    if (good == last) break;
    last = good;
  }
  return last;
}

// "221 Baker Street ..." at a number: the end, 0 for none.
std::size_t street_address_end(std::string_view text, std::size_t begin) {
  constexpr std::size_t most_digits = 5;
  constexpr int most_words = 4;
  std::size_t i = begin;
  while (is_digit(byte_at(text, i))) ++i;
  if (i - begin > most_digits) return 0;
  if (is_letter(byte_at(text, i)) && !is_letter(byte_at(text, i + 1))) ++i;  // 221B
  if (byte_at(text, i) == ',') ++i;
  if (byte_at(text, i) != ' ') return 0;
  i = skip_spaces(text, i, 1);
  std::size_t street = 0;  // where the last word that a street can end with ends: "Oak Hill Road"
  for (int words = 0; words <= most_words; ++words) {
    const Word word = word_at(text, i);
    if (word.span.begin == word.span.end || !word.capital) break;
    if (words > 0 && is_street_kind(word)) street = past_dot(text, word.span.end, word);
    i = word.span.end;
    if (byte_at(text, i) == '.') ++i;  // "St. James"
    if (byte_at(text, i) != ' ') break;
    i = skip_spaces(text, i, 1);
  }
  return street > 0 ? place_end(text, unit_end(text, street)) : 0;
}

// "Flat 4, " or "Apt 12, " before a street number belongs to the address.
std::size_t unit_begin(std::string_view text, std::size_t begin) {
  for (const std::string_view unit : {"flat ", "apt ", "apartment ", "unit ", "suite "}) {
    for (std::size_t digits = 1; digits <= 4; ++digits) {
      const std::size_t width = unit.size() + digits + 2;
      if (begin < width || !goes_on_with(text, begin - width, unit)) continue;
      const std::string_view rest = text.substr(begin - width + unit.size(), digits + 2);
      if (rest.ends_with(", ") && is_digit(rest.front())) return begin - width;
    }
  }
  return begin;
}

std::size_t post_box_end(std::string_view text, std::size_t begin) {
  for (const std::string_view box : {"p.o. box ", "po box ", "p.o.box ", "post box "}) {
    if (!goes_on_with(text, begin, box)) continue;
    std::size_t end = begin + box.size();
    while (is_digit(byte_at(text, end))) ++end;
    if (end > begin + box.size()) return place_end(text, end);
  }
  return 0;
}

Found find_english(std::string_view text) {
  Found found;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool inside = i > 0 && (is_name_byte(text[i - 1]) || text[i - 1] == '.' ||
                                  text[i - 1] == '$' || text[i - 1] == ',');
    if (inside) continue;
    std::size_t end = 0;
    if (is_digit(text[i])) {
      end = street_address_end(text, i);
    } else if (lower(text[i]) == 'p') {
      end = post_box_end(text, i);
    }
    if (end == 0) continue;
    found.push_back({PersonalDataType::address, {unit_begin(text, i), end}});
    i = end - 1;
  }
  return found;
}

// Chinese: what a street ends with, and the parts of a place around it.
constexpr std::array<std::string_view, 10> han_streets{
    "\u5927\u9053", "\u80e1\u540c", "\u8def", "\u8857", "\u5df7",
    "\u5f04",       "\u9053",       "\u6751", "\u9547", "\u91cc"};
// Estates and houses: garden, estate, flats, building, village, court.
constexpr std::array<std::string_view, 9> han_estates{
    "\u82b1\u56ed", "\u5c0f\u533a", "\u516c\u5bd3", "\u5927\u53a6", "\u65b0\u6751",
    "\u5bb6\u56ed", "\u82d1",       "\u57ce",       "\u5bbf\u820d"};
// Behind a number: number, building, unit, room, floor.
constexpr std::array<std::string_view, 11> han_units{
    "\u53f7\u697c", "\u53f7\u9662", "\u53f7", "\u5355\u5143", "\u680b", "\u5e62",
    "\u5ba4",       "\u697c",       "\u5c42", "\u5ea7",       "\u6237"};
// What stands before an address and is none of it: at, to, is, sent, live.
constexpr std::array<std::string_view, 14> han_before{
    "\u5728", "\u5230", "\u662f",       "\u81f3", "\u5740", "\u5bc4", "\u9001",
    "\u53bb", "\u4ece", "\u4f4d\u4e8e", "\u6765", "\u4e3a", "\u642c", "\u6211"};

// Where an address unit of "88 hao" ends: digits, then a unit; 0 for none.
std::size_t han_unit_end(std::string_view text, std::size_t begin) {
  std::size_t i = begin;
  while (is_alphanumeric(byte_at(text, i)) || byte_at(text, i) == '-') ++i;
  if (i == begin || i - begin > 8 || !is_digit(text[begin])) return 0;
  for (const std::string_view unit : han_units) {
    if (text.substr(i).starts_with(unit)) return i + unit.size();
  }
  return 0;
}

// The end of units one after another, from the first on.
std::size_t han_units_end(std::string_view text, std::size_t first_end) {
  std::size_t end = first_end;
  while (true) {
    const std::size_t next = han_unit_end(text, skip_spaces(text, end, 1));
    if (next > 0) {
      end = next;
      continue;
    }
    // An estate may stand between: "road 88, garden, 3 dong"; and a bare last number: "-1202".
    std::size_t digits = end + (byte_at(text, end) == '-' ? 1 : 0);
    const std::size_t first = digits;
    while (is_digit(byte_at(text, digits))) ++digits;
    const std::size_t count = digits - first;
    return count >= 3 && count <= 4 ? digits : end;
  }
}

// The run of Chinese characters that ends at `end`, behind the last word that leads to an address.
std::size_t han_begin(std::string_view text, std::size_t end) {
  constexpr std::size_t longest = 90;  // bytes: thirty characters
  std::size_t begin = end;
  while (begin > 0 && end - begin < longest) {
    std::size_t one = begin - 1;
    while (one > 0 && !is_boundary(text, one)) --one;
    const CodePoint point = code_point_at(text, one);
    if (!point.valid || !is_han(point.code)) break;
    begin = one;
  }
  const std::string_view run = text.substr(begin, end - begin);
  std::size_t cut = 0;
  for (const std::string_view word : han_before) {
    const std::size_t at = run.rfind(word);
    if (at != std::string_view::npos) cut = std::max(cut, at + word.size());
  }
  return begin + cut;
}

// Whether the characters before a number end like a street or an estate.
bool ends_like_place(std::string_view run) {
  const auto ends = [&](std::string_view place) {
    return run.size() > place.size() + 2 && run.ends_with(place);
  };
  return std::any_of(han_streets.begin(), han_streets.end(), ends) ||
         std::any_of(han_estates.begin(), han_estates.end(), ends);
}

// "3 hao lou", "2 dong": houses number themselves; "3 hao" alone may be a day.
bool is_house(std::string_view unit) {
  return unit.ends_with("\u680b") || unit.ends_with("\u5355\u5143") ||
         unit.ends_with("\u53f7\u697c") || unit.ends_with("\u5e62") || unit.ends_with("\u5ba4");
}

Found find_chinese(std::string_view text) {
  Found found;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_digit(text[i]) || (i > 0 && is_alphanumeric(text[i - 1]))) continue;
    const std::size_t unit = han_unit_end(text, i);
    if (unit == 0) continue;
    const std::size_t begin = han_begin(text, i);
    const std::string_view run = text.substr(begin, i - begin);
    const std::size_t end = han_units_end(text, unit);
    constexpr std::size_t shortest = 6;  // two characters
    const bool place = ends_like_place(run);
    const bool houses = end > unit && is_house(text.substr(i, unit - i));
    if (run.size() < shortest || (!place && !houses)) continue;
    found.push_back({PersonalDataType::address, {begin, end}});
    i = end - 1;
  }
  return found;
}

}  // namespace

Found find_addresses(std::string_view text) {
  Found found = find_english(text);
  const Found chinese = is_ascii(text) ? Found() : find_chinese(text);
  found.insert(found.end(), chinese.begin(), chinese.end());
  return found;
}

}  // namespace limn::personal
