#include "limn/text/clean.h"

#include <algorithm>
#include <optional>

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>

#include "limn/core/check.h"
#include "limn/text/characters.h"
#include "limn/text/markup.h"
#include "limn/text/span.h"

namespace limn {
namespace {

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool starts_with_ignoring_case(std::string_view text, std::string_view lower) {
  return text.size() >= lower.size() && to_lower(text.substr(0, lower.size())) == lower;
}

// The web address that begins at `begin`, up to white space, a quote, a bracket or a letter of
// another script (in Chinese nothing else ends it), without the punctuation of the sentence around
// it. Empty where there is none.
Span url_at(std::string_view text, std::size_t begin) {
  const std::string_view rest = text.substr(begin);
  const bool starts = std::ranges::any_of(
      std::initializer_list<std::string_view>{"http://", "https://", "ftp://", "www."},
      [&](std::string_view scheme) { return starts_with_ignoring_case(rest, scheme); });
  if (!starts || (begin > 0 && is_alphanumeric(text[begin - 1]))) return {begin, begin};

  constexpr std::string_view excluded = "<>\"'`{}|\\^[]";
  std::size_t end = begin;
  while (end < text.size() && is_ascii(text[end]) && text[end] > ' ' && text[end] != 0x7F &&
         excluded.find(text[end]) == std::string_view::npos) {
    ++end;
  }
  constexpr std::string_view closing = ".,;:!?)";
  while (end > begin && closing.find(text[end - 1]) != std::string_view::npos) --end;
  return {begin, end};
}

// The e-mail address around the "@" at `at`; empty where there is none. Lengths: RFC 5321.
Span email_around(std::string_view text, std::size_t at) {
  constexpr std::size_t max_local = 64;
  constexpr std::size_t max_domain = 255;
  constexpr std::string_view local_marks = "._%+-";
  std::size_t begin = at;
  while (begin > 0 && at - begin < max_local &&
         (is_alphanumeric(text[begin - 1]) ||
          local_marks.find(text[begin - 1]) != std::string_view::npos)) {
    --begin;
  }
  std::size_t end = at + 1;
  while (end < text.size() && end - at <= max_domain &&
         (is_alphanumeric(text[end]) || text[end] == '.' || text[end] == '-')) {
    ++end;
  }
  while (end > at + 1 && !is_alphanumeric(text[end - 1])) --end;
  const std::string_view domain = text.substr(at + 1, end - at - 1);
  if (begin == at || domain.find('.') == std::string_view::npos) return {at, at};
  return {begin, end};
}

// The text with a space for each address.
std::string without_addresses(std::string_view text, const CleanOptions& options) {
  constexpr std::string_view url_starts = "hHfFwW";
  std::string kept;
  kept.reserve(text.size());
  std::size_t done = 0;  // text before this is in `kept`, or was an address
  for (std::size_t i = 0; i < text.size(); ++i) {
    Span address{i, i};
    if (!options.keep_urls && url_starts.find(text[i]) != std::string_view::npos) {
      address = url_at(text, i);
    } else if (!options.keep_emails && text[i] == '@') {
      address = email_around(text, i);
    }
    if (address.begin == address.end || address.begin < done) continue;
    kept += text.substr(done, address.begin - done);
    kept += ' ';
    done = address.end;
    i = done - 1;
  }
  kept += text.substr(done);
  return kept;
}

std::string normalized(const std::string& text, bool compatible) {
  if (is_ascii(text)) return text;
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* form = compatible ? icu::Normalizer2::getNFKCInstance(status)
                                            : icu::Normalizer2::getNFCInstance(status);
  LIMN_CHECK(U_SUCCESS(status));  // ICU's own data is missing
  std::string result;
  result.reserve(text.size());
  icu::StringByteSink<std::string> sink(&result);
  form->normalizeUTF8(0, {text.data(), static_cast<std::int32_t>(text.size())}, sink, nullptr,
                      status);
  LIMN_CHECK(U_SUCCESS(status));
  return result;
}

bool is_line_break(char32_t c) {
  return (c >= '\n' && c <= '\r') || c == 0x85 || c == 0x2028 || c == 0x2029;
}

// What stands for a character in the text: itself, a space, a newline, or nothing.
enum class Role { text, space, line_break, nothing };

Role role_of(char32_t c) {
  if (c > ' ' && c < 0x7F) return Role::text;
  if (is_line_break(c)) return Role::line_break;
  if (c == replacement_character || u_isUWhiteSpace(static_cast<UChar32>(c))) return Role::space;
  switch (u_charType(static_cast<UChar32>(c))) {
    case U_CONTROL_CHAR:
    case U_PRIVATE_USE_CHAR:
    case U_UNASSIGNED: return Role::space;
    case U_FORMAT_CHAR:  // zero-width, directions, soft hyphens: invisible inside words
      return Role::nothing;
    default: return Role::text;
  }
}

// Drops what is invisible and folds white space.
std::string folded(std::string_view text, bool keep_lines) {
  std::string result;
  result.reserve(text.size());
  bool space = false;
  bool line_break = false;
  for (std::size_t position = 0; position < text.size();) {
    const std::size_t begin = position;
    const Role role = role_of(next_code_point(text, position));
    if (role == Role::nothing) continue;
    if (role != Role::text) {
      space = true;
      line_break = line_break || role == Role::line_break;
      continue;
    }
    if (space && !result.empty()) result += keep_lines && line_break ? '\n' : ' ';
    space = line_break = false;
    result += text.substr(begin, position - begin);
  }
  return result;
}

// ICU counts in 32 bits, and normal forms grow up to eighteenfold.
constexpr std::size_t max_bytes = std::size_t{1} << 26;

}  // namespace

std::string clean_text(std::string_view raw, const CleanOptions& options) {
  std::string text = to_valid_utf8(raw.substr(0, max_bytes), " ");
  if (options.markup) {
    const bool html = looks_like_html(text);
    text = html_to_text(text, options.keep_code);
    if (!html) text = markdown_to_text(text, options.keep_code);
  }
  // Before addresses go, which hold logins.
  if (options.without_personal_data)
    text = blanked(text, find_personal_data(text, *options.without_personal_data));
  if (!options.keep_urls || !options.keep_emails) text = without_addresses(text, options);
  return folded(normalized(text, options.compatible), options.keep_lines);
}

}  // namespace limn
