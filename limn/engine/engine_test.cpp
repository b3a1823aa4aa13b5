#include "limn/engine/engine.h"

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

namespace limn {
namespace {

// A data folder that goes when the test does.
class EngineTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() /
              ("limn_engine_" +
               std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::remove_all(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  // Two tastes, tea and bicycles: twelve items and twenty users each; odd users also review what
  // they liked.
  Engine two_tastes() {
    Config config;
    config.encode.encoder = "lsa";
    config.cluster.topics = 2;
    config.cluster.segment_min_users = 10;
    auto engine = Engine::create(folder_, config, {});
    EXPECT_TRUE(engine) << engine.error().message;
    EXPECT_TRUE(engine->store().write({.users = {}, .items = items(), .events = {}, .edges = {}}));
    EXPECT_TRUE(engine->store().write({.users = {}, .items = {}, .events = events(), .edges = {}}));
    return std::move(*engine);
  }

  static const std::vector<Item>& items() {
    static const std::vector<Item> made = [] {
      std::vector<Item> all;
      for (int i = 0; i < 24; ++i) {
        Item item;
        const bool tea = i < 12;
        item.id = (tea ? "tea" : "bike") + std::to_string(i % 12);
        item.title = tea ? "Oolong tea leaves number " + std::to_string(i)
                         : "Bicycle chain and gears number " + std::to_string(i);
        item.categories = {tea ? "tea" : "cycling"};
        all.push_back(std::move(item));
      }
      return all;
    }();
    return made;
  }

  static const std::vector<Event>& events() {
    static const std::vector<Event> made = [] {
      std::vector<Event> all;
      for (int user = 0; user < 40; ++user) {
        for (int step = 0; step < 6; ++step) {
          Event event;
          event.user = "user" + std::to_string(user);
          event.item =
              items()[static_cast<std::size_t>((user % 2) * 12 + (user / 2 + step * 5) % 12)].id;
          event.kind = user % 4 == 1 ? "review" : "like";
          event.value = event.kind == "review" ? 5.0F : 0.0F;
          if (event.kind == "review") event.text = "The gears of this bicycle shift well.";
          event.time = Time{std::chrono::hours{24 * (365 * 50 + step)}};
          all.push_back(std::move(event));
        }
      }
      return all;
    }();
    return made;
  }

  std::filesystem::path folder_;
};

TEST_F(EngineTest, RecommendsWhatTheUsersTasteIs) {
  Engine engine = two_tastes();
  const auto report = engine.build();
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->topics, 2U);
  for (const auto& [user, prefix] : {std::pair{"user0", "tea"}, std::pair{"user1", "bike"}}) {
    const auto list = engine.recommend(user, {.n = 3});
    ASSERT_TRUE(list) << list.error().message;
    ASSERT_EQ(list->items.size(), 3U);
    for (const RecommendedItem& item : list->items)
      EXPECT_TRUE(item.id.starts_with(prefix)) << user << " " << item.id;
  }
}

TEST_F(EngineTest, ReasonsAndTermsAddUpToTheScore) {
  Engine engine = two_tastes();
  ASSERT_TRUE(engine.build());
  const auto list = engine.recommend("user3", {.n = 24});
  ASSERT_TRUE(list);
  ASSERT_FALSE(list->items.empty());
  for (const RecommendedItem& item : list->items) {
    double reasons = 0;
    for (const Reason& reason : item.reasons) reasons += reason.weight;
    EXPECT_NEAR(reasons, item.score, 1e-4 * std::max(1.0, std::abs(item.score)));
    const auto explained = engine.explain("user3", item.id);
    ASSERT_TRUE(explained);
    double terms = 0;
    for (const ExplainedTerm& term : explained->terms) terms += term.weight;
    EXPECT_NEAR(terms, item.score, 1e-4 * std::max(1.0, std::abs(item.score)));
  }
}

TEST_F(EngineTest, FeedbackShowsInTheNextAnswerWithoutABuild) {
  Engine engine = two_tastes();
  ASSERT_TRUE(engine.build());
  const auto before = engine.recommend("user0", {.n = 3});
  ASSERT_TRUE(before);
  const std::string chosen = before->items.front().id;
  const auto said = engine.feedback({.user = "user0",
                                     .item = chosen,
                                     .kind = "like",
                                     .time = Time{std::chrono::hours{24 * 365 * 51}}});
  ASSERT_TRUE(said) << said.error().message;
  EXPECT_EQ(said->after.version, said->before.version + 1);
  EXPECT_EQ(said->profile_version, 7U);
  const auto after = engine.recommend("user0", {.n = 24});
  ASSERT_TRUE(after);
  EXPECT_EQ(after->generation, before->generation);
  for (const RecommendedItem& item : after->items) EXPECT_NE(item.id, chosen);
}

TEST_F(EngineTest, WordsAloneMakeAProfileAndAList) {
  Engine engine = two_tastes();
  ASSERT_TRUE(engine.build());
  const auto list =
      engine.recommend("stranger", {.n = 5, .words = "I ride my bicycle and oil its chain"});
  ASSERT_TRUE(list) << list.error().message;
  ASSERT_EQ(list->items.size(), 5U);
  for (const RecommendedItem& item : list->items)
    EXPECT_TRUE(item.id.starts_with("bike")) << item.id;
  const auto profile =
      engine.profile("stranger", Language::english, "I ride my bicycle and oil its chain");
  ASSERT_TRUE(profile) << profile.error().message;
  EXPECT_FALSE(profile->known);
  ASSERT_FALSE(profile->profile.interests.empty());
  EXPECT_FALSE(engine.profile("stranger", Language::english));
}

TEST_F(EngineTest, HiddenItemsAndOtherCategoriesAreNotShown) {
  Engine engine = two_tastes();
  Item hidden = items().front();
  hidden.hidden = true;
  ASSERT_TRUE(engine.store().write(
      {.users = {}, .items = std::span(&hidden, 1), .events = {}, .edges = {}}));
  ASSERT_TRUE(engine.build());
  const auto all = engine.recommend("stranger", {.n = 100});
  ASSERT_TRUE(all);
  EXPECT_EQ(all->items.size(), 23U);
  const auto some = engine.recommend("user1", {.n = 100, .category = "tea"});
  ASSERT_TRUE(some);
  EXPECT_EQ(some->items.size(), 11U);
  for (const RecommendedItem& item : some->items) EXPECT_TRUE(item.id.starts_with("tea"));
}

TEST_F(EngineTest, TheSameLogGivesTheSameGenerationAndKeepsTopicIds) {
  Engine engine = two_tastes();
  ASSERT_TRUE(engine.build());
  const auto first = engine.topics();
  ASSERT_TRUE(engine.build());
  const auto second = engine.topics();
  ASSERT_TRUE(first && second);
  EXPECT_EQ(to_text(to_json(*first)), to_text(to_json(*second)));

  const auto generations = folder_ / "generations";
  std::size_t compared = 0;
  for (const auto& file : std::filesystem::directory_iterator(generations / "000001")) {
    std::ifstream a(file.path(), std::ios::binary);
    std::ifstream b(generations / "000002" / file.path().filename(), std::ios::binary);
    EXPECT_TRUE(
        std::equal(std::istreambuf_iterator<char>(a), {}, std::istreambuf_iterator<char>(b), {}))
        << file.path();
    ++compared;
  }
  EXPECT_GT(compared, 10U);
}

TEST_F(EngineTest, EvaluatesEveryPartOnTheFuture) {
  Engine engine = two_tastes();
  ASSERT_TRUE(engine.build());
  EvaluationOptions options;
  options.split = {.kind = SplitKind::user_time, .share = 0.8};
  options.ks = {5};
  const auto found = evaluate_store(engine.store(), engine.config(), engine.places(), options);
  ASSERT_TRUE(found) << found.error().message;
  std::set<std::string> names;
  for (const RecommenderReport& row : found->report.rows) names.insert(row.name);
  EXPECT_TRUE(names.contains("blend") && names.contains("popularity") && names.contains("rp3beta"));
  EXPECT_TRUE(found->verdict);
  options.recommenders = {"no_such_part"};
  EXPECT_FALSE(evaluate_store(engine.store(), engine.config(), engine.places(), options));
}

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

TEST_F(EngineTest, AnswersBeforeABuildSayWhatToDo) {
  Engine engine = two_tastes();
  const auto list = engine.recommend("user0", {});
  ASSERT_FALSE(list);
  EXPECT_EQ(list.error().code, ErrorCode::not_found);
  EXPECT_NE(list.error().message.find("limn build"), std::string::npos);
}

// What `writer` says of item after item, a day apart.
std::vector<Event> reviews(const std::string& writer, const std::vector<std::string>& texts) {
  std::vector<Event> events;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    events.push_back({.user = writer,
                      .item = "tea" + std::to_string(i),
                      .kind = "review",
                      .value = 5.0F,
                      .text = texts[i],
                      .time = Time{std::chrono::hours{24 * (365 * 50 + 10 + i)}}});
  }
  return events;
}

TEST_F(EngineTest, BuildCountsCopiesSignaturesAndTextsThatSayNothing) {
  Engine engine = two_tastes();
  const auto written = reviews(
      "writer", {"Tastes of malt. Cheers from Bergen!", "Leaves open slowly. Cheers from Bergen!",
                 "Bitter after a minute. Cheers from Bergen", "..."});
  ASSERT_TRUE(engine.store().write({.users = {}, .items = {}, .events = written, .edges = {}}));
  const BuildReport report = engine.build().value();
  EXPECT_EQ(report.copied_texts, 59U);  // ten users say one thing six times
  EXPECT_EQ(report.trimmed_texts, 3U);
  EXPECT_EQ(report.wordless_texts, 1U);
  EXPECT_EQ(report.long_texts, 0U);
}

TEST_F(EngineTest, ABuildFindsTheTextOfEveryEvent) {
  Engine engine = two_tastes();
  for (const std::string& writer : {std::string("zoe"), std::string("user1"), std::string("zoe")}) {
    const auto written = reviews(writer, {"It smells of smoke.", "It smells of honey."});
    ASSERT_TRUE(engine.store().write({.users = {}, .items = {}, .events = written, .edges = {}}));
  }
  ASSERT_TRUE(engine.build());
  const Snapshot snapshot = Snapshot::open_current(folder_).value();
  const auto texts = engine.store().read_event_texts().value();
  ASSERT_FALSE(texts.empty());
  for (const EventText& text : texts) EXPECT_TRUE(snapshot.text_row(text.event)) << text.event;
}

TEST(MakeSegmenter, IsIcuWhereThereIsNoDictionaryAndRefusesAFolderWithoutOne) {
  EXPECT_FALSE(make_segmenter("auto", {}).value());
  EXPECT_FALSE(make_segmenter("icu", {.models = {}, .dictionary = "/nowhere"}).value());
  EXPECT_FALSE(make_segmenter("/nowhere", {}));
}

TEST(MakeEncoder, RefusesAWayToReadLongTextsThatThereIsNot) {
  Config config;
  config.encode.long_texts = "skip";
  EXPECT_EQ(make_encoder("lsa", {}, config).error().code, ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace limn
