#include "limn/text/clean.h"

#include <gtest/gtest.h>

#include "limn/core/random.h"
#include "limn/text/characters.h"
#include "limn/text/testing.h"

namespace limn {
namespace {

TEST(CleanText, KeepsTheWordsOfHtml) {
  EXPECT_EQ(clean_text("<p>I was <b>offer</b>ed a <a href=\"http://x.y/?a>b\">beer</a>.</p>"
                       "<ul><li>one</li><li>two</li></ul>"),
            "I was offered a beer. one two");
  EXPECT_EQ(clean_text("<table><tr><td>a</td><td>b</td></tr></table>"), "a b");
  EXPECT_EQ(clean_text("<style>p { color: red }</style>a<script type='x'>if (1 < 2) f();</script>b"
                       "<!-- <p>hidden</p> -->c"),
            "abc");
  EXPECT_EQ(clean_text("<blockquote>said</blockquote>so<br/>it <o:p>is</o:p>"), "said so it is");
}

TEST(CleanText, LeavesWhatOnlyLooksLikeATag) {
  EXPECT_EQ(clean_text("I <3 beer, 1 < 2 > 0, vector<int> and a <unclosed"),
            "I <3 beer, 1 < 2 > 0, vector<int> and a <unclosed");
  EXPECT_EQ(clean_text("how to use <script> here"), "how to use here");
}

TEST(CleanText, ResolvesCharacterReferences) {
  EXPECT_EQ(clean_text("Tom &amp; Jerry&#39;s &lt;b&gt; caf&eacute; &#x4F60;&#22909; &#146;"),
            "Tom & Jerry's <b> caf\u00e9 \u4f60\u597d \u2019");
  EXPECT_EQ(clean_text("AT&T &nosuch; &; &#; &#x110000; &#xD800;"), "AT&T &nosuch; &; &#;");
}

TEST(CleanText, KeepsTheWordsOfMarkdown) {
  EXPECT_EQ(clean_text("# Title #1\n\n> quoted *very* __well__\n\n- item `code`\n1. see [this "
                       "page](http://a.b/c_d) and ![a glass](x.png)\n\n[1]: http://x.y\n---\n"),
            "Title #1 quoted very well item code see this page and a glass");
  EXPECT_EQ(clean_text("| a | b |\n|---|---|\n| c | d |"), "a b c d");
  EXPECT_EQ(clean_text("snake_case 2*3 2 * 3 \\*kept\\* [sic] #tag"),
            "snake_case 2*3 2 * 3 *kept* [sic] #tag");
}

TEST(CleanText, DropsCodeBlocksWhenAsked) {
  const CleanOptions no_code{.keep_code = false};
  EXPECT_EQ(clean_text("run\n```cpp\nint x;\n```\nnow `y`", no_code), "run now y");
  EXPECT_EQ(clean_text("<p>run</p><pre><code>int x;</code></pre><code>y</code>", no_code), "run y");
  EXPECT_EQ(clean_text("run\n```cpp\nint x;\n```\nnow"), "run int x; now");
  EXPECT_EQ(clean_text("~~~\n```\n*a*\n~~~\n*b*"), "``` *a* b");
  // A fence that is never closed hides nothing, and one within a line is no fence.
  EXPECT_EQ(clean_text("run\n```cpp\nint *x*;\nnow", no_code), "run int x; now");
  EXPECT_EQ(clean_text("```x``` is *code*\n> and *this* a quote", no_code),
            "x is code and this a quote");
}

TEST(CleanText, DropsAddressesUnlessAskedToKeepThem) {
  const std::string text =
      "see https://a.b/c?d=e. or www.x.org, (http://y.z) mail me@here.co.uk! @you a@b a@b.c@d.e";
  EXPECT_EQ(clean_text(text), "see . or , ( ) mail ! @you a@b @d.e");
  EXPECT_EQ(clean_text(text, {.keep_urls = true, .keep_emails = true}), text);
  EXPECT_EQ(clean_text("\u770bhttp://a.b/c\u5f88\u597d"), "\u770b \u5f88\u597d");
  EXPECT_EQ(clean_text("shttp://a.b Ewww.x"), "shttp://a.b Ewww.x");
}

TEST(CleanText, NormalizesAndFoldsWhiteSpace) {
  EXPECT_EQ(clean_text("  e\u0301\u00a0\u3000\t x\u200by \ufb01n \uff21\uff11 a\x01"
                       "b \ufeff"),
            "\u00e9 xy fin A1 a b");
  EXPECT_EQ(clean_text("\uff21\ufb01 e\u0301", {.compatible = false}), "\uff21\ufb01 \u00e9");
  EXPECT_EQ(clean_text("a\n\n\n b\r\nc", {.keep_lines = true}), "a\nb\nc");
  EXPECT_EQ(clean_text("<p>a\nb</p><p>c</p>", {.keep_lines = true}), "a b\nc");
  EXPECT_EQ(clean_text(std::string_view("a\0b", 3)), "a b");
  EXPECT_EQ(clean_text(""), "");
}

TEST(CleanText, GivesCleanUtf8ForAnyBytes) {
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    for (const std::string& raw : {testing::random_bytes(random, random.below(300)),
                                   testing::random_pieces(random, random.below(80))}) {
      for (const bool keep : {false, true}) {
        const std::string text = clean_text(raw, {.keep_code = keep, .keep_urls = keep});
        EXPECT_EQ(text, to_valid_utf8(text, ""));
        EXPECT_EQ(text.find("  "), std::string::npos);
        EXPECT_FALSE(text.starts_with(' ') || text.ends_with(' '));
        for (const char byte : text) EXPECT_TRUE(!is_ascii(byte) || byte >= ' ');
      }
    }
  }
}

TEST(CleanText, TakesTimeInProportion) {
  // Openings without ends: a reader that looks for each end anew would take minutes.
  for (const std::string_view piece :
       {"<", "<a ", "<!--", "<script>", "<style><script><pre>", "[", "[a](", "&", "<a \"", "@",
        "a@", "http://", "<p ", "**_`", "![[", "> ", "```\n~~~\n", "```a\n"}) {
    std::string raw;
    while (raw.size() < 300'000) raw += piece;
    EXPECT_LE(clean_text(raw).size(), raw.size());
  }
}

}  // namespace
}  // namespace limn
