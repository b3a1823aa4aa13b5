#include "limn/text/sentences.h"

#include <string>

#include <gtest/gtest.h>

#include "limn/core/random.h"
#include "limn/text/testing.h"

namespace limn {
namespace {

std::vector<std::string> pieces(std::string_view text) {
  std::vector<std::string> found;
  for (const Span span : sentences(text)) found.emplace_back(piece(text, span));
  return found;
}

TEST(Sentences, EndAtTheirMarks) {
  EXPECT_EQ(
      pieces("I like it. Do you?  It costs 3.50 at least!\nNew line"),
      (std::vector<std::string>{"I like it.", "Do you?", "It costs 3.50 at least!", "New line"}));
  // "Very good. Really?" in Chinese, where no space stands between sentences.
  EXPECT_EQ(pieces("\u5f88\u597d\u3002\u771f\u7684\uff1f"),
            (std::vector<std::string>{"\u5f88\u597d\u3002", "\u771f\u7684\uff1f"}));
  EXPECT_TRUE(sentences("").empty());
  EXPECT_TRUE(sentences(" \n \u3000 ").empty());
}

TEST(Sentences, CoverAllButWhiteSpaceOfAnyBytes) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    for (const std::string& text : {testing::random_bytes(random, random.below(200)),
                                    testing::random_pieces(random, random.below(60))}) {
      std::size_t end = 0;
      for (const Span span : sentences(text)) {
        EXPECT_LE(end, span.begin);
        EXPECT_LT(span.begin, span.end);
        EXPECT_LE(span.end, text.size());
        const std::string_view gap = std::string_view(text).substr(end, span.begin - end);
        EXPECT_EQ(gap.find_first_not_of(" \t\n\v\f\r\xe3\x80"), std::string_view::npos);
        end = span.end;
      }
    }
  }
}

}  // namespace
}  // namespace limn
