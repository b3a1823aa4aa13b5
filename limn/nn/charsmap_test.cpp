#include "limn/nn/charsmap.h"

#include <gtest/gtest.h>

#include "limn/core/random.h"
#include "limn/core/utf8.h"

namespace limn {
namespace {

std::string bytes_of(const std::vector<std::uint32_t>& units, std::string_view texts) {
  std::string bytes;
  const auto add = [&](std::uint32_t value) {
    for (int i = 0; i < 4; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xFF);
  };
  add(static_cast<std::uint32_t>(4 * units.size()));
  for (const std::uint32_t unit : units) add(unit);
  return bytes + std::string(texts);
}

// One key, "a", which becomes "xy": the root leads to unit 256 + 'a', whose leaf is unit 512 + 'a'.
std::vector<std::uint32_t> one_key() {
  std::vector<std::uint32_t> units(768, 0);
  units[0] = 256U << 10;
  units[256 + 'a'] = 768U << 10 | 1U << 8 | 'a';
  units[512 + 'a'] = 1U << 31;
  return units;
}

constexpr std::string_view one_text{"xy\0", 3};

TEST(Charsmap, ReplacesWhatItKnows) {
  const auto map = Charsmap::make(bytes_of(one_key(), one_text));
  ASSERT_TRUE(map.has_value());
  EXPECT_EQ(map->apply("bab"), "bxyb");
  EXPECT_EQ(map->apply(""), "");
}

TEST(Charsmap, LooksUpAGraphemeOfUnderSixBytesAsAWhole) {
  const auto map = Charsmap::make(bytes_of(one_key(), one_text));
  ASSERT_TRUE(map.has_value());
  EXPECT_EQ(map->apply("a\u0301b"), "xyb");  // 3 bytes: the accent is lost
  EXPECT_EQ(map->apply("a\u0301\u0301\u0301"), "xy\u0301\u0301\u0301");  // 7 bytes: it stays
}

TEST(Charsmap, RefusesWhatIsNoTable) {
  EXPECT_FALSE(Charsmap::make("").has_value());
  EXPECT_FALSE(Charsmap::make("abc").has_value());
  EXPECT_FALSE(Charsmap::make(std::string(4, '\0')).has_value());              // no unit
  EXPECT_FALSE(Charsmap::make(std::string("\x08\0\0\0abcd", 8)).has_value());  // one is missing
  EXPECT_FALSE(Charsmap::make(std::string("\x03\0\0\0abcd", 8)).has_value());
  EXPECT_FALSE(Charsmap::make(std::string("\xFC\xFF\xFF\xFF") + "abcd").has_value());
}

TEST(Charsmap, SurvivesDamagedUnits) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::vector<std::uint32_t> units = one_key();
    units[0] = static_cast<std::uint32_t>(random.below(1ULL << 32));
    for (int i = 0; i < 200; ++i) {
      units[random.below(units.size())] = static_cast<std::uint32_t>(random.below(1ULL << 32));
    }
    for (std::size_t i = 0; i < units.size() && seed % 2 == 0; ++i) {  // every edge exists
      units[i] = (units[i] & ~0xFFU & ~(1U << 31)) | static_cast<std::uint32_t>(i & 0xFF);
    }
    const auto map = Charsmap::make(bytes_of(units, one_text));
    ASSERT_TRUE(map.has_value());
    std::string text;
    for (int i = 0; i < 50; ++i) {
      append_code_point(text, static_cast<char32_t>(random.below(0x3000)));
    }
    EXPECT_LE(map->apply(text).size(), 3 * text.size());
  }
}

TEST(Base64, GivesTheBytesOfItsDefinition) {
  EXPECT_EQ(from_base64(""), "");
  EXPECT_EQ(from_base64("Zg=="), "f");
  EXPECT_EQ(from_base64("Zm8="), "fo");
  EXPECT_EQ(from_base64("Zm9vYmFy"), "foobar");
  EXPECT_EQ(from_base64("+/+/"), "\xFB\xFF\xBF");
  EXPECT_EQ(from_base64("Zm9v!mFy"), std::nullopt);
  EXPECT_EQ(from_base64("Z"), std::nullopt);
}

}  // namespace
}  // namespace limn
