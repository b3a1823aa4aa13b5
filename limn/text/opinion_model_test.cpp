#include "limn/text/opinion_model.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "limn/core/random.h"

namespace limn {
namespace {

// Texts in a language of a shop's own: "zib" is said of what is liked, "quor" of what is not.
struct Shop {
  std::vector<std::string> texts;
  std::vector<RatedText> rated;
};

Shop make_shop(std::size_t n, std::uint64_t seed) {
  Random random(seed);
  Shop shop;
  std::vector<bool> liked;
  for (std::size_t i = 0; i < n; ++i) {
    liked.push_back(random.below(2) == 0);
    std::string text =
        "w" + std::to_string(random.below(50)) + " w" + std::to_string(random.below(50)) + ' ';
    shop.texts.push_back(text + (liked.back() ? "zib" : "quor") + " w" +
                         std::to_string(random.below(50)));
  }
  for (std::size_t i = 0; i < n; ++i) shop.rated.push_back({shop.texts[i], liked[i]});
  return shop;
}

TEST(OpinionModel, WithoutRatingsTheLexiconAnswers) {
  const OpinionModel model;
  EXPECT_FALSE(model.learned());
  EXPECT_GT(model.positive("an excellent, reliable lens"), 0.8);
  EXPECT_LT(model.positive("a terrible, useless lens"), 0.2);
  EXPECT_DOUBLE_EQ(model.positive("four legs and a top"), 0.5);
  EXPECT_DOUBLE_EQ(model.positive(""), 0.5);
  EXPECT_TRUE(model.save().empty());
}

TEST(OpinionModel, LearnsWordsThatTheLexiconDoesNotHave) {
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    SCOPED_TRACE(seed);
    const Shop shop = make_shop(400, seed);
    const OpinionModel model = OpinionModel::fit(shop.rated);
    ASSERT_TRUE(model.learned());
    EXPECT_GT(model.positive("w1 zib"), 0.7);
    EXPECT_LT(model.positive("w1 quor"), 0.3);
    // What nobody rated is left to the lexicon.
    EXPECT_GT(model.positive("excellent and reliable"), model.positive("terrible and useless"));
  }
}

TEST(OpinionModel, MeasuresWithTextsHeldBack) {
  const Shop shop = make_shop(500, 7);
  const OpinionFit fit = fit_opinion(shop.rated);
  EXPECT_EQ(fit.texts, 500U);
  EXPECT_EQ(fit.tested, 100U);
  EXPECT_GT(fit.accuracy, 0.95);
  EXPECT_LT(fit.lexicon_accuracy, 0.7);  // it knows none of these words
  EXPECT_LT(fit.majority, 0.7);
  EXPECT_TRUE(fit.model.learned());
}

TEST(OpinionModel, OfFewTextsOrOneKindNothingIsLearned) {
  const Shop few = make_shop(60, 1);
  EXPECT_FALSE(OpinionModel::fit(few.rated).learned());
  EXPECT_FALSE(fit_opinion({}).model.learned());
  Shop same = make_shop(500, 2);
  for (RatedText& rated : same.rated) rated.liked = true;
  EXPECT_FALSE(fit_opinion(same.rated).model.learned());
}

TEST(OpinionModel, IsTheSameEachTimeAndAfterSaving) {
  const Shop shop = make_shop(300, 3);
  const OpinionModel model = OpinionModel::fit(shop.rated);
  const std::string bytes = model.save();
  EXPECT_EQ(OpinionModel::fit(shop.rated).save(), bytes);
  const auto loaded = OpinionModel::load(std::as_bytes(std::span(bytes)));
  ASSERT_TRUE(loaded);
  for (const std::string& text : shop.texts)
    EXPECT_EQ(loaded->positive(text), model.positive(text));
}

TEST(OpinionModel, RefusesBytesThatAreNotItsOwn) {
  const std::string bytes = OpinionModel::fit(make_shop(300, 4).rated).save();
  for (std::size_t size = 1; size < bytes.size(); size += 97)
    EXPECT_FALSE(OpinionModel::load(std::as_bytes(std::span(bytes).first(size)))) << size;
  std::string longer = bytes + "x";
  EXPECT_FALSE(OpinionModel::load(std::as_bytes(std::span(longer))));
  std::string other(200, 'x');
  EXPECT_FALSE(OpinionModel::load(std::as_bytes(std::span(other))));
}

}  // namespace
}  // namespace limn
