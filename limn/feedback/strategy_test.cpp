#include "limn/feedback/strategy.h"

#include <cmath>

#include <gtest/gtest.h>

#include "limn/core/random.h"

namespace limn {
namespace {

const std::vector<std::string> three_parts = {"behaviour", "popularity", "text"};

Strategy equal_strategy() {
  Strategy strategy;
  for (auto& weights : strategy.parameters.part_weights) {
    for (const std::string& part : three_parts) weights[part] = 0.5F;
  }
  return strategy;
}

// Plays `rounds` recommendations: one part has most of the score of each, and users like what it
// recommends with its own chance.
Strategy played(std::span<const double> chances, int rounds, std::uint64_t seed) {
  Strategy strategy = equal_strategy();
  Random random(seed);
  for (int round = 0; round < rounds; ++round) {
    const std::size_t leader = random.below(three_parts.size());
    std::vector<PartShare> shares;
    for (std::size_t p = 0; p < three_parts.size(); ++p) {
      shares.push_back({three_parts[p], p == leader ? 2.0 : random.normal()});
    }
    strategy = update(strategy, shares, {.liked = random.uniform() < chances[leader]});
  }
  return strategy;
}

TEST(Strategy, GivesTheChosenWeightsBeforeAnyOutcome) {
  const Strategy strategy = equal_strategy();
  EXPECT_EQ(effective_weights(strategy, 3, three_parts), (std::vector<float>{0.5F, 0.5F, 0.5F}));
}

TEST(Strategy, GivesPartsItDoesNotKnowNoWeight) {
  const std::vector<std::string> parts = {"text", "stranger"};
  EXPECT_EQ(effective_weights(equal_strategy(), 0, parts), (std::vector<float>{0.5F, 0.0F}));
}

TEST(Strategy, RaisesWhatUsersLikeAndLowersWhatTheyDoNot) {
  const double chances[] = {0.6, 0.3, 0.1};
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    SCOPED_TRACE(seed);
    const auto weights = effective_weights(played(chances, 600, seed), 3, three_parts);
    EXPECT_GT(weights[0], 0.55F);
    EXPECT_GT(weights[0], weights[1]);
    EXPECT_GT(weights[1], weights[2]);
    EXPECT_LT(weights[2], 0.45F);
  }
}

TEST(Strategy, DoesNotMistakeARareLikeForABadPart) {
  // Two in a hundred like anything at all: all parts are equally good, and stay so.
  const double chances[] = {0.02, 0.02, 0.02};
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    SCOPED_TRACE(seed);
    for (const float weight : effective_weights(played(chances, 5'000, seed), 3, three_parts)) {
      EXPECT_NEAR(weight, 0.5F, 0.2F);
    }
  }
}

TEST(Strategy, NeverSilencesNorDrownsAPart) {
  const double chances[] = {1, 0, 0};
  const Strategy strategy = played(chances, 20'000, 3);
  for (const std::string& part : three_parts) {
    EXPECT_GE(proved_ratio(strategy.parameters, part), 1.0 / 3);
    EXPECT_LE(proved_ratio(strategy.parameters, part), 3.0);
  }
}

TEST(Update, CountsVersionsAndLeavesTheOldOneAlone) {
  const Strategy first = equal_strategy();
  const PartShare shares[] = {{"text", 1.0}};
  const Strategy second = update(first, shares, {.liked = true});
  EXPECT_EQ(first.version, 1U);
  EXPECT_TRUE(first.parameters.outcomes.empty());
  EXPECT_EQ(second.version, 2U);
  EXPECT_EQ(update(second, shares, {.liked = false}).version, 3U);
}

TEST(Update, SharesTheCreditAmongThePartsThatSpokeForTheItem) {
  const PartShare shares[] = {{"behaviour", 3.0}, {"text", 1.0}, {"popularity", -2.0}};
  const Strategy liked = update(equal_strategy(), shares, {.liked = true});
  EXPECT_DOUBLE_EQ(liked.parameters.outcomes.at("behaviour").likes, 0.75);
  EXPECT_DOUBLE_EQ(liked.parameters.outcomes.at("text").likes, 0.25);
  EXPECT_FALSE(liked.parameters.outcomes.contains("popularity"));

  const Strategy both = update(liked, shares, {.liked = false, .strength = 0.5F});
  EXPECT_DOUBLE_EQ(both.parameters.outcomes.at("behaviour").likes, 0.75);
  EXPECT_DOUBLE_EQ(both.parameters.outcomes.at("behaviour").dislikes, 0.375);
}

TEST(Update, LearnsNothingFromSharesThatSayNothing) {
  const PartShare unusable[] = {{"behaviour", std::nan("")}, {"text", -1.0}, {"popularity", 0.0}};
  EXPECT_TRUE(update(equal_strategy(), unusable, {}).parameters.outcomes.empty());
  EXPECT_TRUE(update(equal_strategy(), {}, {}).parameters.outcomes.empty());
  const PartShare usable[] = {{"text", 1.0}};
  const Outcome without_strength{.liked = true, .strength = std::nanf("")};
  EXPECT_TRUE(update(equal_strategy(), usable, without_strength).parameters.outcomes.empty());
}

TEST(Strategy, ComesBackFromJsonAsItWas) {
  Strategy strategy = equal_strategy();
  strategy.name = "shop";
  strategy.version = 17;
  strategy.parameters.part_weights[1]["text"] = 0.123F;
  strategy.parameters.outcomes["text"] = {.likes = 1.0 / 3, .dislikes = 2};
  strategy.parameters.decay = {.half_life_days = 90, .half_life_events = 12};
  strategy.parameters.diversity = 0.3F;
  strategy.parameters.calibration = 0.2F;
  strategy.parameters.popularity_penalty = 0.1F;

  const auto read = strategy_from_json(parse_json(to_text(to_json(strategy)), "test").value());
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->name, "shop");
  EXPECT_EQ(read->version, 17U);
  EXPECT_EQ(read->parameters.part_weights, strategy.parameters.part_weights);
  EXPECT_EQ(read->parameters.outcomes, strategy.parameters.outcomes);
  EXPECT_EQ(read->parameters.decay.half_life_events, 12);
  EXPECT_EQ(read->parameters.diversity, 0.3F);
  EXPECT_EQ(read->parameters.calibration, 0.2F);
  EXPECT_EQ(read->parameters.popularity_penalty, 0.1F);
}

TEST(Strategy, RefusesJsonThatIsOutOfRangeAndNamesTheKey) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"version":-1})", "version"},
      {R"({"name":7})", "name"},
      {R"({"parameters":{"diversity":1.5}})", "diversity"},
      {R"({"parameters":{"calibration":-0.1}})", "calibration"},
      {R"({"parameters":{"popularity_penalty":2}})", "popularity_penalty"},
      {R"({"parameters":{"part_weights":[{},{}]}})", "part_weights"},
      {R"({"parameters":{"part_weights":[{},{},{"text":-1},{}]}})", "text"},
      {R"({"parameters":{"part_weights":[{},{},{"text":null},{}]}})", "text"},
      {R"({"parameters":{"outcomes":{"text":5}}})", "text"},
      {R"({"parameters":{"outcomes":{"text":{"likes":-5}}}})", "likes"},
      {R"({"parameters":{"prior_strength":0}})", "prior_strength"},
      {R"({"parameters":[]})", "parameters"},
      {R"([])", "document"}};
  for (const auto& [text, key] : cases) {
    const auto read = strategy_from_json(parse_json(text, "test").value());
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, ErrorCode::invalid_argument);
    EXPECT_NE(read.error().message.find(key), std::string::npos) << read.error().message;
  }
}

}  // namespace
}  // namespace limn
