#include "limn/text/stop_words.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace limn {
namespace {

TEST(StopWords, AreListedInOrderAndFound) {
  for (const char* lang : {"en", "zh"}) {
    const auto list = stop_words(lang);
    EXPECT_GT(list.size(), 300U);
    EXPECT_TRUE(std::is_sorted(list.begin(), list.end()));
    EXPECT_EQ(std::adjacent_find(list.begin(), list.end()), list.end());
    for (const std::string_view word : list) EXPECT_TRUE(is_stop_word(word, lang)) << word;
  }
  EXPECT_TRUE(is_stop_word("don't", "en"));
  EXPECT_FALSE(is_stop_word("beer", "en"));
  EXPECT_TRUE(is_stop_word("\u7684", "zh"));
  EXPECT_FALSE(is_stop_word("\u7684", "en"));
  EXPECT_FALSE(is_stop_word("", "en"));
}

TEST(StopWords, OfOtherLanguagesAreThoseThatSetUpFetched) {
  const auto languages = stop_word_languages();
  EXPECT_TRUE(std::ranges::count(languages, "en") == 1 && std::ranges::count(languages, "zh") == 1);
  if (languages.size() == 2) GTEST_SKIP() << "built without lists for other languages";
  EXPECT_GE(languages.size(), 25U);
  EXPECT_TRUE(is_stop_word("nicht", "de"));
  EXPECT_TRUE(is_stop_word("avec", "fr"));
  EXPECT_FALSE(is_stop_word("bier", "de"));
}

TEST(StopWords, OfALanguageWithoutAListAreNone) {
  EXPECT_TRUE(stop_words("xx").empty());
  EXPECT_FALSE(is_stop_word("the", "xx"));
}

}  // namespace
}  // namespace limn
