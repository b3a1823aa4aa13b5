#include "limn/engine/as_of.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "limn/engine/answers_json.h"
#include "limn/engine/evaluate.h"
#include "limn/engine/test_engine.h"

namespace limn {
namespace {

Time day(int number) {
  return Time{std::chrono::hours{24 * number}};
}

// The events of two_tastes() are of the first six days of day 365 * 50 on.
constexpr int first_day = 365 * 50;

Event made_event(std::string user, std::string item, std::string kind, Time time,
                 std::string text = {}) {
  Event event;
  event.user = std::move(user);
  event.item = std::move(item);
  event.kind = std::move(kind);
  event.value = event.kind == "review" ? 5.0F : 0.0F;
  event.text = std::move(text);
  event.time = time;
  return event;
}

class AsOfTest : public EngineTest {
 protected:
  // Everything that the future may hold, with words, tags and a taste of its own: none of it may
  // be met in a generation as of the day before.
  static void plant(Engine& engine, Time time) {
    Item dated;
    dated.id = "zyzzogeton";
    dated.title = "Zyzzogeton the unheard-of";
    dated.text = "Zyzzogeton zyzzogeton leaves of a zyzzogeton.";
    dated.categories = {"zyzzo-category"};
    dated.tags = {"zyzzo-tag"};
    dated.created_at = time;
    Item undated = dated;
    undated.id = "zyzzogeton2";
    undated.created_at.reset();
    Item unused = undated;
    unused.id = "zyzzogeton3";
    User late;
    late.id = "zyzzouser";
    late.text = "I collect zyzzogeton";
    late.tags = {"zyzzo-user-tag"};
    late.created_at = time;
    const std::vector<Item> items{dated, undated, unused};
    std::vector<Event> events;
    for (int user = 0; user < 10; ++user) {
      const std::string name = "user" + std::to_string(user);
      events.push_back(made_event(name, "zyzzogeton", "review", time, "A zyzzogeton at last."));
      events.push_back(made_event(name, "zyzzogeton2", "purchase", time));
      events.push_back(made_event(name, "bike1", "dislike", time));
      events.push_back(made_event(name, "", "search", time, "where to get zyzzogeton"));
    }
    events.push_back(made_event("zyzzouser", "tea1", "like", time, "zyzzogeton"));
    const std::vector<Edge> edges{{"user1", "zyzzouser", "follow", time}};
    ASSERT_TRUE(engine.store().write(
        {.users = std::span(&late, 1), .items = items, .events = events, .edges = edges}));
  }

  // file name -> bytes
  [[nodiscard]] std::map<std::string, std::string> generation(const std::string& number) const {
    std::map<std::string, std::string> files;
    for (const auto& file : std::filesystem::directory_iterator(folder_ / "generations" / number)) {
      std::ifstream stream(file.path(), std::ios::binary);
      files[file.path().filename().string()] =
          std::string(std::istreambuf_iterator<char>(stream), {});
    }
    return files;
  }
};

TEST_F(AsOfTest, APlantedFutureChangesNoByteOfAGeneration) {
  Engine engine = two_tastes();
  // Items carry no dates in this shop: every one is used on the first days.
  const Time moment = day(first_day + 10);
  ASSERT_TRUE(engine.build());
  const auto before = generation("000001");
  ASSERT_GT(before.size(), 20U);
  plant(engine, day(first_day + 11));
  const auto report = engine.build({.as_of = moment});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->left_out.events, 41U);
  EXPECT_EQ(report->left_out.texts, 21U);
  EXPECT_EQ(report->left_out.items, 3U);
  EXPECT_EQ(report->left_out.undated_items, 2U);
  EXPECT_EQ(report->left_out.users, 1U);
  const auto after = generation("000002");
  ASSERT_EQ(after.size(), before.size());
  for (const auto& [name, bytes] : before) {
    EXPECT_TRUE(after.contains(name)) << name;
    EXPECT_EQ(after.at(name), bytes) << name << " differs";
  }
}

// The guard's own guard: without the cut the same future is seen, so the test above can fail.
TEST_F(AsOfTest, WithoutTheCutThePlantIsSeen) {
  Engine engine = two_tastes();
  ASSERT_TRUE(engine.build());
  plant(engine, day(first_day + 11));
  ASSERT_TRUE(engine.build());
  const auto before = generation("000001");
  const auto after = generation("000002");
  std::size_t changed = 0;
  std::size_t met = 0;
  for (const auto& [name, bytes] : after) {
    changed += bytes != before.at(name) ? 1 : 0;
    met += bytes.find("zyzzo") != std::string::npos ? 1 : 0;
  }
  EXPECT_GT(changed, 10U);
  EXPECT_GE(met, 3U);
}

// The future stands between the past in the log: numbers cannot stay the same, but nothing that
// it says may be met, and no list may hold it.
TEST_F(AsOfTest, AFutureInTheMiddleOfTheLogIsNowhereToBeFound) {
  Config config;
  config.encode.encoder = "lsa";
  config.cluster.topics = 2;
  auto made = Engine::create(folder_, config, {});
  ASSERT_TRUE(made);
  Engine engine = std::move(*made);
  plant(engine, day(first_day + 11));
  ASSERT_TRUE(engine.store().write({.users = {}, .items = items(), .events = {}, .edges = {}}));
  ASSERT_TRUE(engine.store().write({.users = {}, .items = {}, .events = events(), .edges = {}}));
  const auto report = engine.build({.as_of = day(first_day + 10)});
  ASSERT_TRUE(report) << report.error().message;
  for (const auto& [name, bytes] : generation("000001"))
    EXPECT_EQ(bytes.find("zyzzo"), std::string::npos) << name;
  const auto list = engine.recommend("user2", {.n = 100});
  ASSERT_TRUE(list) << list.error().message;
  // Six were liked by then; what the user has turned away since is known when the list is asked
  // for.
  EXPECT_EQ(list->items.size() + 7, 24U);
  for (const RecommendedItem& item : list->items)
    EXPECT_EQ(item.id.find("zyzzo"), std::string::npos);
}

TEST_F(AsOfTest, KeepsWhatWasThereAndOnlyThat) {
  Engine engine = two_tastes();
  plant(engine, day(first_day + 11));
  const auto log = read_log(engine.store());
  ASSERT_TRUE(log);
  for (int offset = -1; offset < 13; ++offset) {
    SCOPED_TRACE(offset);
    const Time moment = day(first_day + offset);
    const PastLog past = log_as_of(*log, moment);
    EXPECT_FALSE(find_leak(past.log, moment));
    std::set<std::int64_t> kept(past.log.events.id.begin(), past.log.events.id.end());
    std::size_t expected = 0;
    std::int64_t last = 0;
    bool whole = true;
    for (std::size_t row = 0; row < log->events.size(); ++row) {
      const bool early = log->events.time[row] <= moment;
      expected += early ? 1 : 0;
      EXPECT_EQ(kept.contains(log->events.id[row]), early);
    }
    std::vector<std::int64_t> ids = log->events.id;
    std::ranges::sort(ids);
    for (const std::int64_t id : ids) {
      whole = whole && kept.contains(id);
      if (whole) last = id;
    }
    EXPECT_EQ(past.log.events.size(), expected);
    EXPECT_EQ(past.log.last_event, last);
    EXPECT_EQ(past.log.events.offsets.back(), expected);
    EXPECT_EQ(past.log.events.users(), past.log.users.size());
    EXPECT_EQ(past.log.events.items, past.log.items.size());
    for (const EventText& text : past.log.texts) EXPECT_TRUE(kept.contains(text.event));
  }
}

TEST_F(AsOfTest, DescriptionsOfLaterAreTakenFromWhatWasThereBefore) {
  Engine engine = two_tastes();
  Item renamed = items()[0];
  renamed.title = "Zyzzogeton";
  renamed.created_at = day(first_day + 11);
  ASSERT_TRUE(engine.store().write(
      {.users = {}, .items = std::span(&renamed, 1), .events = {}, .edges = {}}));
  const auto log = read_log(engine.store());
  ASSERT_TRUE(log);
  const PastLog past = log_as_of(*log, day(first_day + 10));
  EXPECT_EQ(past.left_out.items, 0U);
  EXPECT_EQ(past.log.items[0].id, "tea0");
  EXPECT_EQ(past.log.items[0].title, "");
  EXPECT_FALSE(find_leak(past.log, day(first_day + 10)));
}

TEST_F(AsOfTest, TheGuardNamesEachKindOfRecord) {
  Engine engine = two_tastes();
  plant(engine, day(first_day + 11));
  const auto read = read_log(engine.store());
  ASSERT_TRUE(read);
  const Time moment = day(first_day + 10);
  const Log past = log_as_of(*read, moment).log;
  ASSERT_FALSE(find_leak(past, moment));
  const auto found = [&](const Log& log) { return find_leak(log, moment).value_or("nothing"); };
  {
    Log log = past;
    log.items.push_back(read->items[24]);
    EXPECT_TRUE(found(log).starts_with("item zyzzogeton: of ")) << found(log);
  }
  {
    Log log = past;
    log.items.push_back(read->items[25]);
    EXPECT_TRUE(found(log).starts_with("item zyzzogeton2: nothing shows")) << found(log);
  }
  {
    Log log = past;
    log.users.push_back(read->users.back());
    EXPECT_TRUE(found(log).starts_with("user zyzzouser: of ")) << found(log);
  }
  {
    Log log = past;
    log.texts.push_back(read->texts.back());
    EXPECT_TRUE(found(log).starts_with("the text of event ")) << found(log);
  }
  EXPECT_TRUE(found(*read).starts_with("event ")) << found(*read);
}

TEST_F(AsOfTest, APlantedFutureChangesNoScoreOfAnEvaluation) {
  Engine engine = two_tastes();
  EvaluationOptions options;
  options.split = {.kind = SplitKind::as_of, .moment = day(first_day + 3)};
  options.ks = {5};
  options.relevant_all = true;
  const auto before = evaluate_store(engine.store(), engine.config(), {}, options);
  ASSERT_TRUE(before) << before.error().message;
  ASSERT_GT(before->report.ranked_users.size(), 30U);
  // What users said after the cut, new words in it: in events without an item, so that the test
  // part stays the same.
  std::vector<Event> said;
  for (int user = 0; user < 40; ++user) {
    said.push_back(made_event("user" + std::to_string(user), "", "search", day(first_day + 4),
                              "bicycle zyzzogeton chain gears oolong"));
  }
  ASSERT_TRUE(engine.store().write({.users = {}, .items = {}, .events = said, .edges = {}}));
  const auto after = evaluate_store(engine.store(), engine.config(), {}, options);
  ASSERT_TRUE(after) << after.error().message;
  ASSERT_EQ(after->report.rows.size(), before->report.rows.size());
  for (std::size_t r = 0; r < before->report.rows.size(); ++r) {
    EXPECT_EQ(before->report.rows[r].per_user, after->report.rows[r].per_user)
        << before->report.rows[r].name;
    EXPECT_EQ(before->report.rows[r].metrics, after->report.rows[r].metrics);
  }
  ASSERT_TRUE(after->left_out);
  EXPECT_EQ(after->left_out->texts - before->left_out->texts, 40U);
}

TEST_F(AsOfTest, SplitsOfUsersDoNotReadWhatTheUserWroteLater) {
  Engine engine = two_tastes();
  EvaluationOptions options;
  options.split = {.kind = SplitKind::user_time, .share = 0.5};
  options.ks = {5};
  options.relevant_all = true;
  const auto before = evaluate_store(engine.store(), engine.config(), {}, options);
  ASSERT_TRUE(before) << before.error().message;
  std::vector<Event> said;
  for (int user = 0; user < 40; ++user) {
    said.push_back(made_event("user" + std::to_string(user), "", "search", day(first_day + 3),
                              "bicycle zyzzogeton chain gears oolong"));
  }
  ASSERT_TRUE(engine.store().write({.users = {}, .items = {}, .events = said, .edges = {}}));
  const auto after = evaluate_store(engine.store(), engine.config(), {}, options);
  ASSERT_TRUE(after) << after.error().message;
  for (std::size_t r = 0; r < before->report.rows.size(); ++r) {
    EXPECT_EQ(before->report.rows[r].per_user, after->report.rows[r].per_user)
        << before->report.rows[r].name;
  }
}

}  // namespace
}  // namespace limn
