#include "limn/feedback/event_weight.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "limn/core/random.h"

namespace limn {
namespace {

constexpr float nan = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();

Time day(int days) {
  return Time(std::chrono::days(days));
}

TEST(EventWeight, OrdersTheKindsByWhatTheyCost) {
  const EventWeightOptions options;
  EXPECT_EQ(event_weight("impression", 0, options), 0);
  EXPECT_LT(event_weight("view", 0, options), event_weight("click", 0, options));
  EXPECT_LT(event_weight("click", 0, options), event_weight("cart", 0, options));
  EXPECT_LT(event_weight("cart", 0, options), event_weight("purchase", 0, options));
  EXPECT_LT(event_weight("dislike", 0, options), 0);
  EXPECT_LT(event_weight("hide", 0, options), 0);
}

TEST(EventWeight, ReadsStarsOnTheirScale) {
  EventWeightOptions options;
  options.rating_weights = {-1, 0, 2};
  options.rating_min = 0;
  options.rating_max = 10;
  EXPECT_FLOAT_EQ(event_weight("rate", 0, options), -1);
  EXPECT_FLOAT_EQ(event_weight("rate", 2.5F, options), -0.5F);
  EXPECT_FLOAT_EQ(event_weight("rate", 5, options), 0);
  EXPECT_FLOAT_EQ(event_weight("review", 7.5F, options), 1);
  EXPECT_FLOAT_EQ(event_weight("rate", 10, options), 2);
  EXPECT_FLOAT_EQ(event_weight("rate", 11, options), 2);
  EXPECT_FLOAT_EQ(event_weight("rate", -3, options), -1);
}

TEST(EventWeight, GrowsWithTheRating) {
  const EventWeightOptions options;
  for (float stars = 1; stars < 5; stars += 0.25F) {
    EXPECT_LT(event_weight("rate", stars, options), event_weight("rate", stars + 0.25F, options));
  }
}

TEST(EventWeight, TakesAReviewWithoutStarsByItsKind) {
  const EventWeightOptions options;
  EXPECT_FLOAT_EQ(event_weight("review", 0, options), 0.8F);
  EXPECT_FLOAT_EQ(event_weight("rate", 0, options), 0.8F);
}

TEST(EventWeight, CountsHalfADwellAtItsHalfSeconds) {
  const EventWeightOptions options;
  EXPECT_FLOAT_EQ(event_weight("dwell", 30, options), 0.3F);
  EXPECT_LT(event_weight("dwell", 1e9F, options), 0.6001F);
}

TEST(EventWeight, GivesUnknownKindsTheirOwnDefault) {
  EventWeightOptions options;
  options.other_kind = 0.125F;
  EXPECT_EQ(event_weight("sang along", 3, options), 0.125F);
}

TEST(EventWeight, IsFiniteForAnyValue) {
  const EventWeightOptions options;
  for (const char* kind : {"rate", "review", "dwell", "view", "else"}) {
    for (const float value : {nan, infinity, -infinity, 3e38F, -3e38F, 0.0F, 1e-40F}) {
      EXPECT_TRUE(std::isfinite(event_weight(kind, value, options))) << kind << ' ' << value;
    }
  }
}

// One event a day.
std::vector<HistoryEntry> daily(std::initializer_list<float> weights) {
  std::vector<HistoryEntry> history;
  for (const float weight : weights) {
    const auto place = static_cast<std::uint32_t>(history.size());
    history.push_back({.item = place, .weight = weight, .time = day(static_cast<int>(place))});
  }
  return history;
}

TEST(Decayed, HalvesAWeightOnceSoManyEventsCameLater) {
  const auto result = decayed(daily({1, 1, -2, 1}), day(9), {.half_life_events = 2});
  EXPECT_FLOAT_EQ(result[0].weight, 0.4F);
  EXPECT_FLOAT_EQ(result[1].weight, 0.5F);
  EXPECT_FLOAT_EQ(result[2].weight, -2 / 1.5F);
  EXPECT_FLOAT_EQ(result[3].weight, 1);
}

TEST(Decayed, FadesEventsOfOneMomentAlike) {
  std::vector<HistoryEntry> history = daily({1, 1, 1, 1});
  history[1].time = history[2].time;
  const auto result = decayed(history, day(9), {.half_life_events = 1});
  EXPECT_FLOAT_EQ(result[1].weight, 0.5F);
  EXPECT_FLOAT_EQ(result[2].weight, 0.5F);
  EXPECT_FLOAT_EQ(result[0].weight, 0.25F);

  std::vector<HistoryEntry> timeless = daily({1, 1, 1, 1});
  for (HistoryEntry& entry : timeless) entry.time = {};
  EXPECT_EQ(decayed(timeless, day(9), {.half_life_events = 1}), timeless);
}

TEST(Decayed, HalvesByAgeButNeverGrowsFromTheFuture) {
  const std::vector<HistoryEntry> history = {{.item = 1, .weight = 1, .time = day(80)},
                                             {.item = 2, .weight = 1, .time = day(90)},
                                             {.item = 3, .weight = 1, .time = day(120)}};
  const auto result = decayed(history, day(100), {.half_life_days = 10, .half_life_events = 0});
  EXPECT_FLOAT_EQ(result[0].weight, 0.25F);
  EXPECT_FLOAT_EQ(result[1].weight, 0.5F);
  EXPECT_FLOAT_EQ(result[2].weight, 1);
}

TEST(Decayed, LetsEventsWithoutWeightTakeNoPlace) {
  EXPECT_FLOAT_EQ(decayed(daily({1, 0, 0}), day(9), {.half_life_events = 1})[0].weight, 1);
  EXPECT_FLOAT_EQ(decayed(daily({1, 0, 1}), day(9), {.half_life_events = 1})[0].weight, 0.5F);
}

TEST(Decayed, KeepsEverythingWhenNothingFades) {
  Random random(7);
  std::vector<HistoryEntry> history;
  for (std::uint32_t i = 0; i < 50; ++i) {
    history.push_back({i, static_cast<float>(random.normal()), day(static_cast<int>(i)), i});
  }
  EXPECT_EQ(decayed(history, day(500), {.half_life_days = 0, .half_life_events = 0}), history);
  EXPECT_TRUE(decayed({}, day(0), {}).empty());
}

TEST(EventWeightJson, ComesBackAsItWas) {
  EventWeightOptions options;
  options.by_kind["sang along"] = 0.9F;
  options.rating_max = 10;
  options.rating_weights = {-1, 0.5F, 1};
  const auto read = event_weight_options_from_json(to_json(options));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->by_kind, options.by_kind);
  EXPECT_EQ(read->rating_weights, options.rating_weights);
  EXPECT_EQ(read->rating_max, 10);
  EXPECT_EQ(read->dwell_half_seconds, options.dwell_half_seconds);
}

TEST(EventWeightJson, KeepsTheDefaultsOfAbsentKeys) {
  const auto read = event_weight_options_from_json(JsonObject{{"by_kind", {{"view", 0.7}}}});
  ASSERT_TRUE(read);
  EXPECT_FLOAT_EQ(read->by_kind.at("view"), 0.7F);
  EXPECT_FLOAT_EQ(read->by_kind.at("purchase"), 1);
}

TEST(EventWeightJson, RefusesWhatIsNoWeightAndNamesIt) {
  for (const char* text :
       {R"({"by_kind":{"view":"much"}})", R"({"by_kind":[1]})", R"({"rating_weights":[]})",
        R"({"rating_weights":[1,null]})", R"({"rating_min":5,"rating_max":5})",
        R"({"other_kind":1e300})", R"({"dwell_half_seconds":-1})", "[]"}) {
    const auto read = event_weight_options_from_json(parse_json(text, "test").value());
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, ErrorCode::invalid_argument);
    EXPECT_NE(read.error().message.find("event weights"), std::string::npos);
  }
}

}  // namespace
}  // namespace limn
