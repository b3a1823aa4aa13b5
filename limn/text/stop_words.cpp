#include "limn/text/stop_words.h"

#include <algorithm>
#include <map>
#include <string>
#include <unordered_set>

#include "limn/core/hash.h"
#include "limn/text/embedded.h"
#include "limn/text/word_list.h"

namespace limn {
namespace {

struct StopWords {
  std::unordered_set<std::string_view> set;
  std::vector<std::string_view> list;
};

// The words of lines.
StopWords read_words(std::string_view lines) {
  StopWords words;
  for_each_line(lines, [&](std::string_view line) {
    for_each_field(line, [&](std::string_view word) {
      if (words.set.insert(word).second) words.list.push_back(word);
    });
  });
  std::sort(words.list.begin(), words.list.end());
  return words;
}

using Lists = std::map<std::string_view, StopWords>;

Lists read_lists() {
  Lists lists;
  // A language a line: "de aber alle ...".
  for_each_line(embedded::other_stop_words, [&](std::string_view line) {
    const std::size_t space = std::min(line.find(' '), line.size());
    lists.emplace(line.substr(0, space), read_words(line.substr(space)));
  });
  lists.insert_or_assign("en", read_words(embedded::english_stop_words));
  lists.insert_or_assign("zh", read_words(embedded::chinese_stop_words));
  return lists;
}

const Lists& lists() {
  static const Lists all = read_lists();
  return all;
}

const StopWords* stop_words_of(std::string_view lang) {
  const auto found = lists().find(lang);
  return found == lists().end() ? nullptr : &found->second;
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

std::vector<std::string_view> stop_word_languages() {
  std::vector<std::string_view> codes;
  for (const auto& [code, words] : lists()) codes.push_back(code);
  return codes;
}

std::uint64_t stop_words_fingerprint() {
  std::uint64_t hash = 0;
  for (const auto& file :
       {embedded::english_stop_words, embedded::chinese_stop_words, embedded::other_stop_words}) {
    hash = hash64(file, hash);
  }
  return hash;
}

}  // namespace limn
