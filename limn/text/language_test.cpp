#include "limn/text/language.h"

#include <string>

#include <gtest/gtest.h>

#include "limn/core/random.h"
#include "limn/text/testing.h"

namespace limn {
namespace {

TEST(GuessLanguage, TellsLanguagesOfOneScriptByTheirWords) {
  EXPECT_EQ(guess_language("I have been drinking this beer for years and it is great"), "en");
  EXPECT_EQ(guess_language("Ich habe das Buch gelesen und es ist sehr gut"), "de");
  EXPECT_EQ(guess_language("Je ne sais pas si ce livre est bien pour les enfants"), "fr");
  EXPECT_EQ(guess_language("El libro es muy bueno pero no me gusta la portada"), "es");
  EXPECT_EQ(guess_language("Il libro non \u00e8 molto bello ma mi piace anche"), "it");
  EXPECT_EQ(guess_language("O livro n\u00e3o \u00e9 muito bom mas eu gosto"), "pt");
  EXPECT_EQ(guess_language("Het boek is niet goed maar ik heb het wel gelezen"), "nl");
  EXPECT_EQ(guess_language("\u042f \u043d\u0435 \u0437\u043d\u0430\u044e \u0447\u0442\u043e "
                           "\u044d\u0442\u043e"),
            "ru");
}

TEST(GuessLanguage, TellsOthersByTheirScript) {
  EXPECT_EQ(guess_language("\u8fd9\u672c\u4e66\u5f88\u597d"), "zh");
  EXPECT_EQ(guess_language("\u5f88\u597d iPhone"), "zh");
  EXPECT_EQ(guess_language("\u3053\u306e\u672c\u306f\u3068\u3066\u3082\u826f\u3044"), "ja");
  EXPECT_EQ(guess_language("\uc774 \ucc45\uc740 \uc88b\ub2e4"), "ko");
  EXPECT_EQ(guess_language("\u03b1\u03c5\u03c4\u03cc"), "el");
}

TEST(GuessLanguage, SaysWhenItCannotTell) {
  for (const char* text : {"", "12345", "!?", "xqzt brrt", "\U0001f600", "\xff\xfe"}) {
    EXPECT_EQ(guess_language(text), "und") << text;
  }
}

TEST(GuessLanguage, SurvivesAnyBytes) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    EXPECT_FALSE(guess_language(testing::random_bytes(random, 200)).empty());
    EXPECT_FALSE(guess_language(testing::random_pieces(random, 60)).empty());
  }
}

TEST(LanguageRuns, AreTheSentencesOfOneLanguage) {
  const std::string english = "The battery lasts for more than a week and it is very light. ";
  const std::string german = "Das Display ist leider viel zu dunkel und nicht scharf. ";
  const std::string chinese = "\u5c4f\u5e55\u592a\u6697\u4e86\uff0c\u4e0d\u559c\u6b22\u3002";
  const std::string text = english + german + chinese;
  const std::vector<LanguageRun> expected{{{0, english.size()}, "en"},
                                          {{english.size(), english.size() + german.size()}, "de"},
                                          {{english.size() + german.size(), text.size()}, "zh"}};
  EXPECT_EQ(language_runs(text), expected);
}

TEST(LanguageRuns, LeaveAShortOrUnclearSentenceToTheWholeText) {
  const std::string text = "I like it very much and would buy it again. Die cast! Nice in blau.";
  EXPECT_EQ(language_runs(text), (std::vector<LanguageRun>{{{0, text.size()}, "en"}}));
  EXPECT_EQ(language_runs(""), (std::vector<LanguageRun>{{{0, 0}, "und"}}));
}

TEST(LanguageRuns, CoverEveryByteOfAnyText) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    for (const std::string& text : {testing::random_bytes(random, random.below(200)),
                                    testing::random_pieces(random, random.below(80))}) {
      std::size_t end = 0;
      for (const LanguageRun& run : language_runs(text)) {
        EXPECT_EQ(run.span.begin, end);
        end = run.span.end;
      }
      EXPECT_EQ(end, text.size());
    }
  }
}

}  // namespace
}  // namespace limn
