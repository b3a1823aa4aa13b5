#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "limn/engine/answers_json.h"
#include "limn/engine/evaluate.h"
#include "limn/engine/experiment.h"
#include "limn/engine/replay.h"
#include "limn/engine/snapshot.h"
#include "limn/engine/strategies.h"
#include "limn/engine/test_engine.h"

namespace limn {
namespace {

TEST_F(EngineTest, AListWithARequestIsLoggedAndTheSameAgain) {
  Engine engine = two_tastes();
  ASSERT_TRUE(engine.build());
  const Time now{std::chrono::hours{24 * 365 * 51}};
  const auto silent = engine.recommend("user0", {.n = 3});
  ASSERT_TRUE(silent);
  EXPECT_EQ(silent->list, 0);
  EXPECT_EQ(engine.store().list_count().value(), 0U);

  const auto first = engine.recommend("user0", {.n = 3, .request = "r1", .time = now});
  ASSERT_TRUE(first) << first.error().message;
  const auto again = engine.recommend("user0", {.n = 3, .request = "r1", .time = now});
  ASSERT_TRUE(again);
  EXPECT_EQ(to_text(to_json(*first)), to_text(to_json(*again)));
  const auto lists = engine.store().read_lists();
  ASSERT_TRUE(lists);
  ASSERT_EQ(lists->size(), 1U);
  EXPECT_EQ(lists->front().id, first->list);
  EXPECT_EQ(lists->front().strategy, "default");
  EXPECT_EQ(lists->front().segment, first->segment);
  ASSERT_EQ(lists->front().places.size(), 3U);
  for (std::size_t place = 0; place < 3; ++place) {
    EXPECT_EQ(first->items[place].id, silent->items[place].id);
    EXPECT_EQ(lists->front().places[place].item,
              engine.store().find_item(first->items[place].id)->value());
  }

  const auto said =
      engine.feedback({.user = "user0", .item = first->items[1].id, .kind = "like", .time = now});
  ASSERT_TRUE(said);
  EXPECT_EQ(said->list, first->list);
  ASSERT_TRUE(engine.rate({.user = "user0", .list = first->list, .score = 5, .time = now}));
  EXPECT_EQ(engine.rate({.user = "user1", .list = first->list, .score = 5}).error().code,
            ErrorCode::not_found);
  EXPECT_EQ(engine.rate({.user = "user1", .item = "no", .score = 5}).error().code,
            ErrorCode::not_found);
}

TEST_F(EngineTest, ExperimentsKeepTheirStrategiesAndExploreAsTheySay) {
  Engine engine = two_tastes();
  ASSERT_TRUE(engine.build());
  Strategy bold = current_strategy(engine.store(), engine.config()).value();
  bold.name = "bold";
  bold.parameters.exploration = 0.5F;
  ASSERT_TRUE(append(engine.store(), bold, {}));
  ASSERT_TRUE(start_experiment(engine.store(), engine.config(), "x", TrialMode::thompson,
                               {"default", "bold"}));
  std::set<std::string> strategies;
  std::size_t tried = 0;
  std::size_t places = 0;
  for (int request = 0; request < 60; ++request) {
    const auto list = engine.recommend("user0", {.n = 2, .request = std::to_string(request)});
    ASSERT_TRUE(list) << list.error().message;
    EXPECT_EQ(list->propensity, 0.5);
    strategies.insert(list->strategy);
    if (list->strategy != "bold") continue;
    for (const RecommendedItem& item : list->items) {
      places += 1;
      // Two places, and four items further down to try in them.
      tried += item.propensity < 0.3 ? 1 : 0;
      EXPECT_TRUE(item.propensity == 0.5 || item.propensity <= 0.5 / 3) << item.propensity;
    }
  }
  EXPECT_EQ(strategies.size(), 2U);
  EXPECT_GT(tried, places / 4);
  EXPECT_LT(tried, 3 * places / 4);

  const auto said = engine.feedback({.user = "user0", .item = "tea7", .kind = "like"});
  ASSERT_TRUE(said);
  EXPECT_EQ(said->after.version, said->before.version);
}

TEST_F(EngineTest, InterleavesTwoStrategiesInOneList) {
  Engine engine = two_tastes();
  ASSERT_TRUE(engine.build());
  Strategy popular = current_strategy(engine.store(), engine.config()).value();
  popular.name = "popular";
  popular.parameters.part_weights.fill({{"popularity", 1.0F}});
  ASSERT_TRUE(append(engine.store(), popular, {}));
  ASSERT_TRUE(start_experiment(engine.store(), engine.config(), "x", TrialMode::interleave,
                               {"default", "popular"}));
  const auto list = engine.recommend("user0", {.n = 6, .request = "r"});
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_EQ(list->strategy, "default+popular");
  std::map<std::string, int> teams;
  for (const RecommendedItem& item : list->items) teams[item.strategy] += 1;
  EXPECT_EQ(teams["default"], 3);
  EXPECT_EQ(teams["popular"], 3);
}

TEST_F(EngineTest, ADislikePushesDownWhatResemblesItsItem) {
  Engine engine = two_tastes();
  // Users of one taste have nothing else that could move up; these have both.
  std::vector<Event> mixed;
  for (const char* user : {"mixed0", "mixed1", "mixed2"}) {
    for (const char* item : {"tea0", "bike0", "tea5", "bike5"})
      mixed.push_back({.user = user, .item = item, .kind = "like", .time = events().back().time});
  }
  ASSERT_TRUE(engine.store().write({.users = {}, .items = {}, .events = mixed, .edges = {}}));
  ASSERT_TRUE(engine.build());
  const auto report = engine.reactions(43);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->users, 43U);
  EXPECT_GT(report->after_dislike.difference, 0);
  EXPECT_LT(report->after_like.difference, report->after_dislike.difference);
  EXPECT_EQ(engine.store().counts()->events, 252U);
}

TEST_F(EngineTest, OneEventTodayDoesNotUndoAnOldProfile) {
  Engine engine = two_tastes();
  ASSERT_TRUE(engine.build());
  ASSERT_TRUE(engine.feedback({.user = "user0",
                               .item = "bike3",
                               .kind = "like",
                               .time = Time{std::chrono::hours{24 * 365 * 78}}}));
  const auto profile = engine.profile("user0", Language::english);
  ASSERT_TRUE(profile) << profile.error().message;
  ASSERT_EQ(profile->profile.interests.size(), 2U);
  for (const Interest& interest : profile->profile.interests) {
    // Six likes of tea, halved once, against one of a bicycle.
    EXPECT_NEAR(interest.weight, interest.events == 6 ? 0.75 : 0.25, 0.01);
  }
}

TEST_F(EngineTest, ReplayTellsWhatFoldingInIsWorth) {
  Engine engine = two_tastes();
  const auto report =
      replay_store(engine.store(), engine.config(), engine.places(), {.first_share = 0.5, .k = 5});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->builds, 3U);  // the last three of six days
  EXPECT_EQ(report->events, 120U);
  EXPECT_EQ(report->users, 40U);
  EXPECT_EQ(report->fresh_events, 0U);  // one event a day: the build knows all that came before
  EXPECT_EQ(report->waiting, report->folded_in);

  const auto rarely = replay_store(engine.store(), engine.config(), engine.places(),
                                   {.first_share = 0.4, .k = 5, .days_between_builds = 30});
  ASSERT_TRUE(rarely) << rarely.error().message;
  EXPECT_EQ(rarely->builds, 1U);
  EXPECT_EQ(rarely->fresh_events, 104U);  // all but the first after the build
  EXPECT_GT(rarely->folded_in, rarely->waiting);
}

TEST_F(EngineTest, ReplayRefusesALogWithoutTimes) {
  Engine engine = two_tastes();
  std::vector<Event> timeless = events();
  for (Event& event : timeless) event.time = {};
  const auto folder = folder_ / "timeless";
  auto other = Engine::create(folder, engine.config(), {});
  ASSERT_TRUE(other);
  ASSERT_TRUE(other->store().write({.users = {}, .items = {}, .events = timeless, .edges = {}}));
  const auto report = replay_store(other->store(), other->config(), other->places(), {});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace limn
