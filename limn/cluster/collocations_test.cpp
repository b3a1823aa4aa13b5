#include "limn/cluster/collocations.h"

#include <cmath>

#include <gtest/gtest.h>

#include "limn/core/random.h"

namespace limn {
namespace {

using Texts = std::vector<std::vector<std::uint32_t>>;

// `count` texts of `length` random words below `words`.
Texts random_texts(std::size_t count, std::size_t length, std::uint64_t words, std::uint64_t seed) {
  Random random(seed);
  Texts texts(count);
  for (auto& text : texts) {
    for (std::size_t i = 0; i < length; ++i)
      text.push_back(static_cast<std::uint32_t>(random.below(words)));
  }
  return texts;
}

TEST(FindCollocations, FindsWordsThatStandTogetherAndNoneOfRandomOnes) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(seed);
    Texts texts = random_texts(2'000, 12, 100, seed);
    EXPECT_TRUE(find_collocations(texts).empty());
    // Words 200 and 201 stand side by side in a twentieth of the texts, and 201 also alone.
    for (std::size_t i = 0; i < texts.size(); i += 20) {
      texts[i].insert(texts[i].begin() + 5, {200, 201});
      texts[i + 7].push_back(201);
    }
    const auto found = find_collocations(texts);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].words, (std::vector<std::uint32_t>{200, 201}));
    EXPECT_EQ(found[0].count, 100U);
  }
}

TEST(FindCollocations, MeasuresByDunningAndBouma) {
  // Six texts of two words: 0 1 three times, 0 2 once, 3 1 once, 3 2 once.
  const Texts texts{{0, 1}, {0, 1}, {0, 1}, {0, 2}, {3, 1}, {3, 2}};
  const auto found =
      find_collocations(texts, {.min_count = 3, .min_log_likelihood = 0, .min_npmi = 0});
  ASSERT_EQ(found.size(), 1U);
  // Twelve places; both 3, first 4, second 4.
  EXPECT_NEAR(found[0].npmi, std::log(3.0 * 12 / 16) / -std::log(3.0 / 12), 1e-9);
  const double ratio = 2 * (3 * std::log(3 * 12 / 16.0) + 1 * std::log(1 * 12 / (4 * 8.0)) +
                            1 * std::log(1 * 12 / (8 * 4.0)) + 7 * std::log(7 * 12 / (8 * 8.0)));
  EXPECT_NEAR(found[0].log_likelihood, ratio, 1e-9);
}

TEST(FindCollocations, JoinsThreeWords) {
  Texts texts = random_texts(1'000, 10, 100, 3);
  for (std::size_t i = 0; i < texts.size(); i += 10)
    texts[i].insert(texts[i].begin() + 2, {300, 301, 302});
  std::vector<std::vector<std::uint32_t>> phrases;
  for (const Collocation& one : find_collocations(texts)) phrases.push_back(one.words);
  EXPECT_EQ(phrases,
            (std::vector<std::vector<std::uint32_t>>{{300, 301}, {300, 301, 302}, {301, 302}}));
}

TEST(FindCollocations, ReachesOverNoBreakAndCountsATextOnce) {
  Texts texts = random_texts(500, 10, 100, 4);
  for (std::size_t i = 0; i < texts.size(); i += 10)
    texts[i].insert(texts[i].begin(), {400, phrase_break, 401});
  for (int i = 0; i < 50; ++i) texts[0].insert(texts[0].end(), {500, 501});
  EXPECT_TRUE(find_collocations(texts).empty());
  EXPECT_TRUE(find_collocations({}).empty());
  EXPECT_TRUE(find_collocations(Texts(10)).empty());
}

}  // namespace
}  // namespace limn
