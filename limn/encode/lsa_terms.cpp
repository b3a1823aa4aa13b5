#include "limn/encode/lsa_terms.h"

#include <utility>

#include "limn/text/characters.h"
#include "limn/text/language.h"
#include "limn/text/stop_words.h"
#include "limn/text/words.h"

namespace limn {
namespace {

// Each Chinese character becomes a space, which ends a word as it does.
std::string without_han(std::string_view text) {
  std::string rest;
  rest.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const CodePoint point = code_point_at(text, i);
    if (is_han(point.code)) {
      rest += ' ';
    } else {
      rest += text.substr(i, point.bytes);
    }
    i += point.bytes;
  }
  return rest;
}

}  // namespace

std::vector<std::string> lsa_terms(std::string_view text) {
  std::string lang = guess_language(text);
  if (lang == "und") lang = "en";  // a title is often too short to tell
  const WordOptions stems{.lang = lang, .stem = true, .stop_words = true};
  if (is_ascii(text)) return words(text, stems);

  // Pairs of characters stand for Chinese words: they need no dictionary, are found faster, and
  // tell topics apart better.
  std::vector<std::string> terms = words(without_han(text), stems);
  for (std::string& pair : han_bigrams(text)) {
    if (!is_stop_word(pair, "zh")) terms.push_back(std::move(pair));
  }
  return terms;
}

}  // namespace limn
