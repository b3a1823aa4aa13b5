#include "limn/persona/quote.h"

#include <gtest/gtest.h>

#include "limn/core/random.h"
#include "limn/core/utf8.h"

namespace limn {
namespace {

std::string best(std::string_view text, int sign, std::size_t max_bytes = 240) {
  const auto span = opinion_sentence(text, sign, max_bytes);
  return span ? std::string(text.substr(span->begin, span->end - span->begin)) : std::string();
}

TEST(Quotable, DropsWhatCouldPoseAsOurs) {
  EXPECT_EQ(quotable("a\x1b[31mred\x1b[0m\a"), "a[31mred[0m");
  EXPECT_EQ(quotable("left\u202eright\u2066 to\u200b left\ufeff"), "leftright to left");
  EXPECT_EQ(quotable("  two\r\n\tlines\u3000and  more "), "two lines and more");
  EXPECT_EQ(quotable("say \u201chi\u201d, \"hi\""), "say \u2018hi\u2019, 'hi'");
  EXPECT_EQ(quotable("broken \xff\xc3 \xe4\xb8 end"), "broken end");
  EXPECT_EQ(quotable("\u4e2d\u6587 \U0001F600"), "\u4e2d\u6587 \U0001F600");
  EXPECT_EQ(quotable(""), "");
}

TEST(Quotable, GivesValidUtf8ForAnyBytesAndIsSettledByOnePass) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::string bytes;
    for (int i = 0; i < 60; ++i) bytes += static_cast<char>(random.below(256));
    const std::string clean = quotable(bytes);
    for (std::size_t i = 0; i < clean.size(); i += code_point_at(clean, i).bytes)
      EXPECT_TRUE(code_point_at(clean, i).valid);
    EXPECT_EQ(quotable(clean), clean);
    EXPECT_EQ(quotable_name(quotable_name(bytes)), quotable_name(bytes));
  }
}

TEST(QuotableName, IsCutBetweenWordsAndNeverInsideACharacter) {
  const std::string cut = quotable_name(std::string(30, 'a') + " " + std::string(80, 'b'));
  EXPECT_TRUE(cut.ends_with("\u2026"));
  std::string chinese;
  for (int i = 0; i < 60; ++i) chinese += "\u7535";
  const std::string name = quotable_name(chinese);
  EXPECT_LE(name.size(), 95U);
  for (std::size_t i = 0; i < name.size(); i += code_point_at(name, i).bytes)
    EXPECT_TRUE(code_point_at(name, i).valid);
}

TEST(OpinionSentence, PicksTheSentenceThatSpeaksForTheSide) {
  const std::string review =
      "Bought it in May. The picture is sharp and the sound is wonderful! "
      "Sadly the remote broke after a week, a real disappointment.";
  EXPECT_EQ(best(review, 1), "The picture is sharp and the sound is wonderful!");
  EXPECT_EQ(best(review, -1), "Sadly the remote broke after a week, a real disappointment.");
  EXPECT_EQ(best("It has four legs and a top.", 1), "");
  EXPECT_EQ(best("", 1), "");
}

TEST(OpinionSentence, ReadsNegation) {
  const std::string review = "It is not a very good story. Still I enjoyed the songs.";
  EXPECT_EQ(best(review, 1), "Still I enjoyed the songs.");
  EXPECT_EQ(best(review, -1), "It is not a very good story.");
}

TEST(OpinionSentence, ReadsChinese) {
  // "Arrived in two days. The story is wonderful, very moving! The ending is not good."
  const std::string review =
      "\u4e24\u5929\u5c31\u5230\u4e86\u3002\u6545\u4e8b\u5f88\u7cbe\u5f69\uff0c\u975e\u5e38\u611f"
      "\u52a8\uff01\u7ed3\u5c3e\u5b9e\u5728\u662f\u4e0d\u7cbe\u5f69\u3002";
  EXPECT_EQ(best(review, 1), "\u6545\u4e8b\u5f88\u7cbe\u5f69\uff0c\u975e\u5e38\u611f\u52a8\uff01");
  EXPECT_EQ(best(review, -1), "\u7ed3\u5c3e\u5b9e\u5728\u662f\u4e0d\u7cbe\u5f69\u3002");
}

TEST(OpinionSentence, GivesOffsetsOfTheTextAsItStands) {
  // Chinese, emoji, markup and broken bytes before the sentence.
  const std::string before = "\u4f60\u597d \U0001F600<br />\xff ";
  const std::string sentence = "A lovely film, warm and funny \U0001F600.";
  const std::string review = before + sentence + "\n\nSee you.";
  const auto span = opinion_sentence(review, 1, 240);
  ASSERT_TRUE(span);
  EXPECT_EQ(review.substr(span->begin, span->end - span->begin), sentence);
  EXPECT_EQ(span->begin, before.size());
}

TEST(OpinionSentence, CutsLongSentencesToAClause) {
  std::string review = "When I was young we went there every summer with all of our cousins";
  for (int i = 0; i < 10; ++i) review += " and their dogs and their bags";
  review += ", and the food was simply delicious and fresh, which is why we came back.";
  EXPECT_EQ(best(review, 1, 120), "and the food was simply delicious and fresh");
}

TEST(OpinionSentence, PassesOverAddressesLinksAndNumbers) {
  EXPECT_EQ(best("Great service, write to me at ann@example.com please.", 1), "");
  EXPECT_EQ(best("Great tips on https://example.com/page for everyone.", 1), "");
  EXPECT_EQ(best("Great shop, call 555 123 4567 and ask for Ann.", 1), "");
  EXPECT_EQ(best("Great <script>alert(1)</script>", 1), "");
}

TEST(OpinionSentence, SurvivesAnyBytes) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::string bytes;
    for (int i = 0; i < 80; ++i) {
      if (random.below(4) == 0) bytes += " great \u5f88\u68d2 awful ";
      bytes += static_cast<char>(random.below(256));
    }
    for (const int sign : {-1, 0, 1}) {
      const auto span = opinion_sentence(bytes, sign, 60);
      if (!span) continue;
      EXPECT_LT(span->begin, span->end);
      EXPECT_LE(span->end, bytes.size());
      EXPECT_LE(span->end - span->begin, 60U);
      EXPECT_TRUE(is_boundary(bytes, span->begin));
      EXPECT_TRUE(is_boundary(bytes, span->end));
    }
  }
}

TEST(Quotation, MasksWhatIsPersonalAndKeepsTheRest) {
  const std::string review = "My name is Ann Lee. I love the lens, mail ann@example.org.";
  EXPECT_EQ(quotation(review, {0, 19}, true), "My name is [name].");
  EXPECT_EQ(quotation(review, {0, 19}, false), "My name is Ann Lee.");
  // A span that cuts an address shows no part of it.
  EXPECT_EQ(quotation(review, {20, 48}, true), "I love the lens, mail [email]");
  EXPECT_EQ(quotation("", {0, 0}, true), "");
}

TEST(FirstSentence, IsTheFirstThatIsFitToQuote) {
  const std::string bio = "Hi! Reach me at a@b.example. Home cook, reader of old maps.";
  const auto span = first_sentence(bio, 100);
  ASSERT_TRUE(span);
  EXPECT_EQ(bio.substr(span->begin, span->end - span->begin), "Home cook, reader of old maps.");
  EXPECT_FALSE(first_sentence("", 100));
}

}  // namespace
}  // namespace limn
