#include "limn/text/near_duplicates.h"

#include <set>

#include <gtest/gtest.h>

#include "limn/core/parallel.h"
#include "limn/core/random.h"
#include "limn/text/testing.h"

namespace limn {
namespace {

using Strings = std::vector<std::string>;
using Words = std::vector<std::string>;

Words random_words(Random& random, std::size_t count) {
  Words words;
  for (std::size_t i = 0; i < count; ++i) words.push_back("w" + std::to_string(random.below(2000)));
  return words;
}

std::string joined(const Words& words) {
  std::string text;
  for (const std::string& word : words) text += word + " ";
  return text;
}

// The definition, on sets of the three-word strings themselves.
double similarity(const Words& a, const Words& b) {
  const auto shingles = [](const Words& words) {
    std::set<std::string> all;
    for (std::size_t i = 0; i + 3 <= words.size(); ++i) {
      all.insert(words[i] + " " + words[i + 1] + " " + words[i + 2]);
    }
    return all;
  };
  const auto first = shingles(a);
  const auto second = shingles(b);
  std::size_t shared = 0;
  for (const std::string& shingle : first) shared += second.count(shingle);
  return static_cast<double>(shared) / static_cast<double>(first.size() + second.size() - shared);
}

// Texts of 30 to 90 words, and copies of them with none to a quarter of the words replaced.
std::vector<Words> originals_and_copies(std::uint64_t seed, std::size_t count) {
  Random random(seed);
  std::vector<Words> texts;
  for (std::size_t i = 0; i < count; ++i)
    texts.push_back(random_words(random, 30 + random.below(60)));
  for (std::size_t i = 0; i < count; ++i) {
    Words copy = texts[i];
    const std::size_t replaced = random.below(copy.size() / 4);
    for (std::size_t r = 0; r < replaced; ++r) {
      copy[random.below(copy.size())] = "w" + std::to_string(random.below(2000));
    }
    texts.push_back(std::move(copy));
  }
  return texts;
}

TEST(NearDuplicates, AreThoseThatShareEnoughShingles) {
  std::size_t copies = 0;
  std::size_t missed = 0;
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    SCOPED_TRACE(seed);
    constexpr std::size_t count = 400;
    const std::vector<Words> texts = originals_and_copies(seed, count);
    Strings joined_texts;
    for (const Words& words : texts) joined_texts.push_back(joined(words));
    const auto copy_of = near_duplicates(joined_texts);
    for (std::size_t i = 0; i < count; ++i) {
      EXPECT_EQ(copy_of[i], i);
      const bool copy = similarity(texts[i], texts[count + i]) >= 0.8;
      const bool found = copy_of[count + i] == i;
      EXPECT_TRUE(copy || !found) << i;  // nothing that is found is wrong
      copies += copy ? 1 : 0;
      missed += copy && !found ? 1 : 0;
    }
  }
  EXPECT_GT(copies, 300U);
  EXPECT_LE(missed, copies / 1000);
  RecordProperty("copies", std::to_string(copies));
  RecordProperty("missed", std::to_string(missed));
}

TEST(NearDuplicates, DoNotDifferByCaseMarksOrTheChineseOfAPlace) {
  EXPECT_EQ(near_duplicates(Strings{"The lens is sharp, and light!", "so so",
                                    "the lens is SHARP and light", "So so...",
                                    "\u9019\u500b\u624b\u6a5f\u5f88\u597d",
                                    "\u8fd9\u4e2a\u624b\u673a\u5f88\u597d\uff01", "so"}),
            (std::vector<std::uint32_t>{0, 1, 0, 1, 4, 4, 6}));
}

TEST(NearDuplicates, AreNoTextsThatSayNothing) {
  EXPECT_EQ(near_duplicates(Strings{"", "...", "", "...", "\xff", "\xff"}),
            (std::vector<std::uint32_t>{0, 1, 2, 3, 4, 5}));
  EXPECT_TRUE(near_duplicates({}).empty());
}

TEST(NearDuplicates, AreTheSameOnAnyNumberOfThreads) {
  Strings texts;
  for (const Words& words : originals_and_copies(7, 300)) texts.push_back(joined(words));
  const std::size_t before = thread_count();
  set_thread_count(1);
  const auto one = near_duplicates(texts);
  set_thread_count(3);
  EXPECT_EQ(near_duplicates(texts), one);
  set_thread_count(before);
}

TEST(NearDuplicates, TakeTimeInProportionWhereAllTextsMeet) {
  // Every text shares its first 60 words with all others, and no two are copies.
  Random random(1);
  const std::string start = joined(random_words(random, 60));
  Strings texts;
  for (int i = 0; i < 2000; ++i) texts.push_back(start + joined(random_words(random, 40)));
  const auto copy_of = near_duplicates(texts);
  for (std::size_t i = 0; i < texts.size(); ++i) EXPECT_EQ(copy_of[i], i);
}

}  // namespace
}  // namespace limn
