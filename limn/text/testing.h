// Texts that tests of several files need.
#pragma once

#include <string>
#include <vector>

#include "limn/core/random.h"

namespace limn::testing {

// Bytes of any value.
inline std::string random_bytes(Random& random, std::size_t size) {
  std::string bytes;
  for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(random.below(256));
  return bytes;
}

// Pieces that mean something to a reader of texts, in any order: the nastiest of inputs.
inline std::string random_pieces(Random& random, std::size_t count) {
  static const std::vector<std::string> pieces{"<",
                                               ">",
                                               "</",
                                               "<p>",
                                               "</p>",
                                               "<pre>",
                                               "<script>",
                                               "</script>",
                                               "<!--",
                                               "-->",
                                               "<a href",
                                               "=\"",
                                               "'",
                                               "&",
                                               "&amp;",
                                               "&#x",
                                               "&#55;",
                                               ";",
                                               "http://",
                                               "www.",
                                               "@",
                                               "a@b.co",
                                               ".",
                                               "word",
                                               "Don't",
                                               "\u2019s",
                                               " ",
                                               "\n",
                                               "\t",
                                               "```",
                                               "# ",
                                               "* ",
                                               "**",
                                               "_",
                                               "[",
                                               "](",
                                               ")",
                                               "|",
                                               "---",
                                               "1. ",
                                               "\u4f60",
                                               "\u597d",
                                               "\u3002",
                                               "\uff0c",
                                               "\u3042",
                                               "\u00e9",
                                               "e\u0301",
                                               "\u200b",
                                               "\u200d",
                                               "\ufeff",
                                               "\ufffd",
                                               "\u2028",
                                               "3.14",
                                               "1,000",
                                               ":",
                                               "\xff",
                                               "\xe4\xb8",
                                               "\xf0\x9f",
                                               "\xed\xa0\x80",
                                               "\U0001f600",
                                               "\U0001f468\u200d\U0001f469",
                                               "\u0130"};
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += pieces[random.below(pieces.size())];
  // The compiler cannot write a NUL into a literal that ends at one.
  if (random.below(4) == 0) text += '\0';
  return text;
}

// Letters, digits and the marks that word rules know, as ASCII.
inline std::string random_ascii(Random& random, std::size_t size) {
  static const std::string alphabet = "aZ09_.':,;@-!/ \n\t\"(#&\x01\x7f";
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text += alphabet[random.below(alphabet.size())];
  return text;
}

}  // namespace limn::testing
