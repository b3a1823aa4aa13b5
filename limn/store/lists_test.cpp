#include <gtest/gtest.h>

#include "limn/store/sqlite.h"
#include "limn/store/store.h"
#include "limn/store/testing.h"

namespace limn {
namespace {

ShownList shown(const std::string& request, int second) {
  return {.request = request,
          .time = at_second(second),
          .strategy = "default",
          .version = 3,
          .segment = "tea \xe2\x98\x95",
          .propensity = 0.37,
          .places = {{.item = 7, .propensity = 0.9}, {.item = 2, .propensity = 0.1, .team = 1}}};
}

class Lists : public testing::Test {
 protected:
  Store& store() { return *store_; }
  std::filesystem::path data() const { return folder_.path() / "shop"; }
  void reopen() {
    store_.reset();
    store_ = std::make_unique<Store>(Store::open(data()).value());
  }
  // Runs SQL on the file itself, behind the store's back.
  void tamper(const char* sql) {
    store_.reset();
    {
      Database database = Database::open(data() / "limn.db", Database::Mode::write).value();
      ASSERT_TRUE(database.execute(sql));
    }
    store_ = std::make_unique<Store>(Store::open(data()).value());
  }

 private:
  TemporaryFolder folder_;
  std::unique_ptr<Store> store_ = std::make_unique<Store>(Store::create(data()).value());
};

TEST_F(Lists, ComeBackAsTheyWereShown) {
  ShownList first = shown("r1", 5);
  ShownList second = shown("r2", 6);
  second.places.clear();
  ASSERT_EQ(store().append_list("ann", first).value(), 1);
  ASSERT_EQ(store().append_list("bob", second).value(), 2);
  reopen();
  first.id = 1;
  second.id = 2;
  second.user = 1;
  EXPECT_EQ(store().read_lists().value(), (std::vector{first, second}));
  EXPECT_EQ(store().find_list(0, "r1").value(), first);
  EXPECT_FALSE(store().find_list(1, "r1")->has_value());
  EXPECT_EQ(store().user_lists(1).value(), std::vector{second});
  EXPECT_EQ(store().list_count().value(), 2U);
  EXPECT_EQ(store().find_user("bob").value(), 1U);
  EXPECT_TRUE(store().verify()->empty());
}

TEST_F(Lists, TakeThePlaceOfTheOneWithTheSameRequest) {
  ASSERT_EQ(store().append_list("ann", shown("r1", 5)).value(), 1);
  ShownList again = shown("r1", 9);
  again.version = 4;
  ASSERT_EQ(store().append_list("ann", again).value(), 1);
  ASSERT_EQ(store().append_list("ann", shown("r2", 9)).value(), 2);
  EXPECT_EQ(store().find_list(0, "r1").value()->version, 4);
  EXPECT_EQ(store().list_count().value(), 2U);
}

TEST_F(Lists, ScoresComeBackAndAreHeldToTheirScale) {
  SatisfactionScore score{.list = 1, .score = 2, .reason = "all alike", .time = at_second(8)};
  ASSERT_EQ(store().append_score("ann", score).value(), 1);
  score.id = 1;
  EXPECT_EQ(store().read_scores().value(), std::vector{score});
  for (const int wrong : {0, 6, -1}) {
    EXPECT_EQ(store().append_score("ann", {.score = wrong}).error().code,
              ErrorCode::invalid_argument);
  }
  EXPECT_FALSE(store().append_list("", shown("r", 1)));
  EXPECT_FALSE(store().append_list("ann", shown("", 1)));
}

TEST_F(Lists, AreErasedWithTheirUser) {
  ASSERT_TRUE(store().append_list("ann", shown("secret-request", 5)));
  ASSERT_TRUE(store().append_list("bob", shown("r2", 5)));
  ASSERT_TRUE(store().append_score("ann", {.score = 1, .reason = "secret-reason"}));
  const auto receipt = store().erase_users(std::vector<std::string>{"ann"});
  ASSERT_TRUE(receipt) << receipt.error().message;
  EXPECT_EQ(receipt->lists, 1U);
  EXPECT_EQ(receipt->scores, 1U);
  EXPECT_TRUE(receipt->scrubbed);
  ASSERT_EQ(store().read_lists()->size(), 1U);
  EXPECT_EQ(store().read_lists()->front().user, 1U);
  EXPECT_TRUE(store().read_scores()->empty());
  EXPECT_TRUE(store().verify()->empty());
}

TEST_F(Lists, AreRefusedWhereDamagedOrLost) {
  ASSERT_TRUE(store().append_list("ann", shown("r1", 5)));
  ASSERT_TRUE(store().append_list("ann", shown("r2", 6)));
  tamper("UPDATE lists SET propensity = 0.5 WHERE id = 1");
  EXPECT_EQ(store().read_lists().error().code, ErrorCode::corrupt);
  EXPECT_EQ(store().verify()->size(), 1U);
  tamper("DELETE FROM lists WHERE id = 1");
  EXPECT_EQ(store().read_lists().error().code, ErrorCode::corrupt);
}

TEST_F(Lists, FindTheirTablesInADatabaseOfTheFirstVersion) {
  ASSERT_TRUE(store().append({.user = "ann", .item = "pen", .kind = "like"}));
  tamper("DROP TABLE lists; DROP TABLE scores; DROP TABLE list_counters; PRAGMA user_version = 1");
  EXPECT_EQ(store().list_count().value(), 0U);
  ASSERT_EQ(store().append_list("ann", shown("r1", 5)).value(), 1);
  EXPECT_EQ(store().counts()->events, 1U);
  EXPECT_TRUE(store().verify()->empty());
}

TEST_F(Lists, GiveTheLastVersionOfAStrategyByItsName) {
  ASSERT_TRUE(store().append_strategy("a", {{"x", 1}}, at_second(1)));
  ASSERT_TRUE(store().append_strategy("b", {{"x", 2}}, at_second(2)));
  ASSERT_TRUE(store().append_strategy("a", {{"x", 3}}, at_second(3)));
  ASSERT_TRUE(store().append_strategy("b", {{"x", 4}}, at_second(4)));
  EXPECT_EQ(store().strategy("a").value()->version, 3);
  EXPECT_EQ(store().strategy("b").value()->version, 4);
  EXPECT_FALSE(store().strategy("c")->has_value());
}

}  // namespace
}  // namespace limn
