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

TEST_F(EngineTest, ReasonsSayLikedOnlyOfWhatWasLiked) {
  Engine engine = two_tastes();
  ASSERT_TRUE(engine.build());
  // Three looks weigh nearly as much as a like, and are none.
  for (const auto& [user, kind] : {std::pair{"looker", "view"}, std::pair{"buyer", "purchase"}}) {
    for (int hour = 0; hour < 3; ++hour) {
      ASSERT_TRUE(engine.feedback({.user = user,
                                   .item = "tea1",
                                   .kind = kind,
                                   .time = Time{std::chrono::hours{24 * 365 * 51 + hour}}}));
    }
    const auto list = engine.recommend(user, {.n = 1});
    ASSERT_TRUE(list);
    ASSERT_FALSE(list->items.empty());
    std::string told;
    for (const Reason& reason : list->items[0].reasons) told += reason.text + "\n";
    const bool liked = std::string_view(kind) == "purchase";
    EXPECT_EQ(told.find("you liked ") != std::string::npos, liked) << told;
    EXPECT_EQ(told.find("you chose ") != std::string::npos, !liked) << told;
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
