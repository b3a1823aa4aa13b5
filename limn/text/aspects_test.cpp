#include "limn/text/aspects.h"

#include <string>

#include <gtest/gtest.h>

namespace limn {
namespace {

// "battery+ screen-"
std::string told(std::string_view text) {
  std::string said;
  for (const AspectOpinion& aspect : aspects(text)) {
    if (!said.empty()) said += ' ';
    said += aspect.name + (aspect.polarity > 0 ? '+' : '-');
  }
  return said;
}

TEST(Aspects, EachClauseSpeaksOfItsOwn) {
  EXPECT_EQ(told("battery lasts, screen is dim"), "battery+ screen-");
  EXPECT_EQ(told("The battery lasts, but the screen is dim."), "battery+ screen-");
  EXPECT_EQ(told("Great food. Service slow and rude."), "food+ service-");
  EXPECT_EQ(told("It is great."), "");
  EXPECT_EQ(told(""), "");
}

TEST(Aspects, TheNearestOneBeforeIsMeant) {
  EXPECT_EQ(told("The plot is dull and the acting superb"), "story- acting+");
  EXPECT_EQ(told("poor sound"), "sound-");
  EXPECT_EQ(told("The screen is big, very sharp"), "screen+");
}

TEST(Aspects, NounsThatNoListKnowsAreNamedByTheirSentence) {
  EXPECT_EQ(told("The lid is flimsy."), "lid-");
  EXPECT_EQ(told("The thing is flimsy."), "");
}

TEST(Aspects, NamesAreOneForManyWords) {
  EXPECT_EQ(told("Battery life is great, charge is poor"), "");  // as much for as against
  EXPECT_EQ(told("Battery life is excellent and the batteries are great"), "battery+");
}

TEST(Aspects, ReadsChinese) {
  // "The screen is very clear, but the battery does not last, and the service is poor."
  EXPECT_EQ(told("\u5c4f\u5e55\u5f88\u6e05\u6670\uff0c\u4f46\u662f\u7535\u6c60\u4e0d\u8010\u7528"
                 "\uff0c\u5ba2\u670d\u6001\u5ea6\u5f88\u5dee\u3002"),
            "\u5c4f\u5e55+ \u7535\u6c60- \u670d\u52a1-");
}

TEST(Aspects, CiteTheClauseThatSaysSo) {
  const std::string text = "I like it. The screen is dim, sadly.";
  const auto found = aspects(text);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(piece(text, found[0].clause), "The screen is dim");
  EXPECT_LT(found[0].polarity, 0);
  EXPECT_GT(found[0].polarity, -1);
}

}  // namespace
}  // namespace limn
