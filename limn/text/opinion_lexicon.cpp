#include "limn/text/opinion_lexicon.h"

#include <algorithm>

#include "limn/text/characters.h"
#include "limn/text/embedded.h"
#include "limn/text/word_list.h"

namespace limn {
namespace {

constexpr std::size_t longest_phrase = 5;  // words

std::string with_spaces(std::string_view word) {
  std::string spaced(word);
  std::replace(spaced.begin(), spaced.end(), '_', ' ');
  return spaced;
}

// What the entries of a line do, by the line's first field.
void apply(std::string_view key, LexiconEntry& entry) {
  if (key == "not") entry.negates = true;
  if (key == "more") entry.raises = true;
  if (key == "less") entry.lowers = true;
  if (key == "but") entry.contrasts = true;
  if (key == "if") entry.supposes = true;
  if (key == "too") entry.exceeds = true;
  if (key == "size") entry.is_size = true;
  // Of a word in several lines the first one counts, so that the strongest come first.
  const bool opinion = key.size() == 2 && (key[0] == '+' || key[0] == '-');
  if (opinion && entry.weight == 0) {
    entry.weight = static_cast<float>(key[1] - '0') * (key[0] == '+' ? 1.0F : -1.0F);
  }
}

// The words of a phrase, or the bytes of a Chinese one, from the longest to the shortest.
template <typename Find>
auto longest_words(std::span<const std::string> words, const Find& find) {
  std::string phrase;
  std::vector<std::size_t> ends;
  for (std::size_t n = 0; n < std::min(words.size(), longest_phrase); ++n) {
    if (n > 0) phrase += ' ';
    phrase += words[n];
    ends.push_back(phrase.size());
  }
  for (std::size_t n = ends.size(); n > 1; --n) {
    if (const auto found = find(std::string_view(phrase).substr(0, ends[n - 1])); found)
      return std::pair(found, n);
  }
  return std::pair(decltype(find(phrase)){}, std::size_t{0});
}

}  // namespace

LexiconEntry& Lexicon::entry(std::string_view word) {
  if (word.ends_with('*')) return beginnings_[std::string(word.substr(0, word.size() - 1))];
  const std::string spaced = with_spaces(word);
  const std::size_t space = spaced.find(' ');
  if (space != std::string::npos) phrase_heads_.insert(spaced.substr(0, space));
  longest_ = std::max(longest_, spaced.size());
  return entries_[spaced];
}

Lexicon::Lexicon(std::string_view file) {
  for_each_line(file, [&](std::string_view line) {
    const std::string_view key = line.substr(0, line.find(' '));
    if (key.size() == line.size()) return;
    for_each_field(line.substr(key.size() + 1),
                   [&](std::string_view word) { apply(key, entry(word)); });
  });
}

const Lexicon& Lexicon::english() {
  static const Lexicon lexicon(embedded::english_opinions);
  return lexicon;
}

const Lexicon& Lexicon::chinese() {
  static const Lexicon lexicon(embedded::chinese_opinions);
  return lexicon;
}

const LexiconEntry* Lexicon::find(std::string_view word) const {
  const auto found = entries_.find(std::string(word));
  if (found != entries_.end()) return &found->second;
  // The longest beginning comes last of those that are not greater than the word.
  constexpr std::size_t shortest = 3;
  for (std::size_t size = word.size(); size >= shortest; --size) {
    const auto beginning = beginnings_.find(word.substr(0, size));
    if (beginning != beginnings_.end()) return &beginning->second;
  }
  return nullptr;
}

Lexicon::Match Lexicon::match(std::span<const std::string> words) const {
  if (words.empty()) return {};
  if (phrase_heads_.contains(words.front())) {
    const auto [entry, size] = longest_words(words, [&](std::string_view phrase) {
      const auto found = entries_.find(std::string(phrase));
      return found == entries_.end() ? nullptr : &found->second;
    });
    if (entry != nullptr) return {entry, size};
  }
  const LexiconEntry* one = find(words.front());
  return {one, one == nullptr ? std::size_t{0} : 1};
}

Lexicon::Match Lexicon::match(std::string_view text) const {
  constexpr std::size_t han = 3;  // bytes of a character
  const std::size_t most = std::min(longest_, text.size()) / han * han;
  for (std::size_t size = most; size >= han; size -= han) {
    const auto found = entries_.find(std::string(text.substr(0, size)));
    if (found != entries_.end()) return {&found->second, size};
  }
  return {};
}

AspectNames::AspectNames(std::string_view file) {
  for_each_line(file, [&](std::string_view line) {
    if (line.starts_with("= ")) {
      const std::size_t space = line.find(' ', 2);
      if (space == std::string_view::npos) return;
      const std::string english(line.substr(2, space - 2));
      const std::string chinese(line.substr(space + 1));
      english_.emplace(chinese, english);
      chinese_.emplace(english, chinese);
      return;
    }
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos) return;
    const std::string name(line.substr(0, colon));
    for_each_field(line.substr(colon + 2), [&](std::string_view word) {
      const std::string spaced = with_spaces(word);
      names_.emplace(spaced, name);
      if (is_ascii(spaced)) names_.emplace(spaced + "s", name);
      longest_ = std::max(longest_, spaced.size());
    });
  });
}

const AspectNames& AspectNames::all() {
  static const AspectNames names(embedded::aspects);
  return names;
}

std::string_view AspectNames::in_english(std::string_view name) const {
  const auto found = english_.find(name);
  return found == english_.end() ? name : std::string_view(found->second);
}

std::string_view AspectNames::in_chinese(std::string_view name) const {
  const auto found = chinese_.find(name);
  return found == chinese_.end() ? name : std::string_view(found->second);
}

AspectNames::Match AspectNames::match(std::span<const std::string> words) const {
  if (words.empty()) return {};
  const auto find = [&](std::string_view phrase) {
    const auto found = names_.find(std::string(phrase));
    return found == names_.end() ? nullptr : &found->second;
  };
  const auto [phrase, size] = longest_words(words, find);
  if (phrase != nullptr) return {*phrase, size};
  const std::string* const one = find(words.front());
  return one == nullptr ? Match() : Match{*one, 1};
}

AspectNames::Match AspectNames::match(std::string_view text) const {
  constexpr std::size_t han = 3;
  const std::size_t most = std::min(longest_, text.size()) / han * han;
  for (std::size_t size = most; size >= han; size -= han) {
    const auto found = names_.find(std::string(text.substr(0, size)));
    if (found != names_.end()) return {found->second, size};
  }
  return {};
}

}  // namespace limn
