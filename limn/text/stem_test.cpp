#include "limn/text/stem.h"

#include <gtest/gtest.h>

#include "limn/core/random.h"
#include "limn/text/testing.h"

namespace limn {
namespace {

std::string stemmed(std::string_view algorithm, std::string_view word) {
  return std::string(Stemmer::make(algorithm).value().stem(word));
}

TEST(Stemmer, StemsByTheNamedAlgorithm) {
  EXPECT_EQ(stemmed("en", "brewing"), "brew");
  EXPECT_EQ(stemmed("english", "generously"), "generous");  // Porter 2 keeps what Porter cuts
  EXPECT_EQ(stemmed("porter", "generously"), "gener");
  EXPECT_EQ(stemmed("de", "h\u00e4user"), "haus");
  EXPECT_EQ(stemmed("russian", "\u043a\u043d\u0438\u0433\u0438"), "\u043a\u043d\u0438\u0433");
  EXPECT_EQ(stemmed("en", ""), "");
}

TEST(Stemmer, IsThereForEveryCodeAndName) {
  for (const char* lang :
       {"ar", "ca", "da", "de", "el", "en", "es", "eu", "fi", "fr", "ga", "hi", "hu", "hy",
        "id", "it", "lt", "ne", "nl", "no", "pt", "ro", "ru", "sr", "sv", "ta", "tr", "yi"}) {
    SCOPED_TRACE(lang);
    ASSERT_TRUE(stemming_algorithm(lang));
    EXPECT_EQ(stemming_algorithm(*stemming_algorithm(lang)), stemming_algorithm(lang));
    EXPECT_TRUE(Stemmer::make(lang));
  }
  EXPECT_EQ(stemming_algorithm("zh"), std::nullopt);
  EXPECT_EQ(stemming_algorithm(""), std::nullopt);
  const auto none = Stemmer::make("klingon");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::invalid_argument);
  EXPECT_TRUE(none.error().message.starts_with("cannot stem: klingon: no such algorithm"));
}

TEST(Stemmer, SurvivesAnyBytes) {
  for (const char* lang : {"en", "porter", "de", "ru", "tr", "ar", "hi", "yi", "sr"}) {
    SCOPED_TRACE(lang);
    Stemmer stemmer = Stemmer::make(lang).value();
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      SCOPED_TRACE(seed);
      Random random(seed);
      EXPECT_LE(stemmer.stem(testing::random_bytes(random, random.below(40))).size(), 64U);
      EXPECT_LE(stemmer.stem(testing::random_pieces(random, random.below(12))).size(), 512U);
    }
    const std::string long_word(100'000, 'a');
    EXPECT_EQ(stemmer.stem(long_word), long_word);
  }
}

}  // namespace
}  // namespace limn
