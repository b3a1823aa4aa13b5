#include "limn/text/sentences.h"

#include "limn/text/break_iterator.h"
#include "limn/text/characters.h"

namespace limn {
namespace {

// 2 GiB is the most that ICU counts; a text is cut long before.
constexpr std::size_t max_bytes = std::size_t{1} << 30;

bool is_space(char byte) {
  return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

// The span without white space at its ends; the ideographic space is three bytes.
Span trim(std::string_view text, Span span) {
  constexpr std::string_view ideographic = "\u3000";
  while (true) {
    const std::string_view rest = piece(text, span);
    if (rest.empty()) return span;
    if (is_space(rest.front())) {
      span.begin += 1;
    } else if (is_space(rest.back())) {
      span.end -= 1;
    } else if (rest.starts_with(ideographic)) {
      span.begin += ideographic.size();
    } else if (rest.ends_with(ideographic)) {
      span.end -= ideographic.size();
    } else {
      return span;
    }
  }
}

}  // namespace

std::vector<Span> sentences(std::string_view text) {
  thread_local BreakIterator iterator(BreakIterator::Kind::sentence);
  std::vector<Span> found;
  iterator.start(text.substr(0, max_bytes));
  while (iterator.next()) {
    const Span sentence = trim(text, iterator.span());
    if (sentence.begin < sentence.end) found.push_back(sentence);
  }
  return found;
}

}  // namespace limn
