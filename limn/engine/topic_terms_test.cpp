#include "limn/engine/topic_terms.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "limn/engine/topic_words.h"

namespace limn {
namespace {

// Items with these texts, read.
TopicTerms read_terms(const std::vector<std::string>& texts, const std::vector<User>& users = {},
                      const std::vector<std::string>& tags = {}) {
  std::vector<Item> items;
  for (const std::string& text : texts) {
    Item item;
    item.id = "i" + std::to_string(items.size());
    item.text = text;
    item.tags = tags;
    items.push_back(std::move(item));
  }
  const Documents documents = read_documents({}, items, {}, EventTimes(EventTable{}));
  return read_topic_terms(users, items, documents, items.size());
}

bool has(const TopicTerms& terms, const std::string& text) {
  return std::ranges::find(terms.terms, text) != terms.terms.end();
}

TEST(TopicWords, AreStemsWithTheFormThatIsWritten) {
  const std::vector<TopicWord> words = topic_words("The Bicycles' gears, and 12 gears!");
  ASSERT_EQ(words.size(), 3U);
  EXPECT_EQ(words[0].text, "bicycles");
  EXPECT_EQ(words[0].key, "bicycl");
  EXPECT_FALSE(words[0].small);
  EXPECT_EQ(words[1].key, words[2].key);
  EXPECT_TRUE(words[1].small);
  EXPECT_FALSE(words[2].joined);  // a number stands before it
}

TEST(TopicWords, FoldTraditionalChineseAndKeepWhatIsWritten) {
  const std::vector<TopicWord> words = topic_words("\u8edf\u9ad4");
  ASSERT_FALSE(words.empty());
  EXPECT_NE(words[0].key, words[0].text);
}

TEST(TopicWords, LeaveOutNumbersInWordsAndPraiseOfAnything) {
  EXPECT_TRUE(topic_words("Twelve good things, the best!").empty());
  EXPECT_TRUE(topic_words("\u4e0d\u9519").empty());
  EXPECT_EQ(topic_words("Ten pints").size(), 1U);
}

TEST(TopicWords, TakeAnyBytes) {
  for (const char* text : {"", " ", "\xff\xfe", "...", "12 34", "\xe4\xb8", "a b c"})
    EXPECT_TRUE(topic_words(text).empty()) << text;
}

TEST(CanName, TakesNoNumberAndNothingTooShort) {
  for (const char* word : {"tea", "caf\u00e9", "ipv4", "film-noir", "\u8336\u53f6"})
    EXPECT_TRUE(can_name(word)) << word;
  for (const char* word : {"", "ab", "90s", "2024", "\u8336", "700x40"})
    EXPECT_FALSE(can_name(word)) << word;
}

TEST(ReadTopicTerms, CountsFormsOfAWordAsOneAndPhrasesWithTheirParts) {
  std::vector<std::string> texts;
  for (int i = 0; i < 40; ++i) {
    const bool even = i % 2 == 0;
    texts.push_back(even ? "A pale ale with citrus in it." : "Some ales taste of pine cones.");
  }
  const TopicTerms found = read_terms(texts);
  EXPECT_TRUE(has(found, "pale ale"));
  EXPECT_TRUE(has(found, "pine cones"));
  EXPECT_FALSE(has(found, "ale") && has(found, "ales"));
  const auto place = std::ranges::find(found.terms, "pale ale") - found.terms.begin();
  std::set<std::string> parts;
  for (const std::uint32_t part : found.parts[static_cast<std::size_t>(place)])
    parts.insert(found.terms[part]);
  EXPECT_TRUE(parts.contains("pale"));
  EXPECT_EQ(parts.size(), 2U);
  ASSERT_EQ(found.counts.rows(), texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const SparseRow row = found.counts.row(i);
    const bool pale = std::ranges::binary_search(row.cols, static_cast<std::uint32_t>(place));
    EXPECT_EQ(pale, i % 2 == 0);
  }
}

TEST(ReadTopicTerms, HoldNoStopWordNoNumberAndNoUsersName) {
  User user;
  user.id = "u07x";
  user.attributes["display_name"] = "Griselda";
  User other;
  other.id = "stout";
  const std::vector<std::string> texts(
      12, "Griselda told u07x in 1999 that the stout of 2001 was not for everybody.");
  const TopicTerms found = read_terms(texts, {user, other});
  for (const char* word : {"griselda", "u07x", "1999", "2001", "the", "not", "stout"})
    EXPECT_FALSE(has(found, word)) << word;
  EXPECT_TRUE(has(found, "told"));
  // What the catalogue has as a tag is a word first, and a name second.
  EXPECT_TRUE(has(read_terms(texts, {user, other}, {"Stout"}), "stout"));
}

TEST(ReadTopicTerms, AreNoneOfNothing) {
  EXPECT_TRUE(read_terms({}).terms.empty());
  EXPECT_TRUE(read_terms({"", "..."}).terms.empty());
}

}  // namespace
}  // namespace limn
