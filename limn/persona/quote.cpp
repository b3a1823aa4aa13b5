// A review is cut into sentences, each is scored by the words of opinion it holds, and the best is
// quoted as it stands.
#include "limn/persona/quote.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "limn/core/utf8.h"
#include "limn/text/opinion.h"
#include "limn/text/personal_data.h"

namespace limn {
namespace {

constexpr std::size_t min_quote_bytes = 12;         // "Loved it." says little
constexpr std::size_t good_quote_bytes = 36;        // from here on a sentence says something
constexpr std::size_t max_reviewed_bytes = 20'000;  // of one text; the rest is not looked at

bool is_space(char32_t code) {
  return code == ' ' || (code >= '\t' && code <= '\r') || code == 0x85 || code == 0xA0 ||
         (code >= 0x2000 && code <= 0x200A) || code == 0x2028 || code == 0x2029 || code == 0x3000;
}

// Addresses, links and long numbers belong to persons, not to opinions; markup is not a sentence.
bool is_private_or_markup(std::string_view sentence) {
  const auto digits =
      std::count_if(sentence.begin(), sentence.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits >= 7 || sentence.find_first_of("@<>{}[]|\\`") != std::string_view::npos ||
         sentence.find("://") != std::string_view::npos ||
         sentence.find("www.") != std::string_view::npos;
}

bool ends_sentence(std::string_view text, std::size_t at, char32_t code) {
  if (code == '\n' || code == '\r' || code == '<' || code == '>') return true;
  if (code == 0x3002 || code == 0xFF01 || code == 0xFF1F || code == 0x2026) return true;
  if (code != '.' && code != '!' && code != '?') return false;
  const char next = at + 1 < text.size() ? text[at + 1] : ' ';
  return next == ' ' || next == '\n' || next == '\r' || next == '<' || next == '"' ||
         static_cast<unsigned char>(next) >= 0x80;
}

bool ends_clause(char32_t code) {
  return code == ';' || code == ',' || code == 0xFF0C || code == 0xFF1B || code == 0x3001;
}

bool closes_sentence(char32_t code) {
  return code == '.' || code == '!' || code == '?' || code == '"' || code == ')' ||
         code == 0x2019 || code == 0x201D || code == 0x3002 || code == 0xFF01 || code == 0xFF1F ||
         code == 0x2026 || code == 0x300D || code == 0xFF09;
}

Span without_outer_space(std::string_view text, Span span) {
  while (span.begin < span.end) {
    const CodePoint c = code_point_at(text, span.begin);
    if (!is_space(c.code) && !is_invisible(c.code) && c.valid && !ends_clause(c.code)) break;
    span.begin += std::min(c.bytes, span.end - span.begin);
  }
  const auto cut = [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == ',' || c == ';' || c == '<' || c == '>';
  };
  while (span.end > span.begin && cut(text[span.end - 1])) --span.end;
  return span;
}

// The sentences of bytes [begin, end), or its clauses, with their closing marks.
std::vector<Span> split(std::string_view text, Span part, bool clauses) {
  std::vector<Span> spans;
  std::size_t begin = part.begin;
  for (std::size_t i = part.begin; i < part.end;) {
    const CodePoint c = code_point_at(text, i);
    const bool ends = clauses ? ends_clause(c.code) : ends_sentence(text, i, c.code);
    i += c.bytes;
    if (!ends) continue;
    if (clauses) {
      // The comma itself is no part of the quote.
      spans.push_back(without_outer_space(text, {begin, i - c.bytes}));
    } else {
      while (i < part.end && closes_sentence(code_point_at(text, i).code))
        i += code_point_at(text, i).bytes;
      spans.push_back(without_outer_space(text, {begin, i}));
    }
    begin = i;
  }
  spans.push_back(without_outer_space(text, {begin, part.end}));
  return spans;
}

std::vector<Span> quotable_parts(std::string_view text, std::size_t max_bytes) {
  Span looked_at{0, std::min(text.size(), max_reviewed_bytes)};
  while (!is_boundary(text, looked_at.end)) --looked_at.end;
  std::vector<Span> parts;
  for (const Span sentence : split(text, looked_at, /*clauses=*/false)) {
    if (sentence.end - sentence.begin <= max_bytes) {
      parts.push_back(sentence);
      continue;
    }
    for (const Span clause : split(text, sentence, /*clauses=*/true)) {
      if (clause.end - clause.begin <= max_bytes) parts.push_back(clause);
    }
  }
  // Broken UTF-8 may leave half a character behind a sentence, and then the offset would be in
  // doubt.
  std::erase_if(parts, [&](const Span& part) {
    return !is_boundary(text, part.begin) || !is_boundary(text, part.end);
  });
  return parts;
}

// How well a sentence speaks for `sign`; 0 when it does not.
double quote_score(std::string_view text, Span span, const OpinionReading& reading, int sign) {
  const std::string_view sentence = piece(text, span);
  if (sentence.size() < min_quote_bytes || is_private_or_markup(sentence)) return 0;
  const double opinion = opinion_of(reading, span);
  const double along = sign == 0 ? std::abs(opinion) : sign * opinion;
  constexpr double least = 0.5;  // a faint word, asked or supposed, is no opinion
  if (along < least) return 0;
  const double fullness =
      std::min(1.0, static_cast<double>(sentence.size()) / static_cast<double>(good_quote_bytes));
  constexpr double most = 6;  // three plain words of opinion
  return std::min(along, most) * fullness;
}

}  // namespace

std::string quotable(std::string_view text) {
  std::string clean;
  bool space = false;
  for (std::size_t i = 0; i < text.size();) {
    const CodePoint c = code_point_at(text, i);
    const std::string_view bytes = text.substr(i, c.bytes);
    i += c.bytes;
    if (c.valid && is_space(c.code)) {
      space = true;
      continue;
    }
    if (!c.valid || is_invisible(c.code)) continue;
    if (space && !clean.empty()) clean += ' ';
    space = false;
    if (c.code == 0x201C)
      clean += "\u2018";
    else if (c.code == 0x201D)
      clean += "\u2019";
    else if (c.code == '"')
      clean += '\'';
    else
      clean += bytes;
  }
  return clean;
}

std::string quotable_name(std::string_view text) {
  constexpr std::size_t max_bytes = 90;
  std::string clean = quotable(text);
  if (clean.size() <= max_bytes) return clean;
  std::size_t end = max_bytes;
  while (!is_boundary(clean, end)) --end;
  // A cut between words reads better; Chinese has none.
  const std::size_t space = clean.rfind(' ', end);
  if (space != std::string::npos && space > end / 2) end = space;
  return clean.substr(0, end) + "\u2026";
}

std::string quotation(std::string_view text, Span span, bool mask) {
  if (!mask) return quotable(piece(text, span));
  return quotable(mask_part(text, span, find_personal_data(text)));
}

std::optional<Span> opinion_sentence(std::string_view text, int sign, std::size_t max_bytes) {
  const OpinionReading reading = read_opinion(text.substr(0, max_reviewed_bytes));
  std::optional<Span> best;
  double best_score = 0;
  for (const Span span : quotable_parts(text, max_bytes)) {
    const double score = quote_score(text, span, reading, sign);
    if (score <= best_score) continue;  // of equals, the first
    best_score = score;
    best = span;
  }
  return best;
}

bool is_quotable(std::string_view text, Span span) {
  return is_boundary(text, span.begin) && is_boundary(text, span.end) &&
         !is_private_or_markup(piece(text, span));
}

std::optional<Span> first_sentence(std::string_view text, std::size_t max_bytes) {
  for (const Span span : quotable_parts(text, max_bytes)) {
    const std::string_view sentence = text.substr(span.begin, span.end - span.begin);
    if (sentence.size() >= min_quote_bytes && !is_private_or_markup(sentence)) return span;
  }
  return std::nullopt;
}

}  // namespace limn
