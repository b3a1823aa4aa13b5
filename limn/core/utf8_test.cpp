#include "limn/core/utf8.h"

#include <gtest/gtest.h>

#include "limn/core/random.h"

namespace limn {
namespace {

TEST(Utf8, EveryCodePointIsReadBackFromItsBytes) {
  for (char32_t code = 0; code <= 0x10FFFF; ++code) {
    std::string text;
    append_code_point(text, code);
    if (code >= 0xD800 && code <= 0xDFFF) {
      ASSERT_TRUE(text.empty());
      continue;
    }
    const CodePoint point = code_point_at(text, 0);
    ASSERT_TRUE(point.valid) << static_cast<std::uint32_t>(code);
    ASSERT_EQ(point.code, code);
    ASSERT_EQ(point.bytes, text.size());
  }
}

TEST(Utf8, WhatIsNotUtf8TakesItsMaximalSubpart) {
  struct Case {
    std::string_view bytes;
    std::size_t taken;
  };
  for (const auto& [bytes, taken] :
       {Case{"\x80", 1}, Case{"\xC0\xAF", 1}, Case{"\xE0\x80\x80", 1}, Case{"\xED\xA0\x80", 1},
        Case{"\xF4\x90\x80\x80", 1}, Case{"\xE4\xBD", 2}, Case{"\xF0\x9F\x98x", 3},
        Case{"\xFF", 1}}) {
    const CodePoint point = code_point_at(bytes, 0);
    EXPECT_FALSE(point.valid);
    EXPECT_EQ(point.code, replacement_character);
    EXPECT_EQ(point.bytes, taken);
  }
}

TEST(Utf8, AnyBytesAreReadToTheirEnd) {
  Random random(1);
  for (int round = 0; round < 2000; ++round) {
    std::string bytes(random.below(20), '\0');
    for (char& byte : bytes) byte = static_cast<char>(random.next());
    std::size_t position = 0;
    while (position < bytes.size()) EXPECT_LE(next_code_point(bytes, position), 0x10FFFFU);
    EXPECT_EQ(position, bytes.size());
  }
}

TEST(Utf8, InvisibleIsWhatSteersATextAndNothingThatIsRead) {
  for (const char32_t code :
       {0x00, 0x07, 0x1B, 0x7F, 0x9B, 0xAD, 0x200B, 0x202E, 0x2066, 0xFEFF, 0xE0041}) {
    EXPECT_TRUE(is_invisible(code)) << static_cast<std::uint32_t>(code);
  }
  for (const char32_t code : {0x20, 0x41, 0xE9, 0x2014, 0x2028, 0x4E2D, 0x1F600}) {
    EXPECT_FALSE(is_invisible(code)) << static_cast<std::uint32_t>(code);
  }
}

TEST(Utf8, BoundariesStandBetweenCodePoints) {
  const std::string text = "a\xE8\x8C\xB6";
  EXPECT_TRUE(is_boundary(text, 0));
  EXPECT_TRUE(is_boundary(text, 1));
  EXPECT_FALSE(is_boundary(text, 2));
  EXPECT_TRUE(is_boundary(text, 4));
  EXPECT_FALSE(is_boundary(text, 5));
}

}  // namespace
}  // namespace limn
