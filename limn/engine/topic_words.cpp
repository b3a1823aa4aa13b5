#include "limn/engine/topic_words.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

#include "limn/core/utf8.h"
#include "limn/text/characters.h"
#include "limn/text/chinese.h"
#include "limn/text/language.h"
#include "limn/text/stem.h"
#include "limn/text/stop_words.h"
#include "limn/text/words.h"

namespace limn {
namespace {

// Each thread has its own: a stemmer is for one at a time.
Stemmer* stemmer(const std::string& lang) {
  thread_local std::map<std::string, std::optional<Stemmer>> stemmers;
  const auto found = stemmers.find(lang);
  if (found != stemmers.end()) return found->second ? &*found->second : nullptr;
  std::optional<Stemmer>& made = stemmers[lang];
  if (stemming_algorithm(lang)) made = *Stemmer::make(lang);
  return made ? &*made : nullptr;
}

struct Letters {
  std::size_t letters = 0;  // and Chinese characters
  std::size_t others = 0;   // digits, marks
  bool han = false;
};

Letters count_letters(std::string_view word) {
  Letters counted;
  for (std::size_t position = 0; position < word.size();) {
    const char32_t code = next_code_point(word, position);
    constexpr char32_t first_beyond_ascii = 0x80;
    const bool ascii_letter = (code >= U'a' && code <= U'z') || (code >= U'A' && code <= U'Z');
    const bool letter = code < first_beyond_ascii ? ascii_letter : is_letter_or_digit(code);
    ++(letter ? counted.letters : counted.others);
    counted.han = counted.han || is_han(code);
  }
  return counted;
}

bool begins_with_han(std::string_view word) {
  std::size_t position = 0;
  return is_han(next_code_point(word, position));
}

// Numbers in words; of Chinese, what is made of numerals alone.
bool is_number(std::string_view word) {
  static constexpr std::array<std::string_view, 32> english{
      "one",      "two",     "three",    "four",    "five",     "six",      "seven",   "eight",
      "nine",     "ten",     "eleven",   "twelve",  "thirteen", "fourteen", "fifteen", "sixteen",
      "eighteen", "twenty",  "thirty",   "forty",   "fifty",    "sixty",    "seventy", "eighty",
      "ninety",   "hundred", "thousand", "million", "first",    "second",   "third",   "half"};
  static constexpr std::u32string_view chinese =
      U"\u4e00\u4e8c\u4e24\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d\u5341\u767e\u5343\u4e07"
      U"\u96f6\u51e0\u534a";
  if (std::ranges::find(english, word) != english.end()) return true;
  for (std::size_t position = 0; position < word.size();) {
    if (chinese.find(next_code_point(word, position)) == std::u32string_view::npos) return false;
  }
  return true;
}

// Words that praise or blame anything, tell of any purchase, or do anything: a reader of opinions
// wants them, but they name nothing that texts are about. Chinese: not bad, quite good, feeling,
// thing, like, content, the first time, arrived, recommend ...
constexpr std::string_view of_anything =
    "good great nice best better bad worst excellent perfect perfectly awesome amazing fine thing "
    "things lot lots bit way buy bought buying recommend recommended happy "
    "make makes made making use uses used using try tried trying know known look looking say said "
    "see seen seem seems find found want wanted need needed require required call called think "
    "thought take taken get getting got come comes give given different several "
    "\u4e0d\u9519 \u633a\u597d \u5f88\u597d \u8fd8\u884c \u8fd8\u597d \u611f\u89c9 "
    "\u4e1c\u897f \u559c\u6b22 \u6ee1\u610f \u4e00\u822c \u7b2c\u4e00\u6b21 "
    "\u7b2c\u4e8c\u5929 \u4e0b\u6b21 \u6536\u5230 \u8d2d\u4e70 \u5f88\u5feb \u503c\u5f97 "
    "\u771f\u7684 \u89c9\u5f97 \u4e00\u672c \u672c\u4e66 \u4e0d\u597d \u6ca1\u7528 "
    "\u4e0d\u600e\u4e48\u6837 \u597d\u8bc4 \u5dee\u8bc4 \u5931\u671b \u4e0d\u60f3 "
    "\u63a8\u8350 \u8d85\u7ea7 \u975e\u5e38 \u7279\u522b \u603b\u4f53 \u603b\u4e4b "
    "\u5b9d\u8d1d ";

bool is_of_anything(std::string_view word) {
  static const std::set<std::string_view> words = [] {
    std::set<std::string_view> all;
    for (std::string_view rest = of_anything; !rest.empty();) {
      const std::size_t end = rest.find(' ');
      all.insert(rest.substr(0, end));
      rest.remove_prefix(end + 1);
    }
    return all;
  }();
  return words.contains(word);
}

bool names_nothing(std::string_view word) {
  return is_number(word) || is_of_anything(word);
}

// Nothing where it is a stop word or says nothing.
std::optional<TopicWord> topic_word(std::string_view raw, const std::string& lang) {
  const Letters letters = count_letters(raw);
  if (letters.letters == 0) return std::nullopt;
  if (begins_with_han(raw)) {
    TopicWord word{to_simplified(to_lower(raw)), to_lower(raw)};
    if (is_stop_word(word.key, "zh") || names_nothing(word.key)) return std::nullopt;
    return word;
  }
  if (letters.letters < 2) return std::nullopt;
  // Latin words in a Chinese text are English, as far as anyone can tell.
  const std::string letters_lang = lang == "zh" ? "en" : lang;
  const std::vector<std::string> read = words(raw, {.lang = letters_lang, .stop_words = true});
  if (read.size() != 1 || names_nothing(read.front())) return std::nullopt;
  TopicWord word{read.front(), read.front()};
  word.small = raw.front() < 'A' || raw.front() > 'Z';
  if (Stemmer* const stems = stemmer(letters_lang)) word.key = stems->stem(word.text);
  return word;
}

// Whether nothing but a space or a hyphen stands between two words.
bool is_joint(std::string_view between) {
  return between.empty() || between == " " || between == "-";
}

void append_words(std::string_view text, const std::string& lang, const Segmenter* segmenter,
                  std::vector<TopicWord>& found) {
  std::optional<std::size_t> end;  // of the word before, where that was kept
  for (const Span span : word_spans(text, segmenter)) {
    std::optional<TopicWord> word = topic_word(piece(text, span), lang);
    if (word) {
      word->joined = end && is_joint(piece(text, {*end, span.begin}));
      found.push_back(*std::move(word));
    }
    end = word ? std::optional(span.end) : std::nullopt;
  }
}

}  // namespace

std::vector<TopicWord> topic_words(std::string_view text, const TopicWordOptions& options) {
  std::vector<TopicWord> found;
  if (options.lang != "auto") {
    append_words(text, options.lang, options.segmenter, found);
    return found;
  }
  for (const LanguageRun& run : language_runs(text)) {
    const std::string& lang = run.lang == "und" ? options.unknown_lang : run.lang;
    append_words(piece(text, run.span), lang, options.segmenter, found);
  }
  return found;
}

bool can_name(std::string_view word) {
  const Letters letters = count_letters(word);
  const std::size_t least = letters.han ? 2 : 3;
  return letters.letters >= least && letters.letters > 2 * letters.others && !names_nothing(word);
}

}  // namespace limn
