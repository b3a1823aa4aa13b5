#include "limn/engine/experiment.h"

#include <filesystem>
#include <set>

#include <gtest/gtest.h>

#include "limn/core/random.h"
#include "limn/engine/outcomes.h"
#include "limn/engine/strategies.h"
#include "limn/feedback/assignment.h"

namespace limn {
namespace {

constexpr std::chrono::hours hour{1};

Time at_hour(int hours) {
  return Time{hours * hour};
}

// A store with two strategies and one item, without a generation: lists are logged by hand.
class ExperimentTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() /
              ("limn_experiment_" +
               std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::remove_all(folder_);
    store_ = std::make_unique<Store>(Store::create(folder_).value());
    for (const char* name : {"default", "bold"}) {
      Strategy strategy;
      strategy.name = name;
      ASSERT_TRUE(append(*store_, strategy, {}));
    }
    const Item items[] = {{.id = "tea"}, {.id = "coffee"}};
    ASSERT_TRUE(store_->write({.users = {}, .items = items, .events = {}, .edges = {}}));
  }
  void TearDown() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  Store& store() { return *store_; }

  std::int64_t show(const std::string& user, const std::string& strategy, int hours,
                    std::vector<ShownPlace> places = {{.item = 0}}) {
    return store_
        ->append_list(user, {.request = std::to_string(hours),
                             .time = at_hour(hours),
                             .strategy = strategy,
                             .version = 1,
                             .segment = "",
                             .places = std::move(places)})
        .value();
  }

  // `lists` lists of each strategy, of which `liked` in a hundred are answered with a like.
  void play(const std::map<std::string, int>& liked, int lists) {
    std::vector<Event> events;
    for (const auto& [strategy, percent] : liked) {
      for (int i = 0; i < lists; ++i) {
        const std::string user = strategy + std::to_string(i);
        show(user, strategy, 0);
        if (i * 37 % 100 >= percent) continue;
        events.push_back({.user = user, .item = "tea", .kind = "like", .time = at_hour(1)});
      }
    }
    ASSERT_TRUE(store_->write({.users = {}, .items = {}, .events = events, .edges = {}}));
  }

  Config config_;

 private:
  std::filesystem::path folder_;
  std::unique_ptr<Store> store_;
};

TEST_F(ExperimentTest, ComesBackAsItWasStarted) {
  EXPECT_FALSE(current_experiment(store())->has_value());
  ASSERT_TRUE(start_experiment(store(), config_, "autumn", TrialMode::ab, {"default", "bold"}));
  const auto running = current_experiment(store());
  ASSERT_TRUE(running && *running);
  EXPECT_EQ((*running)->name, "autumn");
  EXPECT_EQ((*running)->mode, TrialMode::ab);
  EXPECT_EQ((*running)->arms, (std::vector<std::string>{"default", "bold"}));
  EXPECT_EQ((*running)->shares.at(""), (std::vector<double>{0.5, 0.5}));
  EXPECT_TRUE(stop_experiment(store()).value());
  EXPECT_FALSE(stop_experiment(store()).value());
  EXPECT_FALSE(current_experiment(store())->has_value());
}

TEST_F(ExperimentTest, RefusesArmsThatAreNone) {
  using Arms = std::vector<std::string>;
  for (const Arms& arms : {Arms{"default"}, Arms{"default", "default"}, Arms{"default", "no"}}) {
    EXPECT_FALSE(start_experiment(store(), config_, "x", TrialMode::thompson, arms));
  }
  EXPECT_FALSE(parse_trial_mode("luck"));
}

TEST_F(ExperimentTest, ShowsThePresentStrategyWhereNothingIsTried) {
  const auto chosen = choose_strategies(store(), config_, "ann", "", "r1");
  ASSERT_TRUE(chosen) << chosen.error().message;
  ASSERT_EQ(chosen->strategies.size(), 1U);
  EXPECT_EQ(chosen->strategies[0].name, "default");
  EXPECT_EQ(chosen->propensity, 1);
}

TEST_F(ExperimentTest, DrawsAnArmForEachRequestAndTheSameOneForTheSame) {
  ASSERT_TRUE(start_experiment(store(), config_, "x", TrialMode::thompson, {"default", "bold"}));
  std::map<std::string, int> counts;
  for (int request = 0; request < 200; ++request) {
    const std::string name = std::to_string(request);
    const auto chosen = choose_strategies(store(), config_, "ann", "", name);
    const auto again = choose_strategies(store(), config_, "ann", "", name);
    EXPECT_EQ(chosen->strategies[0].name, again->strategies[0].name);
    EXPECT_EQ(chosen->propensity, 0.5);
    counts[chosen->strategies[0].name] += 1;
  }
  EXPECT_NEAR(counts["bold"], 100, 36);  // five standard deviations
  // Without a name of its own a request is no part of the experiment.
  EXPECT_EQ(choose_strategies(store(), config_, "ann", "", "")->strategies[0].name, "default");
}

TEST_F(ExperimentTest, KeepsAUserWithOneArmWhereTwoAreComparedByUsers) {
  ASSERT_TRUE(start_experiment(store(), config_, "x", TrialMode::ab, {"default", "bold"}));
  std::set<std::string> seen;
  for (int user = 0; user < 30; ++user) {
    const std::string id = "user" + std::to_string(user);
    const auto first = choose_strategies(store(), config_, id, "", "monday");
    const auto second = choose_strategies(store(), config_, id, "", "tuesday");
    EXPECT_EQ(first->strategies[0].name, second->strategies[0].name);
    seen.insert(first->strategies[0].name);
  }
  EXPECT_EQ(seen.size(), 2U);
}

TEST_F(ExperimentTest, LearnsWhatSatisfiesAndPromotesOnlyThat) {
  ASSERT_TRUE(start_experiment(store(), config_, "x", TrialMode::thompson, {"default", "bold"}));
  play({{"default", 20}, {"bold", 45}}, 20);
  ASSERT_TRUE(learn_now(store(), config_));
  EXPECT_FALSE(promote(store(), config_, "bold", false));  // too few lists to be sure
  play({{"default", 20}, {"bold", 45}}, 200);
  const auto learned = learn_now(store(), config_);
  ASSERT_TRUE(learned && *learned) << learned.error().message;
  EXPECT_GT((*learned)->shares.at("")[1], 0.95);
  EXPECT_EQ((*learned)->learned_lists, 400U);
  const auto found = findings(store(), config_);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->arms[1].verdict, Verdict::better);
  EXPECT_EQ(found->arms[1].record.shown, 200);
  ASSERT_TRUE(promote(store(), config_, "bold", false));
  EXPECT_EQ(current_strategy(store(), config_)->name, "bold");
}

TEST_F(ExperimentTest, StopsAnArmThatIsSurelyWorse) {
  const auto started =
      start_experiment(store(), config_, "x", TrialMode::thompson, {"default", "bold"});
  ASSERT_TRUE(started);
  play({{"default", 45}, {"bold", 15}}, 200);
  ASSERT_TRUE(learn_if_due(store(), config_, *started));
  const auto running = current_experiment(store());
  ASSERT_TRUE(running && *running);
  EXPECT_EQ((*running)->stopped, (std::vector<std::uint8_t>{0, 1}));
  for (int request = 0; request < 50; ++request) {
    const auto chosen = choose_strategies(store(), config_, "ann", "", std::to_string(request));
    EXPECT_EQ(chosen->strategies[0].name, "default");
    EXPECT_EQ(chosen->propensity, 1);
  }
  const auto refused = promote(store(), config_, "bold", false);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::invalid_argument);
  EXPECT_TRUE(promote(store(), config_, "bold", true));
}

TEST_F(ExperimentTest, CountsWhoseItemsWereChosenFromListsOfTwo) {
  ASSERT_TRUE(start_experiment(store(), config_, "x", TrialMode::interleave, {"default", "bold"}));
  const auto chosen = choose_strategies(store(), config_, "ann", "", "r");
  ASSERT_TRUE(chosen);
  EXPECT_EQ(chosen->strategies.size(), 2U);
  for (int user = 0; user < 10; ++user) {
    const std::string id = "user" + std::to_string(user);
    show(id, "default+bold", 0, {{.item = 0, .team = 0}, {.item = 1, .team = 1}});
    const char* item = user < 8 ? "coffee" : "tea";
    ASSERT_TRUE(store().append({.user = id, .item = item, .kind = "click", .time = at_hour(1)}));
  }
  show("silent", "default+bold", 0, {{.item = 0, .team = 0}, {.item = 1, .team = 1}});
  const auto found = findings(store(), config_);
  ASSERT_TRUE(found && found->interleaving);
  EXPECT_EQ(found->interleaving->wins, 8U);
  EXPECT_EQ(found->interleaving->losses, 2U);
  EXPECT_EQ(found->interleaving->ties, 1U);
}

TEST_F(ExperimentTest, RestoresAnOlderVersionAsANewOne) {
  Strategy changed = current_strategy(store(), config_).value();
  changed.parameters.diversity = 0.7F;
  ASSERT_TRUE(append(store(), changed, {}));
  EXPECT_EQ(current_strategy(store(), config_)->parameters.diversity, 0.7F);
  const auto restored = restore_strategy(store(), 1, {});
  ASSERT_TRUE(restored) << restored.error().message;
  EXPECT_EQ(restored->version, 4U);
  EXPECT_EQ(current_strategy(store(), config_)->parameters.diversity, 0);
  EXPECT_EQ(store().strategy_history()->size(), 4U);
  EXPECT_FALSE(restore_strategy(store(), 99, {}));
}

TEST_F(ExperimentTest, AnEventBelongsToTheLastListThatHeldItsItem) {
  const std::int64_t first = show("ann", "default", 0);
  const std::int64_t second = show("ann", "bold", 24);
  show("ann", "bold", 30, {{.item = 1}});
  const UserIndex ann = store().find_user("ann").value().value();
  EXPECT_EQ(causing_list(store(), ann, 0, at_hour(1)).value()->id, first);
  EXPECT_EQ(causing_list(store(), ann, 0, at_hour(40)).value()->id, second);
  EXPECT_FALSE(causing_list(store(), ann, 0, at_hour(-1))->has_value());
  EXPECT_FALSE(causing_list(store(), ann, 0, at_hour(24 * 9))->has_value());
}

TEST_F(ExperimentTest, OutcomesSayWhatCameOfEachList) {
  show("ann", "default", 0);
  show("bob", "default", 0);
  show("eve", "bold", 0);
  const std::int64_t scored = show("joe", "bold", 0);
  for (const Event& event : std::vector<Event>{
           {.user = "ann", .item = "tea", .kind = "purchase", .time = at_hour(1)},
           {.user = "ann", .item = "tea", .kind = "dwell", .value = 60, .time = at_hour(2)},
           {.user = "ann", .item = "coffee", .kind = "view", .time = at_hour(30)},
           {.user = "bob", .item = "tea", .kind = "click", .time = at_hour(1)},
           {.user = "bob", .item = "tea", .kind = "hide", .time = at_hour(2)},
           {.user = "joe", .item = "tea", .kind = "like", .time = at_hour(1)},
           {.user = "joe", .item = "tea", .kind = "rate", .value = 2, .time = at_hour(2)}}) {
    ASSERT_TRUE(store().append(event));
  }
  ASSERT_TRUE(store().append_score("joe", {.list = scored, .score = 1, .reason = "all alike"}));
  ASSERT_TRUE(store().append_score(
      "eve", {.item = 0, .score = 4, .reason = "all alike", .time = at_hour(3)}));

  const auto lists = store().read_lists();
  const auto outcomes = list_outcomes(store(), *lists, config_);
  ASSERT_TRUE(outcomes) << outcomes.error().message;
  const ListOutcome& ann = (*outcomes)[0];
  EXPECT_TRUE(ann.satisfied && ann.completed && ann.engaged && ann.returned);
  EXPECT_FALSE(ann.turned_away);
  EXPECT_EQ(ann.dwell_seconds, 60);
  const ListOutcome& bob = (*outcomes)[1];
  EXPECT_TRUE(bob.engaged && bob.turned_away);
  EXPECT_FALSE(bob.satisfied || bob.returned || bob.completed);
  EXPECT_TRUE((*outcomes)[2].satisfied);   // a score alone
  EXPECT_FALSE((*outcomes)[3].satisfied);  // the score outweighs the like
  EXPECT_EQ((*outcomes)[3].rating, 2);

  const auto report = satisfaction(store(), config_);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->reasons.at("all alike"), 2U);
  ASSERT_EQ(report->rows.size(), 2U);
  EXPECT_EQ(report->rows[0].strategy, "bold");
  EXPECT_EQ(report->rows[0].measures.at("satisfied").value, 0.5);
  EXPECT_EQ(report->rows[0].measures.at("score").value, 2.5);
  EXPECT_EQ(report->rows[1].measures.at("returned").value, 0.5);
}

}  // namespace
}  // namespace limn
