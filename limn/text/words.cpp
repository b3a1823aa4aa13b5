// Most of what limn reads is ASCII, where Unicode's word rules come down to a few lines; they are
// written out here and run ten times as fast as ICU's tables. Whatever else there is goes to ICU,
// between two spaces: a word never reaches over one. A test holds the two against each other.
#include "limn/text/words.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "limn/text/break_iterator.h"
#include "limn/text/characters.h"
#include "limn/text/chinese.h"
#include "limn/text/language.h"
#include "limn/text/stem.h"
#include "limn/text/stop_words.h"

namespace limn {
namespace {

constexpr std::size_t max_bytes = std::size_t{1} << 30;  // ICU counts in 32 bits

// Word_Break classes of Unicode Annex 29, as far as ASCII has them.
enum class Class : unsigned char { other, letter, digit, underscore, mid_number, mid_both };

constexpr std::array<Class, 256> make_classes() {
  std::array<Class, 256> classes{};
  for (int c = 'a'; c <= 'z'; ++c) classes[static_cast<std::size_t>(c)] = Class::letter;
  for (int c = 'A'; c <= 'Z'; ++c) classes[static_cast<std::size_t>(c)] = Class::letter;
  for (int c = '0'; c <= '9'; ++c) classes[static_cast<std::size_t>(c)] = Class::digit;
  classes['_'] = Class::underscore;
  classes[','] = classes[';'] = Class::mid_number;
  classes['.'] = classes['\''] = Class::mid_both;
  return classes;
}
constexpr std::array<Class, 256> classes = make_classes();

Class class_at(std::string_view text, std::size_t i) {
  return i < text.size() ? classes[static_cast<unsigned char>(text[i])] : Class::other;
}

bool is_word_class(Class c) {
  return c == Class::letter || c == Class::digit || c == Class::underscore;
}

// Rules WB6 and WB7, WB11 and WB12: what may stand between two letters, or two digits.
bool joins(Class before, Class middle, Class after) {
  if (before == Class::letter && after == Class::letter) {
    return middle == Class::mid_both;
  }
  if (before == Class::digit && after == Class::digit) {
    return middle == Class::mid_number || middle == Class::mid_both;
  }
  return false;
}

// The end of the word that begins at `begin`.
std::size_t ascii_word_end(std::string_view text, std::size_t begin) {
  std::size_t i = begin + 1;
  while (true) {
    while (is_word_class(class_at(text, i))) ++i;
    if (!joins(class_at(text, i - 1), class_at(text, i), class_at(text, i + 1))) return i;
    i += 2;
  }
}

// What words are cut with; each thread has its own.
struct Tools {
  BreakIterator iterator{BreakIterator::Kind::word};
  std::map<std::string, std::optional<Stemmer>, std::less<>> stemmers;

  // Nothing for a language without one.
  Stemmer* stemmer(std::string_view lang) {
    const auto found = stemmers.find(lang);
    if (found != stemmers.end()) return found->second ? &*found->second : nullptr;
    std::optional<Stemmer>& made = stemmers[std::string(lang)];
    if (stemming_algorithm(lang)) made = *Stemmer::make(lang);
    return made ? &*made : nullptr;
  }
};

Tools& tools() {
  thread_local Tools own;
  return own;
}

// Underscores only: a word by the rules, a line to fill in by its looks.
bool is_blank(std::string_view word) {
  return word.find_first_not_of('_') == std::string_view::npos;
}

// Calls visit(Span) for each word of text[begin, end), which is ASCII.
template <typename Visit>
void visit_ascii(std::string_view text, Span range, const Visit& visit) {
  const std::string_view part = text.substr(0, range.end);
  for (std::size_t i = range.begin; i < range.end;) {
    if (!is_word_class(class_at(part, i))) {
      ++i;
      continue;
    }
    const std::size_t end = ascii_word_end(part, i);
    if (!is_blank(piece(part, {i, end}))) visit(Span{i, end});
    i = end;
  }
}

bool has_letter_or_digit(std::string_view word) {
  for (std::size_t position = 0; position < word.size();) {
    const char32_t c = next_code_point(word, position);
    if (c != replacement_character && is_letter_or_digit(c)) return true;
  }
  return false;
}

bool has_han(std::string_view text) {
  for (std::size_t position = 0; position < text.size();) {
    if (is_han(next_code_point(text, position))) return true;
  }
  return false;
}

// The same for any bytes.
template <typename Visit>
void visit_any(std::string_view text, Span range, const Segmenter* segmenter, const Visit& visit) {
  const std::string_view part = piece(text, range);
  if (segmenter != nullptr && has_han(part)) {
    for (const Span word : segmenter->cut(part)) {
      if (has_letter_or_digit(piece(part, word))) {
        visit(Span{range.begin + word.begin, range.begin + word.end});
      }
    }
    return;
  }
  BreakIterator& iterator = tools().iterator;
  iterator.start(part);
  while (iterator.next()) {
    const Span word = iterator.span();
    if (!iterator.is_word() || is_blank(piece(part, word))) continue;
    visit(Span{range.begin + word.begin, range.begin + word.end});
  }
}

// Where no word goes on. The "@" is one that some releases of ICU take for a part of words.
bool is_divider(char byte) {
  return byte == ' ' || byte == '\n' || byte == '@';
}

// The end of the run from `begin` up to the next divider, and whether it is all ASCII.
std::size_t run_end(std::string_view text, std::size_t begin, bool& ascii) {
  ascii = true;
  std::size_t i = begin;
  for (; i < text.size() && !is_divider(text[i]); ++i) {
    ascii = ascii && is_ascii(text[i]);
  }
  return i;
}

template <typename Visit>
void visit_words(std::string_view whole, const Segmenter* segmenter, const Visit& visit) {
  const std::string_view text = whole.substr(0, max_bytes);
  for (std::size_t i = 0; i < text.size();) {
    bool ascii = true;
    const std::size_t end = run_end(text, i, ascii);
    if (ascii) {
      visit_ascii(text, {i, end}, visit);
    } else {
      visit_any(text, {i, end}, segmenter, visit);
    }
    i = end + 1;
  }
}

// "don't" to "do", "it's" to "it", and the three that change: what is left is a word again. Of
// anything else the word itself.
std::string_view without_clitic(std::string_view word) {
  constexpr std::string_view curly = "\u2019";
  std::size_t length = 1;
  std::size_t apostrophe = word.rfind('\'');
  if (apostrophe == std::string_view::npos) {
    apostrophe = word.rfind(curly);
    length = curly.size();
  }
  if (apostrophe == std::string_view::npos || apostrophe == 0) return word;

  const std::string_view stem = word.substr(0, apostrophe);
  const std::string rest = to_lower(word.substr(apostrophe + length));
  if (rest == "t" && stem.size() > 1 && (stem.back() == 'n' || stem.back() == 'N')) {
    const std::string lower = to_lower(stem);
    if (lower == "can") return stem;
    if (lower == "won") return "will";
    if (lower == "shan") return "shall";
    return stem.substr(0, stem.size() - 1);
  }
  for (const std::string_view clitic : {"s", "m", "d", "re", "ve", "ll"}) {
    if (rest == clitic) return stem;
  }
  return word;
}

bool begins_with_han(std::string_view word) {
  std::size_t position = 0;
  return !is_ascii(word.front()) && is_han(next_code_point(word, position));
}

// Appends the words of a text in one language.
void append_words(std::string_view text, const std::string& lang, const WordOptions& options,
                  std::vector<std::string>& found) {
  // Latin words in a Chinese text are English, as far as anyone can tell.
  const std::string_view letters_lang = lang == "zh" ? "en" : std::string_view(lang);
  Stemmer* const stemmer = options.stem ? tools().stemmer(letters_lang) : nullptr;
  // Chinese characters in a Japanese text make other words.
  const Segmenter* const segmenter = lang == "ja" ? nullptr : options.segmenter;
  visit_words(text, segmenter, [&](Span span) {
    const std::string_view raw = piece(text, span);
    const bool han = begins_with_han(raw);
    const std::string_view word = !han && letters_lang == "en" ? without_clitic(raw) : raw;
    std::string lower = options.keep_case && !options.stop_words && stemmer == nullptr
                            ? std::string()
                            : to_lower(word);
    if (options.stop_words) {
      if (han ? is_stop_word(to_simplified(lower), "zh") : is_stop_word(lower, letters_lang))
        return;
    }
    if (options.keep_case && (stemmer == nullptr || han)) {
      found.emplace_back(word);
    } else if (stemmer != nullptr && !han) {
      found.emplace_back(stemmer->stem(lower));
    } else {
      found.push_back(std::move(lower));
    }
  });
}

}  // namespace

std::vector<std::string> words(std::string_view text, const WordOptions& options) {
  std::string folded;
  if (options.simplified && !is_ascii(text)) {
    folded = to_simplified(text);
    text = folded;
  }
  std::vector<std::string> found;
  found.reserve(text.size() / 6);  // a little more than there are words of English
  if (options.lang != "auto") {
    append_words(text, options.lang, options, found);
    return found;
  }
  for (const LanguageRun& run : language_runs(text)) {
    const std::string& lang = run.lang == "und" ? options.unknown_lang : run.lang;
    append_words(piece(text, run.span), lang, options, found);
  }
  return found;
}

bool says_something(std::string_view text) {
  constexpr std::size_t looked_at = 400;  // bytes: nobody fills so many with stop words alone
  const std::string_view beginning = text.substr(0, looked_at);
  for (const std::string& word : words(beginning, {.unknown_lang = "en", .stop_words = true})) {
    if (word.find_first_not_of("0123456789.,") != std::string::npos) return true;
  }
  return text.size() > looked_at;
}

std::vector<Span> word_spans(std::string_view text, const Segmenter* segmenter) {
  std::vector<Span> spans;
  visit_words(text, segmenter, [&](Span span) { spans.push_back(span); });
  return spans;
}

std::vector<std::string> han_bigrams(std::string_view text) {
  std::vector<std::string> bigrams;
  Span previous;  // the Chinese character before this one, empty where there is none
  bool paired = false;
  const auto end_run = [&] {
    if (previous.end > previous.begin && !paired) bigrams.emplace_back(piece(text, previous));
    previous = {};
    paired = false;
  };
  for (std::size_t position = 0; position < text.size();) {
    const std::size_t begin = position;
    if (!is_han(next_code_point(text, position))) {
      end_run();
      continue;
    }
    if (previous.end > previous.begin) {
      bigrams.emplace_back(piece(text, {previous.begin, position}));
      paired = true;
    }
    previous = {begin, position};
  }
  end_run();
  return bigrams;
}

}  // namespace limn
