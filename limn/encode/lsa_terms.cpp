#include "limn/encode/lsa_terms.h"

#include <utility>

#include "limn/text/characters.h"
#include "limn/text/chinese.h"
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
  // A title is often too short to tell its language.
  const WordOptions stems{.unknown_lang = "en", .stem = true, .stop_words = true};
  if (is_ascii(text)) return words(text, stems);

  // Pairs of characters stand for Chinese words: they need no dictionary, are found faster, and
  // tell topics apart as well as pairs and words together do (docs/text.md).
  const std::string simplified = to_simplified(text);
  std::vector<std::string> terms = words(without_han(simplified), stems);
  for (std::string& pair : han_bigrams(simplified)) {
    if (!is_stop_word(pair, "zh")) terms.push_back(std::move(pair));
  }
  return terms;
}

}  // namespace limn
