#include "limn/text/opinion.h"

#include <algorithm>
#include <cstdint>

#include "limn/core/hash.h"
#include "limn/core/utf8.h"
#include "limn/text/characters.h"
#include "limn/text/opinion_lexicon.h"

namespace limn {
namespace {

constexpr std::size_t max_bytes = std::size_t{1} << 22;  // of one text; the rest is not looked at

// Words that a negation reaches over ("not a very good ..."); of Chinese, characters.
constexpr int english_reach = 4;
constexpr int chinese_reach = 5;
constexpr int raise_reach = 2;

// Taboada et al. (2011): a negated word is no mirror image. "Not bad" is faint praise, "not good"
// near to blame.
constexpr float negated_praise = -0.75F;
constexpr float negated_blame = -0.5F;
constexpr float raised = 1.4F;
constexpr float lowered = 0.7F;
constexpr float supposed = 0.2F;  // "if it were good"
constexpr float asked = 0.3F;     // "is it any good?"
constexpr float exceeding = -1.5F;
// VADER's weights of what stands before and behind a "but".
constexpr float before_contrast = 0.5F;
constexpr float after_contrast = 1.5F;

enum class Mark { none, clause, sentence, question };

Mark mark_of(char32_t code) {
  switch (code) {
    case '?':
    case 0xFF1F: return Mark::question;
    case '.':
    case '!':
    case '\n':
    case '\r':
    case 0x3002:
    case 0xFF01:
    case 0x2026: return Mark::sentence;
    case ',':
    case ';':
    case ':':
    case '(':
    case ')':
    case '~':
    case 0xFF0C:
    case 0xFF1B:
    case 0xFF1A:
    case 0x3001:
    case 0xFF08:
    case 0xFF09:
    case 0xFF5E:
    case 0x2014: return Mark::clause;
    default: return Mark::none;
  }
}

bool is_word_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '\'' ||
         c == '-' || c == '_';
}

char lower_case(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// The end of a tag that begins at `i`; `i` where there is none. Texts are full of "<" and ">".
std::size_t tag_end(std::string_view text, std::size_t i) {
  constexpr std::size_t longest = 2000;
  const char next = i + 1 < text.size() ? text[i + 1] : ' ';
  const bool opens =
      next == '/' || next == '!' || (lower_case(next) >= 'a' && lower_case(next) <= 'z');
  if (!opens) return i;
  const std::size_t end = text.substr(0, std::min(text.size(), i + longest)).find('>', i);
  return end == std::string_view::npos ? i : end + 1;
}

bool is_negation(const std::string& word) {
  const LexiconEntry* entry = Lexicon::english().find(word);
  return entry != nullptr && entry->negates;
}

// Reads one text from left to right. What is said before a "but" or a "?" is weighed again when
// that is met.
class Reader {
 public:
  Reader(std::string_view text, bool with_features)
      : text_(text.substr(0, max_bytes)), with_features_(with_features) {}

  OpinionReading read() {
    for (std::size_t i = 0; i < text_.size();) i = step(i);
    end_sentence(text_.size(), text_.size(), 1);
    std::sort(reading_.features.begin(), reading_.features.end());
    const auto repeated = std::unique(reading_.features.begin(), reading_.features.end());
    reading_.features.erase(repeated, reading_.features.end());
    return std::move(reading_);
  }

 private:
  // Reads what begins at `i`; returns where it ends.
  std::size_t step(std::size_t i) {
    const char c = text_[i];
    if (is_ascii(c)) {
      if (is_word_byte(c) && c != '\'' && c != '-' && c != '_') return english(i);
      if (c == '<' && tag_end(text_, i) > i) {
        end_sentence(i, tag_end(text_, i), 1);
        return tag_end(text_, i);
      }
      mark(i, i + 1, static_cast<unsigned char>(c));
      return i + 1;
    }
    const CodePoint point = code_point_at(text_, i);
    // A curly apostrophe belongs to its word.
    if (point.valid && is_han(point.code)) return chinese(i, point.bytes);
    mark(i, i + point.bytes, point.valid ? point.code : ' ');
    return i + point.bytes;
  }

  void mark(std::size_t begin, std::size_t end, char32_t code) {
    const Mark found = mark_of(code);
    if (found == Mark::none) {
      if (code != ' ') previous_.clear();
      return;
    }
    // "3.5", "1,000", "e.g.": no mark where a word goes on.
    const bool inside = (code == '.' || code == ',') && begin > 0 && end < text_.size() &&
                        is_word_byte(text_[begin - 1]) && is_word_byte(text_[end]);
    if (inside) return;
    if (found == Mark::clause) {
      end_clause(begin, end);
    } else {
      end_sentence(begin, end, found == Mark::question ? asked : 1);
    }
  }

  void end_clause(std::size_t end, std::size_t next) {
    if (end > clause_begin_) {
      reading_.clauses.push_back({clause_begin_, end});
      clause_ += 1;
    }
    clause_begin_ = next;
    since_negation_ = since_raise_ = since_lower_ = since_exceed_ = far;
    supposing_ = false;
    previous_.clear();
  }

  void end_sentence(std::size_t end, std::size_t next, float factor) {
    for (std::size_t w = sentence_words_; w < reading_.words.size(); ++w)
      reading_.words[w].weight *= factor;
    sentence_words_ = reading_.words.size();
    gain_ = 1;
    end_clause(end, next);
  }

  // "But": a clause of its own begins, and counts for more.
  void contrast(std::size_t begin) {
    end_clause(begin, begin);
    if (sentence_words_ == reading_.words.size()) return;  // nothing to stand against
    for (std::size_t w = sentence_words_; w < reading_.words.size(); ++w)
      reading_.words[w].weight *= before_contrast;
    gain_ = after_contrast;
  }

  // The words from `i` on that a phrase could have, in lower case, with where each one ends.
  std::vector<std::string> words_at(std::size_t i, std::vector<std::size_t>& ends) const {
    constexpr std::size_t most = 5;
    std::vector<std::string> words;
    while (words.size() < most && i < text_.size() && is_word_byte(text_[i])) {
      std::size_t end = i;
      std::string word;
      while (end < text_.size()) {
        constexpr std::string_view curly = "\u2019";
        if (text_.substr(end).starts_with(curly)) {
          word += '\'';
          end += curly.size();
        } else if (is_word_byte(text_[end])) {
          word += lower_case(text_[end++]);
        } else {
          break;
        }
      }
      words.push_back(std::move(word));
      ends.push_back(end);
      i = end < text_.size() && text_[end] == ' ' ? end + 1 : text_.size();
    }
    return words;
  }

  std::size_t english(std::size_t i) {
    std::vector<std::size_t> ends;
    const std::vector<std::string> words = words_at(i, ends);
    const Lexicon::Match match = Lexicon::english().match(words);
    const AspectNames::Match aspect = AspectNames::all().match(words);
    if (aspect.size > 0 && aspect.size >= match.size) add_aspect(i, ends[aspect.size - 1], aspect);
    const std::size_t size = std::max<std::size_t>(1, match.size);
    bool turned = since_negation_ < english_reach;
    for (std::size_t n = 0; n < size; ++n) {
      learn(turned ? "not_" + words[n] : words[n]);
      turned = turned || is_negation(words[n]);
    }
    passed(static_cast<int>(size));
    // "n't" turns what follows, whatever it is part of.
    const bool clitic = words.front().ends_with("n't") && (match.entry == nullptr);
    if (match.entry != nullptr) {
      const LexiconEntry* next =
          size < words.size() ? Lexicon::english().find(words[size]) : nullptr;
      take({i, ends[size - 1]}, *match.entry, next, english_reach);
    }
    if (clitic) since_negation_ = 0;
    return ends[size - 1];
  }

  std::size_t chinese(std::size_t i, std::size_t bytes) {
    const std::string_view rest = text_.substr(i);
    const Lexicon::Match match = Lexicon::chinese().match(rest);
    const AspectNames::Match aspect = AspectNames::all().match(rest);
    // "The quality is poor" may be one entry: the aspect stands inside.
    if (aspect.size > 0) add_aspect(i, i + aspect.size, aspect);
    const std::size_t size = match.entry != nullptr ? match.size : std::max(bytes, aspect.size);
    learn_characters(i, size);
    passed(1);
    if (match.entry != nullptr) {
      const Lexicon::Match next = Lexicon::chinese().match(rest.substr(size));
      take({i, i + size}, *match.entry, next.entry, chinese_reach);
    }
    return i + size;
  }

  void passed(int words) {
    for (int* since : {&since_negation_, &since_raise_, &since_lower_, &since_exceed_})
      *since = std::min(far, *since + words);
  }

  // What an entry at `span` does. `next` is what stands right behind it, or null.
  void take(Span span, const LexiconEntry& entry, const LexiconEntry* next, int reach) {
    if (entry.contrasts) contrast(span.begin);
    const bool negated = since_negation_ <= reach;
    const bool too = since_exceed_ <= 1 && entry.is_size && !negated;
    // "Very good", "pretty good": before another opinion a word that raises is nothing else.
    const bool only_raises = (entry.raises || entry.lowers) && next != nullptr && next->weight != 0;
    if (too) {
      add_word(span, exceeding);
    } else if (entry.weight != 0 && !only_raises) {
      add_word(span, weighed(entry.weight, negated));
    }
    if (entry.negates) {
      // Two in a row cancel out.
      since_negation_ = negated && since_negation_ <= 2 ? far : 0;
    }
    if (entry.raises) since_raise_ = 0;
    if (entry.lowers) since_lower_ = 0;
    if (entry.exceeds) since_exceed_ = 0;
    if (entry.supposes) supposing_ = true;
  }

  [[nodiscard]] float weighed(float weight, bool negated) const {
    if (since_raise_ <= raise_reach) weight *= raised;
    if (since_lower_ <= raise_reach) weight *= lowered;
    if (negated) weight *= weight > 0 ? negated_praise : negated_blame;
    if (supposing_) weight *= weight > 0 ? supposed : 0.5F;
    return weight;
  }

  void add_word(Span span, float weight) {
    reading_.words.push_back({span, clause_, weight * gain_});
  }

  void add_aspect(std::size_t begin, std::size_t end, const AspectNames::Match& match) {
    reading_.aspects.push_back({{begin, end}, clause_, match.name});
  }

  void learn(std::string feature) {
    if (!with_features_) return;
    if (!previous_.empty()) {
      constexpr std::uint64_t pair_seed = 2;
      reading_.features.push_back(hash64(previous_ + ' ' + feature, pair_seed));
    }
    reading_.features.push_back(hash64(feature, 1));
    previous_ = std::move(feature);
  }

  void learn_characters(std::size_t begin, std::size_t size) {
    for (std::size_t i = begin; i < begin + size;) {
      const std::size_t bytes = code_point_at(text_, i).bytes;
      learn(std::string(text_.substr(i, bytes)));
      i += bytes;
    }
  }

  static constexpr int far = 1000;

  std::string_view text_;
  bool with_features_;
  OpinionReading reading_;
  std::size_t clause_ = 0;
  std::size_t clause_begin_ = 0;
  std::size_t sentence_words_ = 0;  // the first word of this sentence
  float gain_ = 1;
  int since_negation_ = far;  // words, or Chinese entries, since then
  int since_raise_ = far;
  int since_lower_ = far;
  int since_exceed_ = far;
  bool supposing_ = false;
  std::string previous_;  // feature
};

}  // namespace

OpinionReading read_opinion(std::string_view text, bool with_features) {
  return Reader(text, with_features).read();
}

float opinion_of(const OpinionReading& reading, Span part) {
  float sum = 0;
  for (const OpinionWord& word : reading.words) {
    if (word.span.begin >= part.begin && word.span.end <= part.end) sum += word.weight;
  }
  return sum;
}

}  // namespace limn
