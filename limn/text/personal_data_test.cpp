#include "limn/text/personal_data.h"

#include <gtest/gtest.h>

#include "limn/core/random.h"
#include "limn/core/utf8.h"
#include "limn/text/personal_rules.h"
#include "limn/text/testing.h"

namespace limn {
namespace {

// What is found, as "type:value" with spaces between.
std::string found_in(std::string_view text, WrittenBy by = WrittenBy::users) {
  std::string said;
  for (const PersonalData& one : find_personal_data(text, by)) {
    if (!said.empty()) said += ' ';
    said += std::string(personal_data_name(one.type)) + ':' + std::string(piece(text, one.span));
  }
  return said;
}

TEST(PersonalData, CheckDigitsAreThoseOfTheStandards) {
  // Each number is valid with one last digit of ten, and no other.
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::string card = "4";
    while (card.size() < 15) card += static_cast<char>('0' + random.below(10));
    int valid = 0;
    for (char last = '0'; last <= '9'; ++last) valid += personal::has_luhn_digit(card + last);
    EXPECT_EQ(valid, 1);

    std::string id = "11010519" + std::to_string(10 + random.below(90)) + "0615";
    while (id.size() < 17) id += static_cast<char>('0' + random.below(10));
    valid = 0;
    for (const char last : std::string("0123456789X")) valid += personal::is_chinese_id(id + last);
    EXPECT_EQ(valid, 1);
  }
  EXPECT_TRUE(personal::has_luhn_digit("4111111111111111"));
  EXPECT_TRUE(personal::has_iban_digits("GB82WEST12345698765432"));
  EXPECT_FALSE(personal::has_iban_digits("GB82WEST12345698765423"));
  EXPECT_TRUE(personal::is_chinese_id("11010519491231002X"));
  EXPECT_FALSE(personal::is_chinese_id("110105194913310022"));  // no such month
}

TEST(PersonalData, FindsEachStructuredType) {
  EXPECT_EQ(found_in("write to ann.lee+shop@mail.example.org."),
            "email:ann.lee+shop@mail.example.org");
  EXPECT_EQ(found_in("ann (at) example (dot) org"), "email:ann (at) example (dot) org");
  EXPECT_EQ(found_in("call (415) 555-0134 or +44 20 7946 0958"),
            "phone:(415) 555-0134 phone:+44 20 7946 0958");
  EXPECT_EQ(found_in("13812345678, 010-62345678, +86 138-1234-5678"),
            "phone:13812345678 phone:010-62345678 phone:+86 138-1234-5678");
  EXPECT_EQ(found_in("card 4111 1111 1111 1111 ok"), "card:4111 1111 1111 1111");
  EXPECT_EQ(found_in("IBAN GB82 WEST 1234 5698 7654 32."), "iban:GB82 WEST 1234 5698 7654 32");
  EXPECT_EQ(found_in("id 11010519491231002X and 123-45-6789"),
            "id:11010519491231002X id:123-45-6789");
  EXPECT_EQ(found_in("from 192.168.4.20 and 2001:db8::8a2e:370:7334"),
            "ip:192.168.4.20 ip:2001:db8::8a2e:370:7334");
  EXPECT_EQ(found_in("https://joe:s3cret@host.example/a?x=1"), "credential:joe:s3cret");
  EXPECT_EQ(found_in("GET /x?token=Ab12cd34&y=2"), "credential:Ab12cd34");
  EXPECT_EQ(found_in("my password is hunter2!"), "credential:hunter2");
  EXPECT_EQ(found_in("QQ: 123456789"), "account:123456789");
}

TEST(PersonalData, FindsAddressesAndNamesOfUsersOnly) {
  const std::string text = "My name is Ann Lee, 221B Baker Street, London.";
  EXPECT_EQ(found_in(text), "name:Ann Lee address:221B Baker Street, London");
  EXPECT_EQ(found_in(text, WrittenBy::shop), "");
  EXPECT_EQ(found_in("Thanks to Mr. O'Brien for the help"), "name:O'Brien");
  EXPECT_EQ(found_in("Fine.\nBest regards,\nJo Ann Smith"), "name:Jo Ann Smith");
  EXPECT_EQ(found_in("P.O. Box 42, Springfield"), "address:P.O. Box 42, Springfield");
}

TEST(PersonalData, ReadsChinese) {
  // "My name is Zhang Wei, the telephone is 13812345678."
  EXPECT_EQ(found_in("\u6211\u53eb\u5f20\u4f1f\uff0c\u7535\u8bdd13812345678\u3002"),
            "name:\u5f20\u4f1f phone:13812345678");
  // "I live in Beijing, Chaoyang, Jianguo road 88, building 3, unit 2, 501."
  EXPECT_EQ(found_in("\u6211\u4f4f\u5728\u5317\u4eac\u5e02\u671d\u9633\u533a\u5efa\u56fd\u8def"
                     "88\u53f73\u53f7\u697c2\u5355\u5143501\u5ba4\u3002"),
            "address:\u5317\u4eac\u5e02\u671d\u9633\u533a\u5efa\u56fd\u8def"
            "88\u53f73\u53f7\u697c2\u5355\u5143501\u5ba4");
  // "Mr. Wang is kind."
  EXPECT_EQ(found_in("\u738b\u5148\u751f\u5f88\u597d"), "name:\u738b");
  // "The password is: Abc123"
  EXPECT_EQ(found_in("\u5bc6\u7801\u662f\uff1aAbc123"), "credential:Abc123");
}

TEST(PersonalData, LeavesOtherNumbersAlone) {
  for (const std::string_view text :
       {"Order 20391847 came on 2024-05-17 at 12:30:45.", "ISBN 978-3-16-148410-0, 320 pages",
        "version 1.2.3.4 of the firmware", "It cost 1,299.00 and weighs 2.5 kg", "4111111111111112",
        "the password is wrong", "I sat in room 12 on the way home", "Call me maybe",
        "the best of 2019 and 2020", "scored 3.14159265 of 10", "call 911",
        "Kind regards to the team", "5:30-6:15", "1/2 2/3", "10.000.000"}) {
    EXPECT_EQ(found_in(text), "") << text;
  }
}

TEST(PersonalData, SeesThroughDisguises) {
  // Full-width digits, zero-width spaces, references of HTML: found, in bytes of the text itself.
  const std::string wide = "\uff11\uff13\uff18\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18";
  EXPECT_EQ(found_in("\u7535\u8bdd" + wide), "phone:" + wide);
  EXPECT_EQ(found_in("ann\u200b@exam\u00adple.org!"), "email:ann\u200b@exam\u00adple.org");
  EXPECT_EQ(found_in("ann&#64;example&#x2e;org"), "email:ann&#64;example&#x2e;org");
}

TEST(PersonalData, MaskingLeavesTheRestAsItStands) {
  EXPECT_EQ(masked("Mail ann@example.org, call 13812345678!"), "Mail [email], call [phone]!");
  EXPECT_EQ(masked("nothing here"), "nothing here");
  EXPECT_EQ(masked(""), "");
  const std::string text = "Mail ann@example.org now";
  const auto found = find_personal_data(text);
  EXPECT_EQ(blanked(text, found), "Mail   now");
  // A part that cuts an address shows nothing of it.
  EXPECT_EQ(mask_part(text, {0, 10}, found), "Mail [email]");
  EXPECT_EQ(mask_part(text, {10, text.size()}, found), "[email] now");
}

TEST(PersonalData, SpansAreInOrderAndOnBoundariesForAnyBytes) {
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::string text = testing::random_pieces(random, 30) + "ann@example.org 13812345678 ";
    text += testing::random_bytes(random, 40) + testing::random_ascii(random, 60);
    EXPECT_EQ(masked(text).find("13812345678"), std::string::npos);
    text = to_valid_utf8(text, "?");  // in broken bytes there are no boundaries to hold to
    std::size_t done = 0;
    for (const PersonalData& one : find_personal_data(text)) {
      EXPECT_LE(done, one.span.begin);
      EXPECT_LT(one.span.begin, one.span.end);
      EXPECT_LE(one.span.end, text.size());
      EXPECT_TRUE(is_boundary(text, one.span.begin));
      EXPECT_TRUE(is_boundary(text, one.span.end));
      done = one.span.end;
    }
  }
}

TEST(PersonalData, ReadsHugeTextsOfTheWorstKind) {
  // Rules look back and ahead: none may do so without bound.
  for (const std::string_view unit :
       {"1", "a", "@", "1-", ":", "a.", "eyJ", "(", "\u738b", "+1 "}) {
    std::string text;
    while (text.size() < 50'000) text += unit;
    EXPECT_LE(masked(text).size(), 20 * text.size()) << unit;
  }
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "write to ann" + std::to_string(i) + "@example.org ok. ";
  EXPECT_EQ(find_personal_data(text).size(), 5000U);
}

}  // namespace
}  // namespace limn
