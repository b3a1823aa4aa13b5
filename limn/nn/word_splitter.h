// WordSplitter: text to the words that WordPiece cuts, normalized as BERT does it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "limn/nn/unicode.h"

namespace limn {

struct WordSettings {
  bool clean_text = true;            // drop control characters, make every white space a space
  bool handle_chinese_chars = true;  // each CJK ideograph is a word
  bool strip_accents = true;
  bool lowercase = true;
};

// Gives the words of a text one at a time, so that who has enough can stop. A word is a run of
// characters between white space, or one character of punctuation.
class WordSplitter {
 public:
  // Borrows `text`.
  WordSplitter(std::string_view text, const WordSettings& settings)
      : text_(text), settings_(settings) {}

  struct Word {
    std::string_view text;  // UTF-8; until the next call
    std::size_t characters = 0;
  };

  // Nothing after the last word.
  [[nodiscard]] std::optional<Word> next();

  // The whole text, normalized and not split. Requires that no word was taken.
  [[nodiscard]] std::string normalized();

 private:
  struct Accent {
    char32_t c = 0;
    std::uint8_t combining_class = 0;
  };

  bool read_ascii();
  void read_ascii_letters();
  void normalize_next();
  void normalize(char32_t c);
  void strip(char32_t c);
  void flush_accents();
  void put(char32_t c);
  bool take(char32_t c);

  std::string_view text_;
  WordSettings settings_;
  std::size_t position_ = 0;
  std::vector<char32_t> ready_;  // normalized, not yet in a word
  std::size_t taken_ = 0;        // of ready_
  std::vector<Accent> accents_;  // of the letter before, to be put in canonical order
  std::string word_;
  std::size_t characters_ = 0;
};

}  // namespace limn
