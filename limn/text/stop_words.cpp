#include "limn/text/stop_words.h"

#include <algorithm>
#include <unordered_set>
#include <vector>

#include "limn/text/embedded.h"
#include "limn/text/word_list.h"

namespace limn {
namespace {

struct StopWords {
  explicit StopWords(std::string_view file) {
    for_each_line(file, [&](std::string_view line) {
      for_each_field(line, [&](std::string_view word) {
        if (set.insert(word).second) list.push_back(word);
      });
    });
    std::sort(list.begin(), list.end());
  }

  std::unordered_set<std::string_view> set;
  std::vector<std::string_view> list;
};

const StopWords* stop_words_of(std::string_view lang) {
  static const StopWords english(embedded::english_stop_words);
  static const StopWords chinese(embedded::chinese_stop_words);
  if (lang == "en") return &english;
  if (lang == "zh") return &chinese;
  return nullptr;
}

}  // namespace

bool is_stop_word(std::string_view word, std::string_view lang) {
  const StopWords* words = stop_words_of(lang);
  return words != nullptr && words->set.contains(word);
}

std::span<const std::string_view> stop_words(std::string_view lang) {
  const StopWords* words = stop_words_of(lang);
  if (words == nullptr) return {};
  return words->list;
}

}  // namespace limn
