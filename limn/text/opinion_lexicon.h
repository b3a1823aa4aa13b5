// The lexicon of opinions: words that say for or against, and the words that turn, raise or lower
// what stands near them. English and Chinese; the files are opinions/*.txt.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace limn {

// What one entry does. An entry may do several things: "hard" is a complaint and a size, "very"
// raises.
struct LexiconEntry {
  float weight = 0;        // -3 to 3; 0 for no opinion
  bool negates = false;    // "not"
  bool raises = false;     // "very"
  bool lowers = false;     // "a bit"
  bool contrasts = false;  // "but"
  bool supposes = false;   // "if", "hoped": what follows is not so
  bool exceeds = false;    // "too": a size behind it is a complaint
  bool is_size = false;    // "small"
};

// One file, read.
class Lexicon {
 public:
  explicit Lexicon(std::string_view file);

  // Read once; any thread may call it. Words of English are in lower case.
  [[nodiscard]] static const Lexicon& english();
  [[nodiscard]] static const Lexicon& chinese();

  // The entry of a word, by itself or by how it begins; null where there is none.
  [[nodiscard]] const LexiconEntry* find(std::string_view word) const;

  struct Match {
    const LexiconEntry* entry = nullptr;
    std::size_t size = 0;  // words (English) or bytes (Chinese) that it covers
  };
  // The longest entry that `words` begin with.
  [[nodiscard]] Match match(std::span<const std::string> words) const;
  // The longest entry that `text`, Chinese, begins with.
  [[nodiscard]] Match match(std::string_view text) const;

 private:
  LexiconEntry& entry(std::string_view word);

  std::unordered_map<std::string, LexiconEntry> entries_;  // phrases with spaces between words
  std::map<std::string, LexiconEntry, std::less<>> beginnings_;
  std::unordered_set<std::string> phrase_heads_;  // first words of phrases
  std::size_t longest_ = 0;                       // bytes
};

// What reviews speak of: "battery", "battery life" are the aspect "battery".
class AspectNames {
 public:
  explicit AspectNames(std::string_view file);
  [[nodiscard]] static const AspectNames& all();

  // What a name is called in the other language; the name itself where no line says.
  [[nodiscard]] std::string_view in_english(std::string_view name) const;
  [[nodiscard]] std::string_view in_chinese(std::string_view name) const;

  struct Match {
    std::string_view name;  // empty where there is none
    std::size_t size = 0;   // words or bytes, as above
  };
  [[nodiscard]] Match match(std::span<const std::string> words) const;
  [[nodiscard]] Match match(std::string_view text) const;

 private:
  std::unordered_map<std::string, std::string> names_;       // by word or phrase
  std::map<std::string, std::string, std::less<>> english_;  // by the Chinese name
  std::map<std::string, std::string, std::less<>> chinese_;  // by the English one
  std::size_t longest_ = 0;                                  // bytes
};

}  // namespace limn
