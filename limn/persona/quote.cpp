// A review is cut into sentences, each is scored by the opinion words it holds, and the best is
// quoted as it stands. The words are a list in a file, not a model: the quote is the user's own
// sentence either way, and a list can be read, corrected and translated.
#include "limn/persona/quote.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <vector>

#include "limn/core/utf8.h"
#include "limn/persona/templates.h"

namespace limn {
namespace {

constexpr std::size_t min_quote_bytes = 12;         // "Loved it." says little
constexpr std::size_t good_quote_bytes = 36;        // from here on a sentence says something
constexpr std::size_t max_reviewed_bytes = 20'000;  // of one text; the rest is not looked at
constexpr std::size_t negation_reach = 3;           // words: "not a very good ..."

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '\'';
}
char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool is_space(char32_t code) {
  return code == ' ' || (code >= '\t' && code <= '\r') || code == 0x85 || code == 0xA0 ||
         (code >= 0x2000 && code <= 0x200A) || code == 0x2028 || code == 0x2029 || code == 0x3000;
}

// Opinion words of both languages.
struct OpinionWords {
  std::set<std::string, std::less<>> words[2];  // English, complaint and praise
  std::vector<std::string> stems[2];            // English, any ending
  std::vector<std::string> anywhere[2];         // Chinese

  OpinionWords() {
    bool praise = true;
    std::string_view rest = templates::opinion_words();
    for (bool comment = false; !rest.empty();) {
      const std::size_t end = std::min(rest.find_first_of(" \n"), rest.size());
      const std::string_view word = rest.substr(0, end);
      comment = comment || word.starts_with('#');
      if (!comment && (word == "+" || word == "-"))
        praise = word == "+";
      else if (!comment && !word.empty())
        add(word, praise);
      if (end < rest.size() && rest[end] == '\n') comment = false;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }

  void add(std::string_view word, bool praise) {
    if (!is_letter(word.front()))
      anywhere[praise].emplace_back(word);
    else if (word.ends_with('*'))
      stems[praise].emplace_back(word.substr(0, word.size() - 1));
    else
      words[praise].emplace(word);
  }

  // 1 praise, -1 complaint, 0 neither, for a word in lower case.
  [[nodiscard]] int english(std::string_view word) const {
    for (const int praise : {1, 0}) {
      const auto starts = [&](const std::string& stem) { return word.starts_with(stem); };
      if (words[praise].contains(word) ||
          std::any_of(stems[praise].begin(), stems[praise].end(), starts))
        return praise == 1 ? 1 : -1;
    }
    return 0;
  }
};

const OpinionWords& opinion_words() {
  static const OpinionWords words;
  return words;
}

bool negates(std::string_view word) {
  return word == "not" || word == "no" || word == "never" || word == "hardly" ||
         word == "without" || word == "nothing" || word == "cannot" || word.ends_with("n't");
}

// Praise minus complaint of the English words.
int english_opinion(std::string_view sentence) {
  int opinion = 0;
  std::size_t since_negation = negation_reach + 1;
  for (std::size_t i = 0; i < sentence.size();) {
    std::string word;
    for (; i < sentence.size() && is_letter(sentence[i]); ++i) word += lower(sentence[i]);
    if (word.empty()) {
      ++i;
      continue;
    }
    since_negation = negates(word) ? 0 : since_negation + 1;
    const int sign = opinion_words().english(word);
    opinion += since_negation <= negation_reach ? -sign : sign;
  }
  return opinion;
}

// Praise minus complaint of the Chinese words. Longer words come first where they overlap, so that
// "not good" on the list is not taken for "good" behind a "not" that is not on it.
int chinese_opinion(std::string_view sentence) {
  int opinion = 0;
  for (std::size_t i = 0; i < sentence.size();) {
    std::size_t longest = 0;
    int sign = 0;
    for (const int praise : {1, 0}) {
      for (const std::string& word : opinion_words().anywhere[praise]) {
        if (word.size() <= longest || !sentence.substr(i).starts_with(word)) continue;
        longest = word.size();
        sign = praise == 1 ? 1 : -1;
      }
    }
    const std::string_view before = sentence.substr(0, i);
    // bu4, mei2: "not" right before the word.
    const bool negated = before.ends_with("\u4e0d") || before.ends_with("\u6ca1");
    opinion += negated ? -sign : sign;
    i += longest > 0 ? longest : code_point_at(sentence, i).bytes;
  }
  return opinion;
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

TextSpan without_outer_space(std::string_view text, TextSpan span) {
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
std::vector<TextSpan> split(std::string_view text, TextSpan part, bool clauses) {
  std::vector<TextSpan> spans;
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

std::vector<TextSpan> quotable_parts(std::string_view text, std::size_t max_bytes) {
  TextSpan looked_at{0, std::min(text.size(), max_reviewed_bytes)};
  while (!is_boundary(text, looked_at.end)) --looked_at.end;
  std::vector<TextSpan> parts;
  for (const TextSpan sentence : split(text, looked_at, /*clauses=*/false)) {
    if (sentence.end - sentence.begin <= max_bytes) {
      parts.push_back(sentence);
      continue;
    }
    for (const TextSpan clause : split(text, sentence, /*clauses=*/true)) {
      if (clause.end - clause.begin <= max_bytes) parts.push_back(clause);
    }
  }
  // Broken UTF-8 may leave half a character behind a sentence, and then the offset would be in
  // doubt.
  std::erase_if(parts, [&](const TextSpan& part) {
    return !is_boundary(text, part.begin) || !is_boundary(text, part.end);
  });
  return parts;
}

// How well a sentence speaks for `sign`; 0 when it does not.
double quote_score(std::string_view sentence, int sign) {
  if (sentence.size() < min_quote_bytes || is_private_or_markup(sentence)) return 0;
  const int opinion = english_opinion(sentence) + chinese_opinion(sentence);
  const int along = sign == 0 ? std::abs(opinion) : sign * opinion;
  if (along <= 0) return 0;
  const double fullness =
      std::min(1.0, static_cast<double>(sentence.size()) / static_cast<double>(good_quote_bytes));
  return std::min(along, 3) * fullness;
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

std::optional<TextSpan> opinion_sentence(std::string_view text, int sign, std::size_t max_bytes) {
  std::optional<TextSpan> best;
  double best_score = 0;
  for (const TextSpan span : quotable_parts(text, max_bytes)) {
    const double score = quote_score(text.substr(span.begin, span.end - span.begin), sign);
    if (score <= best_score) continue;  // of equals, the first
    best_score = score;
    best = span;
  }
  return best;
}

std::optional<TextSpan> first_sentence(std::string_view text, std::size_t max_bytes) {
  for (const TextSpan span : quotable_parts(text, max_bytes)) {
    const std::string_view sentence = text.substr(span.begin, span.end - span.begin);
    if (sentence.size() >= min_quote_bytes && !is_private_or_markup(sentence)) return span;
  }
  return std::nullopt;
}

}  // namespace limn
