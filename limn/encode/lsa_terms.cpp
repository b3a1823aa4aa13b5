#include "limn/encode/lsa_terms.h"

#include <utility>

#include "limn/text/characters.h"
#include "limn/text/language.h"
#include "limn/text/words.h"

namespace limn {
namespace {

bool begins_with_han(std::string_view word) {
  return !is_ascii(word.front()) && is_han(code_point_at(word, 0).code);
}

}  // namespace

std::vector<std::string> lsa_terms(std::string_view text) {
  std::string lang = guess_language(text);
  if (lang == "und") lang = "en";  // a title is often too short to tell

  std::vector<std::string> terms;
  for (std::string& word : words(text, {.lang = lang, .stem = true, .stop_words = true})) {
    // Pairs of characters stand for Chinese words: they need no dictionary, and tell topics apart
    // better.
    if (!begins_with_han(word)) terms.push_back(std::move(word));
  }
  for (std::string& pair : han_bigrams(text)) terms.push_back(std::move(pair));
  return terms;
}

}  // namespace limn
