#include "limn/text/chinese.h"

#include <gtest/gtest.h>

#include "limn/core/random.h"
#include "limn/text/characters.h"
#include "limn/text/testing.h"

namespace limn {
namespace {

TEST(Chinese, FoldsTraditionalCharacters) {
  // "The sound quality of these earphones is very good", in Taiwan and in Beijing.
  EXPECT_EQ(to_simplified("\u9019\u526f\u8033\u6a5f\u97f3\u8cea\u5f88\u597d, ok"),
            "\u8fd9\u526f\u8033\u673a\u97f3\u8d28\u5f88\u597d, ok");
}

TEST(Chinese, LeavesEverythingElseAsItIs) {
  for (const std::string_view text : {"", "plain", "\u8fd9\u526f\u8033\u673a",
                                      "\u3042\uac00\u00e9\U00020000", "\xe9\x80", "\xe9"}) {
    EXPECT_EQ(to_simplified(text), text);
  }
}

TEST(Chinese, FoldsNoCharacterTwice) {
  std::string all;
  for (char32_t code = 0x3400; code < 0xA000; ++code) append_code_point(all, code);
  const std::string folded = to_simplified(all);
  EXPECT_EQ(to_simplified(folded), folded);
  EXPECT_NE(folded, all);
}

TEST(Chinese, KeepsTheLengthAndThePlacesOfAnyBytes) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    for (const std::string& text : {testing::random_bytes(random, random.below(200)),
                                    testing::random_pieces(random, random.below(40))}) {
      const std::string folded = to_simplified(text);
      EXPECT_EQ(folded.size(), text.size());
      EXPECT_EQ(to_simplified(folded), folded);
      for (std::size_t i = 0; i < text.size(); ++i) {
        EXPECT_TRUE(!is_ascii(text[i]) || folded[i] == text[i]);
      }
    }
  }
}

}  // namespace
}  // namespace limn
