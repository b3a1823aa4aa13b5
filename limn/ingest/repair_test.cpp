#include "limn/ingest/repair.h"

#include <cstdint>
#include <string>

#include <gtest/gtest.h>

#include "limn/core/random.h"

namespace limn {
namespace {

// The definition (RFC 3629), written another way than the decoder: encode every code point and look
// whether the bytes are one of them.
bool is_one_character(const std::string& bytes) {
  for (std::uint32_t code = 0; code < 0x110000; ++code) {
    if (code >= 0xD800 && code < 0xE000) continue;
    std::string encoded;
    if (code < 0x80) {
      encoded = {static_cast<char>(code)};
    } else if (code < 0x800) {
      encoded = {static_cast<char>(0xC0 | code >> 6), static_cast<char>(0x80 | (code & 63))};
    } else if (code < 0x10000) {
      encoded = {static_cast<char>(0xE0 | code >> 12), static_cast<char>(0x80 | (code >> 6 & 63)),
                 static_cast<char>(0x80 | (code & 63))};
    } else {
      encoded = {static_cast<char>(0xF0 | code >> 18), static_cast<char>(0x80 | (code >> 12 & 63)),
                 static_cast<char>(0x80 | (code >> 6 & 63)), static_cast<char>(0x80 | (code & 63))};
    }
    if (encoded == bytes) return true;
  }
  return false;
}

TEST(Repair, KnowsEveryCharacterAndTheEdgesBesideThem) {
  const std::string replaced = "\xEF\xBF\xBD";
  std::size_t valid = 0;
  for (unsigned a = 0; a < 256; ++a) {
    for (unsigned b = 0; b < 256; ++b) {
      const std::string two{static_cast<char>(a), static_cast<char>(b)};
      const bool expected = (a < 0x80 && b < 0x80) || (a >= 0xC2 && a < 0xE0 && b >> 6 == 2);
      EXPECT_EQ(is_utf8(two), expected) << a << " " << b;
      valid += expected;
    }
  }
  EXPECT_EQ(valid, 128u * 128u + 30u * 64u);
  for (const std::string bytes :
       {"\xE0\x9F\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xED\xA0\x80", "\xEE\x80\x80",
        "\xEF\xBF\xBF", "\xF0\x8F\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE2\x82", "\xF0\x9F\x98"}) {
    EXPECT_EQ(is_utf8(bytes), is_one_character(bytes));
    EXPECT_EQ(repair_utf8(bytes) == bytes, is_one_character(bytes));
  }
}

TEST(Repair, PutsOneMarkForEachMaximalBadSequence) {
  const std::string mark = "\xEF\xBF\xBD";
  // The example of the Unicode Standard, table 3-8.
  EXPECT_EQ(repair_utf8("\x61\xF1\x80\x80\xE1\x80\xC2\x62\x80\x63\x80\xBF\x64"),
            "a" + mark + mark + mark + "b" + mark + "c" + mark + mark + "d");
  EXPECT_EQ(repair_utf8("\xC3\x28"), mark + "(");
}

TEST(Repair, MakesAnyBytesValidAndLeavesValidOnesAlone) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::string bytes;
    for (std::uint64_t i = random.below(40); i > 0; --i) {
      bytes +=
          static_cast<char>(random.below(4) == 0 ? random.below(256) : 0xC0 + random.below(64));
    }
    const std::string repaired = repair_utf8(bytes);
    EXPECT_TRUE(is_utf8(repaired));
    EXPECT_EQ(repair_utf8(repaired), repaired);
    EXPECT_TRUE(is_utf8(repair_text(bytes).text));
    EXPECT_TRUE(is_utf8(latin1_to_utf8(bytes)));
  }
}

TEST(Repair, TakesControlCharactersOutOfTexts) {
  using namespace std::string_literals;
  const RepairedText repaired = repair_text("a\0b\x1B[1m\tc\r\n\x7F\xC2\x85"s);
  EXPECT_EQ(repaired.text, "ab[1m\tc\r\n");
  EXPECT_TRUE(repaired.control_characters);
  EXPECT_FALSE(repaired.invalid_utf8);
  EXPECT_FALSE(repair_text("plain \xE4\xB8\xAD text\n").control_characters);
}

TEST(Repair, SeesMarkup) {
  for (const char* text :
       {"<p>a</p>", "a<br/>", "</b>", "<!-- c -->", "Tom &amp; Jerry", "&#39;", "&#x27;"}) {
    EXPECT_TRUE(has_markup(text)) << text;
  }
  for (const char* text :
       {"", "a < b > c", "1<2", "<3 this", "x <y", "& so; on", "<", "&", "a &", "fish & chips"}) {
    EXPECT_FALSE(has_markup(text)) << text;
  }
}

TEST(Repair, RefusesIdsThatCannotBeOnes) {
  using namespace std::string_literals;
  EXPECT_FALSE(fault_of_id("u-17"));
  EXPECT_FALSE(fault_of_id("\xE4\xB8\xAD\xE6\x96\x87"));
  EXPECT_FALSE(fault_of_id("two words"));
  EXPECT_FALSE(fault_of_id(std::string(max_id_bytes, 'x')));
  EXPECT_EQ(fault_of_id(std::string(max_id_bytes + 1, 'x')), "is longer than 256 bytes");
  for (const char* id : {"", "null", "NULL", "nan", "NaN", "None", "\\N"}) {
    EXPECT_EQ(fault_of_id(id), "is missing") << id;
  }
  EXPECT_EQ(fault_of_id("a\0b"s), "holds a control character");
  EXPECT_EQ(fault_of_id("a\tb"), "holds a control character");
  EXPECT_EQ(fault_of_id("a\xC2\x80"), "holds a control character");
  EXPECT_EQ(fault_of_id("a\xFF"), "is not valid UTF-8");
  EXPECT_EQ(fault_of_id("a\xED\xA0\x80"), "is not valid UTF-8");
  EXPECT_EQ(fault_of_id("a\xE2\x80\xAE"
                        "b"),
            "holds a mark that changes the direction of text");
}

}  // namespace
}  // namespace limn
