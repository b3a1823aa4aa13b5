#include "limn/engine/ratings.h"

#include <cmath>

#include <gtest/gtest.h>

#include "limn/core/parallel.h"
#include "limn/core/random.h"
#include "limn/engine/answers_json.h"
#include "limn/engine/test_engine.h"

namespace limn {
namespace {

constexpr std::size_t users = 120;
constexpr std::size_t items = 60;

// Stars of users who like one half of the items: a taste of one number, which biases cannot say.
std::vector<DatedRating> stars(std::size_t per_user, double taste, std::uint64_t seed) {
  Random random(seed);
  std::vector<DatedRating> ratings;
  for (UserIndex user = 0; user < users; ++user) {
    for (std::size_t n = 0; n < per_user; ++n) {
      const auto item = static_cast<ItemIndex>(random.below(items));
      const double likes = (user % 2 == item % 2 ? 1 : -1) * taste;
      const double value = 3 + likes + 0.3 * random.normal();
      ratings.push_back({{user, item, static_cast<float>(value)},
                         Time(std::chrono::hours(static_cast<std::int64_t>(n)))});
    }
  }
  return ratings;
}

TEST(Ratings, FitsFactorsWhereTheyErrLessThanBiases) {
  const FittedRatings tastes = fit_ratings(stars(25, 1, 1), users, items, 1);
  EXPECT_GT(tastes.fit.options.dim, 0U);
  EXPECT_LT(tastes.fit.rmse, 0.6 * tastes.fit.bias_rmse);
  for (std::uint64_t seed = 2; seed < 8; ++seed) {
    SCOPED_TRACE(seed);
    const FittedRatings noise = fit_ratings(stars(25, 0, seed), users, items, 1);
    EXPECT_EQ(noise.fit.options.dim, 0U);
    EXPECT_EQ(noise.fit.rmse, noise.fit.bias_rmse);
  }
}

TEST(Ratings, AreTheLastOfEachUserAndItem) {
  EventTable events;
  events.kinds = {"view", "rate", "review"};
  const auto add = [&](UserIndex user, ItemIndex item, std::uint32_t kind, float value) {
    events.id.push_back(static_cast<std::int64_t>(events.id.size()));
    events.user.push_back(user);
    events.item.push_back(item);
    events.kind.push_back(kind);
    events.value.push_back(value);
    events.time.push_back(Time(std::chrono::hours(events.id.back())));
  };
  add(0, 7, 1, 2);        // given anew below
  add(0, 3, 2, 4);        // a review with stars
  add(0, 5, 2, 0);        // one without
  add(0, 6, 0, 5);        // no rating at all
  add(0, 7, 1, 5);        // of the same item
  add(0, no_item, 1, 3);  // of no item
  add(1, 7, 1, 0);        // no stars is a rating
  const std::vector<DatedRating> ratings = ratings_of(events);
  ASSERT_EQ(ratings.size(), 3U);
  EXPECT_EQ(ratings[0].rating.item, 3U);
  EXPECT_EQ(ratings[1].rating.item, 7U);
  EXPECT_EQ(ratings[1].rating.value, 5);
  EXPECT_EQ(ratings[1].time, Time(std::chrono::hours(4)));
  EXPECT_EQ(ratings[2].rating.user, 1U);
  EXPECT_EQ(ratings[2].rating.value, 0);
}

TEST(Ratings, AreFittedAlikeOnAnyNumberOfThreads) {
  const std::vector<DatedRating> ratings = stars(12, 1, 3);
  const auto with_threads = [&](std::size_t threads) {
    const std::size_t before = thread_count();
    set_thread_count(threads);
    const FittedRatings fitted = fit_ratings(ratings, users, items, 1);
    set_thread_count(before);
    return std::pair(to_text(Json(to_json(fitted.fit))), fitted.model.item_bias);
  };
  EXPECT_EQ(with_threads(1), with_threads(3));
}

TEST(Ratings, ComeBackFromTheManifest) {
  const RatingFit fit = fit_ratings(stars(12, 1, 4), users, items, 1).fit;
  const auto read = rating_fit_from_json(to_json(fit));
  ASSERT_TRUE(read);
  EXPECT_EQ(to_text(Json(to_json(*read)).as_object()["l2"]), to_text(Json(fit.options.l2)));
  EXPECT_EQ(read->mean, fit.mean);
  EXPECT_EQ(read->highest, fit.highest);
  EXPECT_EQ(rating_fit_from_json({{"ratings", 0}})->ratings, 0U);
  for (const char* wrong : {R"({})", R"({"ratings": 5})", R"({"ratings": "many"})"}) {
    const auto refused = rating_fit_from_json(parse_json(wrong, "test")->as_object());
    ASSERT_FALSE(refused) << wrong;
    EXPECT_EQ(refused.error().code, ErrorCode::corrupt);
  }
}

TEST(Ratings, AreWantedWhereThereAreEnough) {
  const std::vector<DatedRating> many = stars(12, 1, 5);
  EXPECT_TRUE(*wants_ratings("auto", many));
  EXPECT_FALSE(*wants_ratings("auto", std::span(many).first(20)));
  EXPECT_TRUE(*wants_ratings("on", std::span(many).first(20)));
  EXPECT_FALSE(*wants_ratings("off", many));
  EXPECT_FALSE(*wants_ratings("on", {}));
  const auto odd = wants_ratings("sometimes", many);
  ASSERT_FALSE(odd);
  EXPECT_NE(odd.error().message.find("sometimes"), std::string::npos);
}

TEST(Ratings, ReportEveryBaselineByItsDefinition) {
  RatingSplit split;
  split.train = {{{0, 0, 4}, {}}, {{0, 1, 2}, {}}, {{1, 1, 5}, {}}};
  split.test = {{1, 0, 3}, {2, 2, 4}};
  const auto report = evaluate_ratings(split, 3, 3, 1);
  ASSERT_TRUE(report);
  ASSERT_EQ(report->rows.size(), 5U);
  const double mean = 11.0 / 3;
  const auto rmse = [](double a, double b) { return std::sqrt((a * a + b * b) / 2); };
  EXPECT_NEAR(report->rows[0].rmse, rmse(mean - 3, mean - 4), 1e-9);
  EXPECT_NEAR(report->rows[1].rmse, rmse(5 - 3, mean - 4), 1e-9);
  EXPECT_NEAR(report->rows[2].rmse, rmse(4 - 3, mean - 4), 1e-9);
  EXPECT_NEAR(report->rows[2].mae, (1 + std::abs(mean - 4)) / 2, 1e-9);
  const auto nothing = evaluate_ratings({}, 3, 3, 1);
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().code, ErrorCode::invalid_argument);
}

TEST(Ratings, PredictTastesBetterThanMeans) {
  std::vector<DatedRating> all = stars(25, 1, 6);
  RatingSplit split;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i % 5 == 0) {
      split.test.push_back(all[i].rating);
    } else {
      split.train.push_back(all[i]);
    }
  }
  const auto report = evaluate_ratings(split, users, items, 1);
  ASSERT_TRUE(report);
  for (std::size_t row = 0; row < 4; ++row)
    EXPECT_LT(report->rows[4].rmse_ci95.high, report->rows[row].rmse) << report->rows[row].name;
}

TEST_F(EngineTest, AnswersSayWhatStarsToExpect) {
  Engine engine = two_tastes();
  Config config = engine.config();
  config.recommend.predict_ratings = "on";
  engine.set_config(config);
  std::vector<Event> stars;
  for (int user = 0; user < 40; ++user) {
    for (int n = 0; n < 12; ++n) {
      const Item& item = items()[static_cast<std::size_t>((user + 5 * n) % 24)];
      const bool likes = (user % 2 == 0) == item.id.starts_with("tea");
      stars.push_back({.user = "user" + std::to_string(user),
                       .item = item.id,
                       .kind = "rate",
                       .value = likes ? 5.0F : 1.0F,
                       .time = Time{std::chrono::hours{24 * (365 * 50 + n)}}});
    }
  }
  ASSERT_TRUE(engine.store().write({.users = {}, .items = {}, .events = stars, .edges = {}}));
  ASSERT_TRUE(engine.build());

  const auto explained = engine.explain("user0", "bike3");
  ASSERT_TRUE(explained);
  ASSERT_TRUE(explained->predicted_rating);
  EXPECT_LT(*explained->predicted_rating, 2.5);
  EXPECT_GT(*engine.explain("user0", "tea3")->predicted_rating, 3.5);
  // Of a stranger nothing is known but what all say.
  EXPECT_NEAR(*engine.explain("stranger", "tea3")->predicted_rating, 3, 1);
  const auto list = engine.recommend("user0", {.n = 24, .include_used = true});
  ASSERT_TRUE(list);
  for (const RecommendedItem& item : list->items) {
    ASSERT_TRUE(item.predicted_rating);
    EXPECT_GE(*item.predicted_rating, 1);
    EXPECT_LE(*item.predicted_rating, 5);
  }
  const std::string text = to_text(to_json(*list));
  EXPECT_NE(text.find("\"predicted_rating\""), std::string::npos);
  const auto similar = engine.similar_items("tea3", 2);
  ASSERT_TRUE(similar);
  EXPECT_TRUE(similar->front().predicted_rating);

  // The next rating is heard at once, without a build.
  const double before = *engine.explain("user0", "bike3")->predicted_rating;
  for (const char* item : {"bike1", "bike2", "bike4", "bike5", "bike6"}) {
    ASSERT_TRUE(engine.feedback({.user = "user0",
                                 .item = item,
                                 .kind = "rate",
                                 .value = 5,
                                 .time = Time{std::chrono::hours{24 * 365 * 51}}}));
  }
  EXPECT_GT(*engine.explain("user0", "bike3")->predicted_rating, before + 0.3);
}

TEST_F(EngineTest, SaysNoStarsWhereNobodyGaveAny) {
  Engine engine = two_tastes();
  ASSERT_TRUE(engine.build());
  const auto list = engine.recommend("user0", {.n = 3});
  ASSERT_TRUE(list);
  EXPECT_FALSE(list->items.front().predicted_rating);
  EXPECT_EQ(to_text(to_json(*list)).find("predicted_rating"), std::string::npos);
}

}  // namespace
}  // namespace limn
