#include "limn/feedback/interleave.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "limn/core/random.h"

namespace limn {
namespace {

using Items = std::vector<ItemIndex>;

TEST(Interleave, HoldsEachItemOnceAndAsManyOfBothTeams) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    Items a(20);
    for (ItemIndex i = 0; i < 20; ++i) a[i] = i;
    Items b = a;
    random.shuffle(std::span(a));
    random.shuffle(std::span(b));
    const auto list = interleave(a, b, 10, seed);
    ASSERT_EQ(list.size(), 10U);
    std::set<ItemIndex> items;
    int of_b = 0;
    for (const Drafted& drafted : list) {
      items.insert(drafted.item);
      of_b += drafted.team == Team::b ? 1 : 0;
    }
    EXPECT_EQ(items.size(), 10U);
    EXPECT_EQ(of_b, 5);
    EXPECT_EQ(list, interleave(a, b, 10, seed));
  }
}

TEST(Interleave, PrefersNeitherOfTwoLikeRankings) {
  // Users choose by place alone: over many lists neither team may win.
  const Items ranking = {1, 2, 3, 4, 5, 6};
  int balance = 0;
  constexpr int lists = 10'000;
  for (std::uint64_t seed = 0; seed < lists; ++seed) {
    const auto list = interleave(ranking, ranking, 4, seed);
    balance += credit(list, Items{list.front().item});
  }
  EXPECT_NEAR(balance, 0, 500);  // five standard deviations
}

TEST(Interleave, FindsTheRankingThatUsersPrefer) {
  // b has the items that are liked on top, a at the end; one in five users looks at any item.
  const Items a = {1, 2, 3, 4, 5, 6, 7, 8};
  const Items b = {8, 7, 6, 5, 4, 3, 2, 1};
  Random random(4);
  int wins = 0;
  int losses = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Items chosen;
    const auto list = interleave(a, b, 4, seed);
    for (const Drafted& drafted : list) {
      if (random.uniform() < 0.05 * drafted.item) chosen.push_back(drafted.item);
    }
    const int winner = credit(list, chosen);
    wins += winner > 0;
    losses += winner < 0;
  }
  EXPECT_GT(wins, 2 * losses);
}

TEST(Interleave, TakesWhatThereIs) {
  EXPECT_TRUE(interleave({}, {}, 5, 1).empty());
  const Items a = {3, 4};
  EXPECT_EQ(interleave(a, {}, 5, 1), (std::vector<Drafted>{{3, Team::a}, {4, Team::a}}));
  EXPECT_EQ(interleave(a, a, 5, 1).size(), 2U);
  EXPECT_TRUE(interleave(a, a, 0, 1).empty());
}

TEST(Credit, CountsTheItemsOfEachTeam) {
  const std::vector<Drafted> list = {{1, Team::a}, {2, Team::b}, {3, Team::b}};
  EXPECT_EQ(credit(list, Items{1}), -1);
  EXPECT_EQ(credit(list, Items{2, 3}), 1);
  EXPECT_EQ(credit(list, Items{1, 2}), 0);
  EXPECT_EQ(credit(list, Items{9}), 0);
  EXPECT_EQ(credit(list, {}), 0);
}

}  // namespace
}  // namespace limn
