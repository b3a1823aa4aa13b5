#include "limn/feedback/explore.h"

#include <map>
#include <set>

#include <gtest/gtest.h>

namespace limn {
namespace {

const std::vector<ItemIndex> ranked = {10, 11, 12, 13, 14, 15};

TEST(Explore, LeavesTheListAloneWhereNothingIsToBeTried) {
  const std::vector<ExploredPlace> list = {{10, 1}, {11, 1}};
  EXPECT_EQ(explore(ranked, 2, 0, 7), list);
  EXPECT_EQ(explore(std::span(ranked).first(2), 2, 0.9, 7), list);  // there is nothing else
  EXPECT_TRUE(explore({}, 5, 0.5, 1).empty());
}

TEST(Explore, ShowsEachItemAsOftenAsItsPropensitySays) {
  constexpr int lists = 20'000;
  std::map<ItemIndex, int> counts;
  for (std::uint64_t seed = 0; seed < lists; ++seed) {
    const auto list = explore(ranked, 2, 0.3, seed);
    ASSERT_EQ(list.size(), 2U);
    const ExploredPlace& first = list.front();
    counts[first.item] += 1;
    EXPECT_NEAR(first.propensity, first.item == 10 ? 0.7 : 0.3 / 4, 1e-12);
    EXPECT_NE(list[0].item, list[1].item);
  }
  EXPECT_NEAR(counts[10], 0.7 * lists, 5 * 65);
  for (const ItemIndex item : {12U, 13U, 14U, 15U})
    EXPECT_NEAR(counts[item], 0.075 * lists, 5 * 38);
}

}  // namespace
}  // namespace limn
