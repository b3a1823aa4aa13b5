// Names of persons. No list holds them all and most are words besides, so a name is only believed
// where something says that it is one: "my name is", "Mr.", "regards,", and their Chinese like,
// where the surname must be one of the common four hundred.
#include <algorithm>
#include <map>
#include <string>
#include <unordered_set>

#include "limn/core/utf8.h"
#include "limn/text/characters.h"
#include "limn/text/embedded.h"
#include "limn/text/personal_rules.h"
#include "limn/text/word_list.h"

namespace limn::personal {
namespace {

using Words = std::vector<std::string>;

// The rules of personal/names.txt.
struct Rules {
  std::map<std::string, Words, std::less<>> lists;
  std::unordered_set<std::string> never;
  std::unordered_set<std::string> surnames;
  std::unordered_set<std::string> doubtful;

  [[nodiscard]] const Words& of(std::string_view rule) const { return lists.find(rule)->second; }
};

std::string_view trimmed(std::string_view word) {
  while (word.starts_with(' ')) word.remove_prefix(1);
  while (word.ends_with(' ')) word.remove_suffix(1);
  return word;
}

Rules read_rules() {
  Rules rules;
  for_each_line(embedded::personal_names, [&](std::string_view line) {
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos) return;
    Words& words = rules.lists[std::string(line.substr(0, colon))];
    std::string_view rest = line.substr(colon + 2);
    const char separator = rest.find(',') == std::string_view::npos ? ' ' : ',';
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(separator), rest.size());
      if (!trimmed(rest.substr(0, end)).empty()) words.emplace_back(trimmed(rest.substr(0, end)));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    // Of words that begin alike the longest is tried first.
    std::stable_sort(words.begin(), words.end(), [](const std::string& a, const std::string& b) {
      return a.size() > b.size();
    });
  });
  const auto set_of = [&](std::string_view rule) {
    const Words& words = rules.of(rule);
    return std::unordered_set<std::string>(words.begin(), words.end());
  };
  rules.never = set_of("en.never");
  rules.surnames = set_of("zh.surnames");
  rules.doubtful = set_of("zh.surnames.doubtful");
  return rules;
}

const Rules& rules() {
  static const Rules all = read_rules();
  return all;
}

// A capitalised word at `begin`, an initial with its dot too: its end, `begin` where there is none.
std::size_t capital_word_end(std::string_view text, std::size_t begin) {
  if (!is_upper(byte_at(text, begin))) return begin;
  std::size_t i = begin;
  std::string word;
  while (i < text.size() &&
         (is_letter(text[i]) || !is_ascii(text[i]) ||
          ((text[i] == '\'' || text[i] == '-') && is_letter(byte_at(text, i + 1))))) {
    if (!is_ascii(text[i])) {
      const CodePoint point = code_point_at(text, i);
      if (!point.valid || !is_letter_or_digit(point.code) || is_han(point.code)) break;
      word += text.substr(i, point.bytes);
      i += point.bytes;
      continue;
    }
    word += lower(text[i++]);
  }
  if (word.ends_with("'s")) {
    word.resize(word.size() - 2);
    i -= 2;
  }
  if (rules().never.contains(word)) return begin;
  if (i - begin == 1) return byte_at(text, i) == '.' ? i + 1 : begin;
  return i;
}

// One to three capitalised words in a row, and how many.
struct Name {
  std::size_t end = 0;
  int words = 0;
};
Name name_at(std::string_view text, std::size_t begin) {
  constexpr int most_words = 3;
  Name name{begin, 0};
  std::size_t i = begin;
  while (name.words < most_words) {
    const std::size_t end = capital_word_end(text, i);
    if (end == i) break;
    name = {end, name.words + 1};
    if (byte_at(text, end) != ' ') break;
    i = end + 1;
  }
  return name;
}

bool begins_word(std::string_view text, std::size_t i) {
  return i == 0 || !(is_alphanumeric(text[i - 1]) || text[i - 1] == '\'');
}

// The place behind a cue at `i`, with the spaces or marks that may follow it; 0 where there is no
// cue of the rule.
std::size_t cue_end(std::string_view text, std::size_t i, std::string_view rule) {
  for (const std::string& cue : rules().of(rule)) {
    if (!goes_on_with(text, i, cue)) continue;
    const std::size_t end = i + cue.size();
    const char next = byte_at(text, end);
    if (is_alphanumeric(next)) continue;
    return skip_spaces(text, next == ':' ? end + 1 : end, 2);
  }
  return 0;
}

// A title ("Mr.") at `i`: the place behind it.
std::size_t title_end(std::string_view text, std::size_t i) {
  if (!is_upper(text[i]) || is_upper(byte_at(text, i + 1))) return 0;  // "TL;DR" is no doctor
  for (const std::string& title : rules().of("en.title")) {
    if (!goes_on_with(text, i, title)) continue;
    std::size_t end = i + title.size();
    if (byte_at(text, end) == '.') ++end;
    if (byte_at(text, end) == ' ') return end + 1;
  }
  return 0;
}

// "Regards, Ann Miller" at the end of the text or of a line.
std::size_t signature_begin(std::string_view text, std::size_t i) {
  for (const std::string& closing : rules().of("en.closing")) {
    if (!goes_on_with(text, i, closing)) continue;
    std::size_t begin = i + closing.size();
    const char mark = byte_at(text, begin);
    if (mark != ',' && mark != '\n' && mark != '\r') continue;
    begin = skip_spaces(text, begin + 1, 4);
    const Name name = name_at(text, begin);
    if (name.words == 0) continue;
    std::size_t end = name.end;
    while (byte_at(text, end) == ' ' || byte_at(text, end) == '.') ++end;
    const char next = byte_at(text, end);
    if (next == '\0' || next == '\n' || next == '\r' || next == '<') return begin;
  }
  return 0;
}

// The name that something at `i` leads to; an empty span where nothing does.
Span english_name(std::string_view text, std::size_t i) {
  if (const std::size_t begin = title_end(text, i); begin > 0) {
    const Name name = name_at(text, begin);
    if (name.words > 0) return {begin, name.end};
  }
  if (const std::size_t begin = signature_begin(text, i); begin > 0)
    return {begin, name_at(text, begin).end};
  if (const std::size_t begin = cue_end(text, i, "en.before"); begin > 0) {
    const Name name = name_at(text, begin);
    if (name.words > 0) return {begin, name.end};
  }
  if (const std::size_t begin = cue_end(text, i, "en.before.two"); begin > 0) {
    const Name name = name_at(text, begin);
    if (name.words >= 2) return {begin, name.end};
  }
  return {i, i};
}

Found find_english(std::string_view text) {
  Found found;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_letter(text[i]) || !begins_word(text, i)) continue;
    const Span name = english_name(text, i);
    if (name.begin == name.end) continue;
    found.push_back({PersonalDataType::name, name});
    i = name.end - 1;
  }
  return found;
}

std::string_view character_at(std::string_view text, std::size_t i) {
  if (i >= text.size()) return {};
  return text.substr(i, code_point_at(text, i).bytes);
}

bool is_han_at(std::string_view text, std::size_t i) {
  return i < text.size() && is_han(code_point_at(text, i).code);
}

// The end of a surname at `i`: 0 for none. `doubtful` ones are words more often.
std::size_t surname_end(std::string_view text, std::size_t i, bool doubtful) {
  for (const std::string& surname : rules().of("zh.surnames.two")) {
    if (text.substr(i).starts_with(surname)) return i + surname.size();
  }
  const std::string one(character_at(text, i));
  if (!rules().surnames.contains(one)) return 0;
  return doubtful || !rules().doubtful.contains(one) ? i + one.size() : 0;
}

bool starts_with_any(std::string_view text, std::size_t i, std::string_view rule) {
  const Words& words = rules().of(rule);
  return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
    return text.substr(std::min(i, text.size())).starts_with(word);
  });
}

// Surname and one or two characters behind a cue, where the name ends as names do: with a mark, the
// end of the text, or a word that goes on after it.
std::size_t full_name_end(std::string_view text, std::size_t begin, bool sure) {
  const std::size_t given = surname_end(text, begin, sure);
  if (given == 0 || !is_han_at(text, given)) return 0;
  const std::size_t one = given + character_at(text, given).size();
  const std::size_t two = is_han_at(text, one) ? one + character_at(text, one).size() : one;
  for (const std::size_t end : {two, one}) {
    if (!is_han_at(text, end) || starts_with_any(text, end, "zh.after") ||
        starts_with_any(text, end, "zh.title"))
      return end;
  }
  const bool doubtful = rules().doubtful.contains(std::string(character_at(text, begin)));
  return sure && !doubtful ? two : 0;
}

std::size_t chinese_cue_end(std::string_view text, std::size_t i, std::string_view rule) {
  for (const std::string& cue : rules().of(rule)) {
    if (!text.substr(i).starts_with(cue)) continue;
    const std::size_t end = i + cue.size();
    return skip_spaces(text, byte_at(text, end) == ':' ? end + 1 : end, 2);
  }
  return 0;
}

Span chinese_name(std::string_view text, std::size_t i) {
  for (const bool sure : {true, false}) {
    const std::size_t begin = chinese_cue_end(text, i, sure ? "zh.before.sure" : "zh.before");
    const std::size_t end = begin > 0 && begin < text.size() ? full_name_end(text, begin, sure) : 0;
    if (end > 0) return {begin, end};
  }
  if (const std::size_t begin = chinese_cue_end(text, i, "zh.before.mark");
      begin > 0 && begin < text.size()) {
    const std::size_t end = full_name_end(text, begin, /*sure=*/false);
    if (end > 0 && !is_han_at(text, end)) return {begin, end};
  }
  // "Wang xiansheng": a surname, perhaps with one or two characters, before a title.
  const std::size_t surname = surname_end(text, i, /*doubtful=*/false);
  if (surname == 0) return {i, i};
  // "Xie" is a surname, "xie xie" is thanks.
  if (text.substr(0, i).ends_with(character_at(text, i))) return {i, i};
  if (starts_with_any(text, surname, "zh.title")) return {i, surname};
  std::size_t end = surname;
  for (int given = 0; given < 2 && is_han_at(text, end); ++given) {
    end += character_at(text, end).size();
    if (starts_with_any(text, end, "zh.title.full")) return {i, end};
  }
  return {i, i};
}

Found find_chinese(std::string_view text) {
  Found found;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t next = i + code_point_at(text, i).bytes;
    const Span name = is_han_at(text, i) ? chinese_name(text, i) : Span{i, i};
    if (name.begin < name.end) {
      found.push_back({PersonalDataType::name, name});
      i = name.end;
    } else {
      i = next;
    }
  }
  return found;
}

}  // namespace

Found find_names(std::string_view text) {
  Found found = find_english(text);
  const Found chinese = is_ascii(text) ? Found() : find_chinese(text);
  found.insert(found.end(), chinese.begin(), chinese.end());
  return found;
}

}  // namespace limn::personal
