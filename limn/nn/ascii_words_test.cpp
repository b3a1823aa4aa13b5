#include "limn/nn/ascii_words.h"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "limn/core/random.h"

namespace limn {
namespace {

bool is_alphanumeric(char c) {
  return ('0' <= c && c <= '9') || ('A' <= c && c <= 'Z') || ('a' <= c && c <= 'z');
}

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool is_punctuation(char c) {
  return '!' <= c && c <= '~' && !is_alphanumeric(c);
}

// Bytes of every class, in runs that are sometimes longer than a block.
std::string random_bytes(Random& random, std::size_t size) {
  std::string bytes;
  while (bytes.size() < size) {
    const std::uint64_t kind = random.below(5);
    for (std::uint64_t i = 1 + random.below(random.below(9) == 0 ? 150 : 9); i > 0; --i) {
      switch (kind) {
        case 0: bytes += " \t\n\r"[random.below(4)]; break;
        case 1: bytes += static_cast<char>(random.below(256)); break;
        case 2: bytes += static_cast<char>('!' + random.below(94)); break;
        default: bytes += "aZ09"[random.below(4)]; break;
      }
    }
  }
  return bytes.substr(0, size);
}

TEST(AsciiWords, AreTheRunsBetweenWhiteSpaceAndPunctuation) {
  const auto words = std::make_unique<AsciiWords>();
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const std::string window = random_bytes(random, random.below(seed % 10 == 0 ? 4097 : 200));
    words->find(window);
    std::size_t found = 0;
    for (std::size_t i = 0; i < window.size();) {
      std::size_t end = i + 1;
      if (is_space(window[i])) {
        i = end;
        continue;
      }
      bool plain = true;
      if (!is_punctuation(window[i])) {
        while (end < window.size() && !is_space(window[end]) && !is_punctuation(window[end])) ++end;
        for (std::size_t j = i; j < end; ++j) plain = plain && is_alphanumeric(window[j]);
      }
      ASSERT_LT(found, words->size());
      EXPECT_EQ((*words)[found].begin, i);
      EXPECT_EQ((*words)[found].end, end);
      EXPECT_EQ(words->is_plain((*words)[found]), plain);
      ++found;
      i = end;
    }
    EXPECT_EQ(words->size(), found);
  }
}

TEST(AsciiWords, HaveWindowsThatEndBetweenWords) {
  EXPECT_EQ(AsciiWords::window("a bc", 4096), 4U);
  EXPECT_EQ(AsciiWords::window("a bc", 3), 2U);
  EXPECT_EQ(AsciiWords::window("abcd", 3), 0U);
  EXPECT_EQ(AsciiWords::window(" abcd", 3), 1U);
  EXPECT_EQ(AsciiWords::window("", 3), 0U);
  EXPECT_EQ(AsciiWords::next_divider("abc d", 1), 3U);
  EXPECT_EQ(AsciiWords::next_divider("abc", 1), 3U);
}

TEST(AsciiWords, FillAWholeWindow) {
  const auto words = std::make_unique<AsciiWords>();
  words->find(std::string(AsciiWords::most_bytes, '.'));
  EXPECT_EQ(words->size(), AsciiWords::most_bytes);
  EXPECT_EQ((*words)[AsciiWords::most_bytes - 1].end, AsciiWords::most_bytes);
  words->find("");
  EXPECT_EQ(words->size(), 0U);
}

}  // namespace
}  // namespace limn
