#include "limn/text/segmenter.h"

#include <fstream>

#include <gtest/gtest.h>

#include "limn/core/random.h"
#include "limn/text/testing.h"
#include "limn/text/words.h"

namespace limn {
namespace {

// A dictionary of three words, in a folder of its own.
std::filesystem::path small_dictionary(const std::string& name, const std::string& last_line) {
  const auto folder = std::filesystem::path(::testing::TempDir()) / ("limn_segmenter_" + name);
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "jieba.dict.utf8")
      << "\u4e0a\u5f53\u53d7\u9a97 100 i\n\u4e0a\u5f53 50 v\n\u53d7\u9a97 50 v\n"
      << last_line;
  std::ofstream(folder / "hmm_model.utf8")
      << "#start\n-0.3 -3.14e+100 -3.14e+100 -1.4\n"
         "-3.14e+100 -0.5 -0.9 -3.14e+100\n-0.6 -3.14e+100 -3.14e+100 -0.8\n"
         "-3.14e+100 -0.3 -1.3 -3.14e+100\n-0.7 -3.14e+100 -3.14e+100 -0.7\n"
         "\u6d1e:-5,\u5c0f:-6\n\u6d1e:-5\n\u6d1e:-9\n\u4e86:-2\n";
  return folder;
}

#ifdef LIMN_CPPJIEBA

TEST(Segmenter, CutsByTheDictionary) {
  const auto segmenter = Segmenter::open(small_dictionary("good", ""));
  ASSERT_TRUE(segmenter) << segmenter.error().message;
  const std::string text = "\u4e0a\u5f53\u53d7\u9a97\u4e86, ok";
  EXPECT_EQ(words(text, {.lang = "zh", .segmenter = &*segmenter}),
            (std::vector<std::string>{"\u4e0a\u5f53\u53d7\u9a97", "\u4e86", "ok"}));
}

TEST(Segmenter, CoversEveryByteOfAnyText) {
  const auto segmenter = Segmenter::open(small_dictionary("any", ""));
  ASSERT_TRUE(segmenter);
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    for (const std::string& text : {testing::random_bytes(random, random.below(100)),
                                    testing::random_pieces(random, random.below(40))}) {
      std::size_t end = 0;
      for (const Span span : segmenter->cut(text)) {
        EXPECT_EQ(span.begin, end);
        EXPECT_LT(span.begin, span.end);
        end = span.end;
      }
      EXPECT_EQ(end, text.size());
    }
  }
}

TEST(Segmenter, RefusesAFolderWithoutAWholeDictionary) {
  EXPECT_EQ(Segmenter::open("/nowhere").error().code, ErrorCode::not_found);
  for (const std::string line : {"word", "word x n", "word 0 n", "\xff 5 n", " 5 n", "a  5 n"}) {
    const auto opened = Segmenter::open(small_dictionary("bad", line + "\n"));
    ASSERT_FALSE(opened) << line;
    EXPECT_EQ(opened.error().code, ErrorCode::corrupt);
  }
}

#else

TEST(Segmenter, SaysThatThisBuildHasNone) {
  EXPECT_EQ(Segmenter::open(small_dictionary("none", "")).error().code, ErrorCode::unavailable);
}

#endif

}  // namespace
}  // namespace limn
