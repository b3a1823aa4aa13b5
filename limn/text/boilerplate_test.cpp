#include "limn/text/boilerplate.h"

#include <gtest/gtest.h>

#include "limn/core/random.h"
#include "limn/text/testing.h"

namespace limn {
namespace {

using Strings = std::vector<std::string>;

Strings kept(const Strings& texts) {
  const std::vector<Span> spans = without_boilerplate(texts);
  Strings parts;
  for (std::size_t i = 0; i < texts.size(); ++i) parts.emplace_back(piece(texts[i], spans[i]));
  return parts;
}

TEST(Boilerplate, IsTheGreetingAndTheSignature) {
  EXPECT_EQ(kept({"Hello all! The lens is sharp.\nJo, Bergen\nCameras and more",
                  "Hello all. The strap broke after a week.\nJo, Bergen\nCameras and more",
                  "The bag is roomy. It is light too.\nJo, Bergen\ncameras, and more!",
                  "Hello all! What a tripod."}),
            (Strings{"The lens is sharp.", "The strap broke after a week.",
                     "The bag is roomy. It is light too.", "What a tripod."}));
}

TEST(Boilerplate, IsNothingThatFewTextsHave) {
  const Strings two{"Good lens. Bye now.", "Good strap. Bye now."};
  EXPECT_EQ(kept(two), two);
  Strings many(20);
  for (std::size_t i = 0; i < many.size(); ++i) {
    many[i] = "Item " + std::to_string(i) + " is fine." + (i < 4 ? " Bye now." : "");
  }
  EXPECT_EQ(kept(many), many);  // 4 of 20 are no habit
}

TEST(Boilerplate, LeavesTheMiddleAndATextOfNothingElse) {
  const Strings texts{"Good. One. Fine.", "Bad. One. Poor.", "So so. One. Well.", "New. One. Old."};
  EXPECT_EQ(kept(texts), texts);
  EXPECT_EQ(kept({"Thanks.", "It works. Thanks.", "It broke. Thanks.", "Fits. Thanks."}),
            (Strings{"Thanks.", "It works.", "It broke.", "Fits."}));
}

TEST(Boilerplate, IsNoTextThatIsSaidTwice) {
  const Strings texts{"Bad. Sent back.", "Bad. Sent back.", "Bad. Sent back.", "Bad. Kept it."};
  EXPECT_EQ(kept(texts), texts);
}

TEST(Boilerplate, LeavesAPartOfAnyText) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    Strings texts;
    for (int i = 0; i < 6; ++i) texts.push_back(testing::random_pieces(random, random.below(20)));
    const std::vector<Span> spans = without_boilerplate(texts);
    ASSERT_EQ(spans.size(), texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i) {
      EXPECT_LE(spans[i].begin, spans[i].end);
      EXPECT_LE(spans[i].end, texts[i].size());
    }
  }
  EXPECT_TRUE(without_boilerplate({}).empty());
}

}  // namespace
}  // namespace limn
