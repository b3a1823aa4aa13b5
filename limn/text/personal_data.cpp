// A text is folded first, with a note of where each byte came from; rules read the folded text, and
// what they find is given in bytes of the text as it stands. Rules are written out rather than
// regular expressions: they share one reading of digits, and no input makes them slow.
#include "limn/text/personal_data.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include "limn/core/check.h"
#include "limn/core/utf8.h"
#include "limn/text/characters.h"
#include "limn/text/personal_rules.h"

namespace limn {
namespace {

using personal::Found;

struct Folded {
  std::string text;
  std::vector<std::uint32_t> origins;  // (bytes + 1): where in the text as it stands; empty: equal
};

void put(Folded& folded, std::string_view bytes, std::size_t origin) {
  folded.text += bytes;
  folded.origins.insert(folded.origins.end(), bytes.size(), static_cast<std::uint32_t>(origin));
}

// The compatible form of one code point; most Chinese is its own, and needs no look-up.
std::string compatible(char32_t code) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* form = icu::Normalizer2::getNFKCInstance(status);
  LIMN_CHECK(U_SUCCESS(status));  // ICU's own data is missing
  std::string bytes;
  const auto whole = static_cast<UChar32>(code);
  form->normalize(icu::UnicodeString(whole), status).toUTF8String(bytes);
  LIMN_CHECK(U_SUCCESS(status));
  return bytes;
}

// A reference such as "&#64;" at `begin`: its end and its ASCII character; an end of 0 for none.
std::pair<std::size_t, char> reference_at(std::string_view text, std::size_t begin) {
  if (!text.substr(begin).starts_with("&#")) return {0, 0};
  std::size_t i = begin + 2;
  const bool hex = i < text.size() && (text[i] == 'x' || text[i] == 'X');
  i += hex ? 1 : 0;
  int code = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data() + i, end, code, hex ? 16 : 10);
  if (error != std::errc{} || stopped == end || *stopped != ';') return {0, 0};
  if (code < ' ' || code > '~') return {0, 0};
  return {static_cast<std::size_t>(stopped - text.data()) + 1, static_cast<char>(code)};
}

bool is_plain_han(char32_t code) {
  return code >= 0x4E00 && code <= 0x9FFF;
}

Folded fold(std::string_view text) {
  Folded folded;
  if (is_ascii(text) && text.find("&#") == std::string_view::npos) {
    folded.text = text;
    return folded;
  }
  folded.text.reserve(text.size());
  folded.origins.reserve(text.size() + 1);
  for (std::size_t i = 0; i < text.size();) {
    if (is_ascii(text[i])) {
      const auto [end, character] = reference_at(text, i);
      put(folded, end > 0 ? std::string_view(&character, 1) : text.substr(i, 1), i);
      i = end > 0 ? end : i + 1;
      continue;
    }
    const CodePoint point = code_point_at(text, i);
    if (!point.valid) {
      put(folded, " ", i);
    } else if (is_plain_han(point.code)) {
      put(folded, text.substr(i, point.bytes), i);
    } else if (u_charType(static_cast<UChar32>(point.code)) != U_FORMAT_CHAR) {
      put(folded, compatible(point.code), i);
    }
    i += point.bytes;
  }
  folded.origins.push_back(static_cast<std::uint32_t>(text.size()));
  return folded;
}

// The span in the text as it stands. One that ends before something invisible does not take it in.
Span original(const Folded& folded, Span span, std::string_view text) {
  if (folded.origins.empty()) return span;
  const std::size_t begin = folded.origins[span.begin];
  std::size_t last = folded.origins[span.end - 1];
  const auto [reference_end, character] = reference_at(text, last);
  last = reference_end > 0 ? reference_end : last + code_point_at(text, last).bytes;
  return {begin, last};
}

// Those of `more` that nothing of `kept` overlaps join it.
void add_found(Found& kept, const Found& more) {
  const std::size_t before = kept.size();
  for (const PersonalData& one : more) {
    const bool free = std::none_of(kept.begin(), kept.end(), [&](const PersonalData& other) {
      return one.span.begin < other.span.end && other.span.begin < one.span.end;
    });
    if (free) kept.push_back(one);
  }
  if (kept.size() == before) return;
  std::sort(kept.begin(), kept.end(), [](const PersonalData& a, const PersonalData& b) {
    return a.span.begin < b.span.begin;
  });
}

constexpr std::size_t window = std::size_t{1} << 14;  // bytes that rules look at together

Found find_in(std::string_view folded, WrittenBy by) {
  Found found = personal::find_credentials(folded);
  std::sort(found.begin(), found.end(), [](const PersonalData& a, const PersonalData& b) {
    return a.span.begin < b.span.begin;
  });
  add_found(found, personal::find_emails(folded));
  add_found(found, personal::find_numbers(folded));
  add_found(found, personal::find_ips(folded));
  add_found(found, personal::find_phones(folded));
  if (by == WrittenBy::shop) return found;
  add_found(found, personal::find_addresses(folded));
  add_found(found, personal::find_names(folded));
  return found;
}

// The end of a part of at most `window` bytes, behind a space or a new line where there is one.
std::size_t part_end(std::string_view text, std::size_t begin) {
  if (text.size() - begin <= window) return text.size();
  std::size_t end = begin + window;
  const std::size_t space = text.find_last_of(" \n", end);
  if (space != std::string_view::npos && space > begin + window / 2) return space + 1;
  while (!is_boundary(text, end)) --end;
  return end;
}

}  // namespace

std::string_view personal_data_name(PersonalDataType type) {
  static constexpr std::array<std::string_view, 10> names{
      "email", "phone", "card", "iban", "id", "ip", "credential", "address", "name", "account"};
  return names[static_cast<std::size_t>(type)];
}

std::vector<PersonalData> find_personal_data(std::string_view text, WrittenBy by) {
  Found found;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = part_end(text, begin);
    const std::string_view part = text.substr(begin, end - begin);
    const Folded folded = fold(part);
    for (const PersonalData& one : find_in(folded.text, by)) {
      const Span span = original(folded, one.span, part);
      found.push_back({one.type, {begin + span.begin, begin + span.end}});
    }
    begin = end;
  }
  return found;
}

std::string mask_part(std::string_view text, Span part, std::span<const PersonalData> found) {
  std::string result;
  std::size_t done = part.begin;
  for (const PersonalData& one : found) {
    if (one.span.end <= done || one.span.begin >= part.end) continue;
    result += text.substr(done, std::max(done, one.span.begin) - done);
    result += '[';
    result += personal_data_name(one.type);
    result += ']';
    done = std::min(one.span.end, part.end);
  }
  result += text.substr(done, part.end - done);
  return result;
}

std::string mask(std::string_view text, std::span<const PersonalData> found) {
  return mask_part(text, {0, text.size()}, found);
}

std::string blanked(std::string_view text, std::span<const PersonalData> found) {
  std::string result;
  std::size_t done = 0;
  for (const PersonalData& one : found) {
    result += text.substr(done, one.span.begin - done);
    result += ' ';
    done = one.span.end;
  }
  result += text.substr(done);
  return result;
}

std::string masked(std::string_view text, WrittenBy by) {
  return mask(text, find_personal_data(text, by));
}

}  // namespace limn
