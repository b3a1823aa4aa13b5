#include "limn/text/opinion.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "limn/core/random.h"
#include "limn/core/utf8.h"
#include "limn/text/opinion_lexicon.h"
#include "limn/text/testing.h"

namespace limn {
namespace {

float opinion(std::string_view text) {
  return opinion_of(read_opinion(text), {0, text.size()});
}

TEST(Opinion, WordsOfTheLexiconKeepTheirSign) {
  for (const std::string_view good : {"great", "excellent", "lasts", "love", "reliable"})
    EXPECT_GT(opinion(good), 0) << good;
  for (const std::string_view bad : {"dim", "terrible", "broke", "useless", "noisy"})
    EXPECT_LT(opinion(bad), 0) << bad;
  EXPECT_EQ(opinion("It has four legs and a top."), 0);
  EXPECT_EQ(opinion(""), 0);
}

TEST(Opinion, NegationTurnsAndWeakens) {
  EXPECT_LT(opinion("not good"), 0);
  EXPECT_LT(opinion("It is not a very good story"), 0);
  EXPECT_LT(opinion("didn't enjoy it"), 0);
  EXPECT_LT(opinion("isn\u2019t reliable"), 0);
  EXPECT_GT(opinion("not bad"), 0);
  EXPECT_LT(opinion("not bad"), opinion("good"));
  EXPECT_GT(opinion("no problems at all"), 0);
  // Its reach ends with the clause, and after a few words.
  EXPECT_GT(opinion("not mine, great lens"), 0);
  EXPECT_GT(opinion("not that it was what I had looked for but great"), 0);
}

TEST(Opinion, RaisingAndLoweringWordsScale) {
  EXPECT_GT(opinion("very good"), opinion("good"));
  EXPECT_LT(opinion("somewhat good"), opinion("good"));
  EXPECT_LT(opinion("very bad"), opinion("bad"));
  EXPECT_LT(opinion("too small"), 0);
  EXPECT_EQ(opinion("small"), 0);
}

TEST(Opinion, ButOutweighsWhatStandsBefore) {
  EXPECT_LT(opinion("It is good but noisy."), 0);
  EXPECT_GT(opinion("It is noisy but good."), 0);
}

TEST(Opinion, QuestionsAndWishesSayLittle) {
  EXPECT_LT(opinion("Is it good?"), 0.5F * opinion("It is good."));
  EXPECT_LT(opinion("I hoped it was good"), 0.5F * opinion("it was good"));
}

TEST(Opinion, ReadsChinese) {
  EXPECT_GT(opinion("\u5f88\u597d"), 0);                    // very good
  EXPECT_LT(opinion("\u4e0d\u597d"), 0);                    // not good
  EXPECT_LT(opinion("\u4e0d\u662f\u5f88\u6ee1\u610f"), 0);  // is not very satisfied
  EXPECT_GT(opinion("\u6ca1\u6709\u95ee\u9898"), 0);        // no problem
  EXPECT_LT(opinion("\u5c4f\u5e55\u592a\u6697\u4e86"), 0);  // the screen is too dark
  EXPECT_GT(opinion("\u4e0d\u9519"), 0);                    // not bad: good
  // "It looks good but broke after two days."
  EXPECT_LT(opinion("\u597d\u770b\uff0c\u4f46\u662f\u4e24\u5929\u5c31\u574f\u4e86"), 0);
}

TEST(Opinion, TheLongestEntryCounts) {
  const Lexicon lexicon("+2 good\n-2 good_grief\n0 kind_of\n+1 kind\n+2 brill*\n");
  const std::vector<std::string> phrase{"good", "grief"};
  EXPECT_EQ(lexicon.match(phrase).size, 2U);
  EXPECT_LT(lexicon.match(phrase).entry->weight, 0);
  EXPECT_GT(lexicon.find("brilliantly")->weight, 0);
  EXPECT_EQ(lexicon.find("bril"), nullptr);
  const std::vector<std::string> neutral{"kind", "of"};
  EXPECT_EQ(lexicon.match(neutral).entry->weight, 0);
}

TEST(Opinion, FeaturesAreDistinctAndTellNegatedWordsApart) {
  const auto plain = read_opinion("sharp lens", true).features;
  const auto turned = read_opinion("not sharp lens", true).features;
  EXPECT_TRUE(std::is_sorted(plain.begin(), plain.end()));
  EXPECT_EQ(plain.size(), 3U);  // two words and their pair
  std::vector<std::uint64_t> shared;
  std::set_intersection(plain.begin(), plain.end(), turned.begin(), turned.end(),
                        std::back_inserter(shared));
  EXPECT_TRUE(shared.empty());
  EXPECT_TRUE(read_opinion("sharp lens").features.empty());
}

TEST(Opinion, SpansLieInTheTextForAnyBytes) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::string text = testing::random_pieces(random, 40) + " great screen \u5f88\u597d ";
    text += testing::random_bytes(random, 60) + " not bad but dim";
    EXPECT_FALSE(read_opinion(text, true).words.empty());
    text = to_valid_utf8(text, "?");  // in broken bytes there are no boundaries to hold to
    const OpinionReading reading = read_opinion(text, true);
    for (const OpinionWord& word : reading.words) {
      EXPECT_LT(word.span.begin, word.span.end);
      EXPECT_LE(word.span.end, text.size());
      EXPECT_TRUE(is_boundary(text, word.span.begin));
      EXPECT_TRUE(is_boundary(text, word.span.end));
      ASSERT_LT(word.clause, reading.clauses.size());
      EXPECT_LE(reading.clauses[word.clause].begin, word.span.begin);
    }
  }
  std::string huge;
  while (huge.size() < 200'000) huge += "not<a ";
  EXPECT_EQ(read_opinion(huge).words.size(), 0U);
}

}  // namespace
}  // namespace limn
