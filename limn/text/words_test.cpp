#include "limn/text/words.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "limn/core/random.h"
#include "limn/text/break_iterator.h"
#include "limn/text/characters.h"
#include "limn/text/testing.h"

namespace limn {
namespace {

using Strings = std::vector<std::string>;

// Without lines of underscores, which we take for no words, and apart from "@" and ":", on which
// releases of ICU differ.
std::vector<Span> spans_by_icu(std::string text) {
  std::replace(text.begin(), text.end(), '@', ' ');
  std::replace(text.begin(), text.end(), ':', ' ');
  BreakIterator iterator(BreakIterator::Kind::word);
  std::vector<Span> spans;
  iterator.start(text);
  while (iterator.next()) {
    const bool blank = piece(text, iterator.span()).find_first_not_of('_') == std::string::npos;
    if (iterator.is_word() && !blank) spans.push_back(iterator.span());
  }
  return spans;
}

TEST(Words, OfAsciiAreThoseOfUnicodesRules) {
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const std::string text = testing::random_ascii(random, random.below(40));
    EXPECT_EQ(word_spans(text), spans_by_icu(text)) << text;
  }
}

TEST(Words, OfAnyTextAreThoseOfUnicodesRules) {
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const std::string text = to_valid_utf8(testing::random_pieces(random, random.below(12)), "?");
    EXPECT_EQ(word_spans(text), spans_by_icu(text)) << text;
  }
}

TEST(Words, SurviveAnyBytes) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    for (const std::string& text : {testing::random_bytes(random, random.below(200)),
                                    testing::random_pieces(random, random.below(60))}) {
      std::size_t end = 0;
      for (const Span span : word_spans(text)) {
        EXPECT_LE(end, span.begin);
        EXPECT_LT(span.begin, span.end);
        EXPECT_LE(span.end, text.size());
        end = span.end;
      }
      for (const char* lang : {"auto", "en", "zh", "de", "tr", "xx", ""}) {
        for (const std::string& word :
             words(text, {.lang = lang, .stem = true, .stop_words = true})) {
          EXPECT_FALSE(word.empty());
          EXPECT_EQ(word, to_valid_utf8(word, ""));
        }
      }
    }
  }
}

TEST(Words, AreLowerCasedWithoutPunctuation) {
  EXPECT_EQ(words("The Otter's ale (4.5%), brewed in 1994 -- at Luppitt!"),
            (Strings{"the", "otter", "ale", "4.5", "brewed", "in", "1994", "at", "luppitt"}));
  EXPECT_EQ(words("The ALE", {.lang = "en", .keep_case = true}), (Strings{"The", "ALE"}));
  EXPECT_EQ(words(""), Strings{});
  EXPECT_EQ(words(" \n\t ..."), Strings{});
}

TEST(Words, LoseTheirCliticsInEnglish) {
  const WordOptions english{.lang = "en"};
  EXPECT_EQ(words("It's Tom's; they've, we'll, I'd, I'm, you're", english),
            (Strings{"it", "tom", "they", "we", "i", "i", "you"}));
  EXPECT_EQ(words("Don't can't won't shan't isn\u2019t o'clock O'Neil", english),
            (Strings{"do", "can", "will", "shall", "is", "o'clock", "o'neil"}));
  EXPECT_EQ(words("c'est", {.lang = "fr"}), (Strings{"c'est"}));
}

TEST(Words, AreStemmedByTheirLanguage) {
  EXPECT_EQ(words("The brewers were brewing", {.lang = "en", .stem = true}),
            (Strings{"the", "brewer", "were", "brew"}));
  EXPECT_EQ(words("Die H\u00e4user sind gr\u00f6\u00dfer", {.lang = "de", .stem = true}),
            (Strings{"die", "haus", "sind", "gross"}));
  EXPECT_EQ(words("unknown tongues", {.lang = "xx", .stem = true}),
            (Strings{"unknown", "tongues"}));
}

TEST(Words, AreWithoutStopWordsWhenAsked) {
  EXPECT_EQ(words("It isn't the beer that I don't like", {.lang = "en", .stop_words = true}),
            (Strings{"beer"}));
  EXPECT_EQ(words("The BEER", {.lang = "en", .stop_words = true, .keep_case = true}),
            (Strings{"BEER"}));
}

TEST(Words, OfChineseAreCutByADictionary) {
  // "I like this book very much", then "iPhone", "mobile phone", and a face.
  EXPECT_EQ(words("\u6211\u975e\u5e38\u559c\u6b22\u8fd9\u672c\u4e66\uff0ciPhone\u624b\u673a"
                  "\U0001f600"),
            (Strings{"\u6211", "\u975e\u5e38", "\u559c\u6b22", "\u8fd9", "\u672c", "\u4e66",
                     "iphone", "\u624b\u673a"}));
  EXPECT_EQ(words("\u6211\u559c\u6b22books", {.stem = true, .stop_words = true}),
            (Strings{"\u559c\u6b22", "book"}));
}

TEST(HanBigrams, PairNeighboursWithinARun) {
  EXPECT_EQ(han_bigrams("\u8fd9\u672c\u4e66\uff0c\u597d! ok"),
            (Strings{"\u8fd9\u672c", "\u672c\u4e66", "\u597d"}));
  EXPECT_EQ(han_bigrams("none here"), Strings{});
  EXPECT_EQ(han_bigrams(""), Strings{});
}

TEST(SaysSomething, WhereAWordIsLeft) {
  for (const char* text : {"Great phone", "\u5f88\u597d\u7528", "caf\u00e9", "iPhone 15"}) {
    EXPECT_TRUE(says_something(text)) << text;
  }
  for (const char* text : {"", "...", "it is what it is", "\u7684", "5", "3.5, 10", "\U0001f600"}) {
    EXPECT_FALSE(says_something(text)) << text;
  }
}

TEST(Words, OfATextInTwoLanguagesAreReadInEach) {
  const std::string text =
      "The batteries are lasting for more than a week and it is light. "
      "Die Kopfh\u00f6rer sind leider viel zu klein und nicht bequem.";
  const auto found = words(text, {.stem = true});
  EXPECT_EQ(std::ranges::count(found, "batteri"), 1);
  EXPECT_EQ(std::ranges::count(found, "kopfhor"), 1);
}

TEST(Words, OfTraditionalChineseMatchThoseOfSimplified) {
  const std::string traditional = "\u9019\u90e8\u624b\u6a5f\u7684\u756b\u8cea\u5f88\u597d";
  const std::string simplified = "\u8fd9\u90e8\u624b\u673a\u7684\u753b\u8d28\u5f88\u597d";
  EXPECT_EQ(words(traditional, {.simplified = true}), words(simplified));
  // Kept for display, and a stop word in either.
  for (const std::string& word : words(traditional, {.stop_words = true})) {
    EXPECT_NE(word, "\u9019");
    EXPECT_NE(traditional.find(word), std::string::npos);
  }
}

}  // namespace
}  // namespace limn
