// The script decides where it can (Han is Chinese, unless kana stand among it); among languages of
// one script the commonest words do. Ten words are usually enough, no model is needed, and what was
// decided can be read in languages.txt.
#include "limn/text/language.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include "limn/text/characters.h"
#include "limn/text/embedded.h"
#include "limn/text/sentences.h"
#include "limn/text/stop_words.h"
#include "limn/text/word_list.h"

namespace limn {
namespace {

constexpr std::size_t max_bytes = 4096;     // a language shows in the first paragraph
constexpr std::size_t max_word_bytes = 24;  // common words are short

// Which languages have a word among their commonest: one bit each.
class CommonWords {
 public:
  CommonWords() {
    for_each_line(embedded::languages, [&](std::string_view line) {
      const std::size_t space = line.find(' ');
      add_language(line.substr(0, space), line.substr(space));
    });
    const std::uint64_t english = std::uint64_t{1} << number_of("en");
    for (const std::string_view word : stop_words("en")) masks_[word] |= english;
  }

  [[nodiscard]] std::uint64_t languages_of(std::string_view word) const {
    const auto found = masks_.find(word);
    return found == masks_.end() ? 0 : found->second;
  }
  [[nodiscard]] std::size_t size() const { return codes_.size(); }
  [[nodiscard]] std::string_view code(std::size_t language) const { return codes_[language]; }

 private:
  void add_language(std::string_view code, std::string_view line) {
    const std::uint64_t bit = std::uint64_t{1} << codes_.size();
    codes_.push_back(code);
    for_each_field(line, [&](std::string_view word) { masks_[word] |= bit; });
  }
  [[nodiscard]] std::size_t number_of(std::string_view code) const {
    return static_cast<std::size_t>(std::find(codes_.begin(), codes_.end(), code) - codes_.begin());
  }

  std::vector<std::string_view> codes_;
  std::unordered_map<std::string_view, std::uint64_t> masks_;
};

const CommonWords& common_words() {
  static const CommonWords words;
  return words;
}

// What a text shows of its language.
struct Survey {
  std::array<std::size_t, USCRIPT_CODE_LIMIT> letters{};  // of each script
  std::size_t all_letters = 0;
  std::size_t words = 0;
  std::vector<std::uint64_t> common;  // the languages of each word that is common somewhere

  void add(const Survey& other) {
    for (std::size_t script = 0; script < letters.size(); ++script) {
      letters[script] += other.letters[script];
    }
    all_letters += other.all_letters;
    words += other.words;
    common.insert(common.end(), other.common.begin(), other.common.end());
  }
};

// A Chinese character says as much as a few Latin letters do.
constexpr std::size_t han_weight = 3;

bool is_latin_letter(char32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Whether a character that is not ASCII is a letter, or a mark upon one.
bool belongs_to_a_word(UChar32 c) {
  return u_isalpha(c) || u_getCombiningClass(c) != 0 || u_charType(c) == U_COMBINING_SPACING_MARK;
}

class Surveyor {
 public:
  Survey look_at(std::string_view text) {
    for (std::size_t position = 0; position < text.size();) {
      const std::size_t begin = position;
      const char32_t c = next_code_point(text, position);
      const bool apostrophe = (c == '\'' || c == 0x2019) && !word_.empty();
      if (apostrophe) {
        word_ += '\'';
      } else if (is_latin_letter(c)) {  // what most texts are made of, without ICU's tables
        count(USCRIPT_LATIN, 1);
        word_ += text[begin];
      } else if (c >= 0x80 && belongs_to_a_word(static_cast<UChar32>(c))) {
        take(text.substr(begin, position - begin), static_cast<UChar32>(c));
      } else {
        end_word();
      }
    }
    end_word();
    return std::move(seen_);
  }

 private:
  void count(UScriptCode script, std::size_t weight) {
    seen_.letters[static_cast<std::size_t>(script)] += weight;
    seen_.all_letters += weight;
  }

  void take(std::string_view bytes, UChar32 c) {
    UErrorCode status = U_ZERO_ERROR;
    const UScriptCode script = uscript_getScript(c, &status);
    if (U_SUCCESS(status) && script > USCRIPT_INHERITED && script < USCRIPT_CODE_LIMIT) {
      count(script, script == USCRIPT_HAN ? han_weight : 1);
    }
    if (script == USCRIPT_HAN) {
      end_word();
    } else {
      word_ += bytes;
    }
  }

  void end_word() {
    if (!word_.empty() && word_.size() <= max_word_bytes) {
      seen_.words += 1;
      const std::uint64_t languages = common_.languages_of(to_lower(word_));
      if (languages != 0) seen_.common.push_back(languages);
    }
    word_.clear();
  }

  const CommonWords& common_ = common_words();
  Survey seen_;
  std::string word_;
};

Survey survey(std::string_view text) {
  return Surveyor().look_at(text);
}

// A script that one language of today is written in.
struct ScriptLanguage {
  UScriptCode script;
  std::string_view language;
};
constexpr std::array<ScriptLanguage, 17> own_scripts{{
    {USCRIPT_HANGUL, "ko"},
    {USCRIPT_THAI, "th"},
    {USCRIPT_GREEK, "el"},
    {USCRIPT_ARMENIAN, "hy"},
    {USCRIPT_GEORGIAN, "ka"},
    {USCRIPT_TAMIL, "ta"},
    {USCRIPT_TELUGU, "te"},
    {USCRIPT_BENGALI, "bn"},
    {USCRIPT_GUJARATI, "gu"},
    {USCRIPT_GURMUKHI, "pa"},
    {USCRIPT_KANNADA, "kn"},
    {USCRIPT_MALAYALAM, "ml"},
    {USCRIPT_SINHALA, "si"},
    {USCRIPT_KHMER, "km"},
    {USCRIPT_LAO, "lo"},
    {USCRIPT_MYANMAR, "my"},
    {USCRIPT_ETHIOPIC, "am"},
}};

// How sure a guess must be.
struct Certainty {
  double share = 0.1;  // of the words that are common ones; running text has .3 to .5
  double lead = 1;     // times as many as the second language has
};

// The language whose common words make up the most of the words; "und" where none has a clear lead.
std::string by_common_words(const Survey& seen, const Certainty& certainty) {
  const CommonWords& common = common_words();
  // A word shared by k languages speaks for each of them with 1 / k.
  std::vector<double> scores(common.size(), 0);
  for (const std::uint64_t mask : seen.common) {
    const double share = 1.0 / __builtin_popcountll(mask);
    for (std::size_t i = 0; i < scores.size(); ++i) {
      if ((mask >> i) & 1) scores[i] += share;
    }
  }
  const auto best = std::max_element(scores.begin(), scores.end());
  const double best_score = *best;
  const auto language = static_cast<std::size_t>(best - scores.begin());
  *best = 0;
  const double second_score = *std::max_element(scores.begin(), scores.end());
  if (best_score < certainty.share * static_cast<double>(seen.words) ||
      best_score <= certainty.lead * second_score) {
    return "und";
  }
  return std::string(common.code(language));
}

std::string guess(const Survey& seen, const Certainty& certainty) {
  if (seen.all_letters == 0) return "und";

  // More than half of the letters are of one script, or the text is too mixed to tell.
  const auto share = [&](UScriptCode script) {
    return static_cast<double>(seen.letters[static_cast<std::size_t>(script)]) /
           static_cast<double>(seen.all_letters);
  };
  const double kana = share(USCRIPT_HIRAGANA) + share(USCRIPT_KATAKANA);
  // A Chinese sentence may be full of foreign names; a foreign one hardly quotes so much Chinese.
  if (share(USCRIPT_HAN) + kana > 0.4) {
    constexpr double japanese = 0.1;  // Japanese prose is a third kana or more, names less
    return kana > japanese ? "ja" : "zh";
  }
  for (const auto& [script, language] : own_scripts) {
    if (share(script) > 0.5) return std::string(language);
  }
  for (const UScriptCode script :
       {USCRIPT_LATIN, USCRIPT_CYRILLIC, USCRIPT_ARABIC, USCRIPT_DEVANAGARI, USCRIPT_HEBREW}) {
    if (share(script) > 0.5) return by_common_words(seen, certainty);
  }
  return "und";
}

// A sentence alone is little to tell a language by: where a text of one language is full of names
// and quotes, a few of its words are always some other language's common ones.
std::string sentence_language(const Survey& seen, const std::string& otherwise) {
  constexpr std::size_t shortest = 24;  // letters: six words of English, eight Chinese characters
  if (seen.all_letters < shortest) return otherwise;
  std::string lang = guess(seen, {.share = 0.25, .lead = 3});
  return lang == "und" ? otherwise : lang;
}

}  // namespace

std::string guess_language(std::string_view text) {
  return guess(survey(text.substr(0, max_bytes)), {});
}

std::vector<LanguageRun> language_runs(std::string_view text) {
  const std::vector<Span> parts = sentences(text);
  std::vector<Survey> surveys;
  Survey beginning;
  for (const Span part : parts) {
    surveys.push_back(survey(piece(text, part).substr(0, max_bytes)));
    if (part.begin < max_bytes) beginning.add(surveys.back());
  }
  const std::string whole = guess(beginning, {});

  std::vector<LanguageRun> runs;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    std::string lang = sentence_language(surveys[i], whole);
    if (runs.empty()) {
      runs.push_back({{0, text.size()}, std::move(lang)});
    } else if (runs.back().lang != lang) {
      runs.back().span.end = parts[i].begin;
      runs.push_back({{parts[i].begin, text.size()}, std::move(lang)});
    }
  }
  if (runs.empty()) runs.push_back({{0, text.size()}, whole});
  return runs;
}

}  // namespace limn
