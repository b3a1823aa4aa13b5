#include "limn/eval/lists.h"

#include <gtest/gtest.h>

namespace limn {
namespace {

std::vector<Scored> list_of(std::initializer_list<std::uint32_t> items) {
  std::vector<Scored> list;
  for (const std::uint32_t item : items) list.push_back({item, 1.0F});
  return list;
}

TEST(PopularityAt, IsTheMeanOfTheFirstK) {
  const std::vector<std::uint32_t> owners{10, 4, 0, 7};
  const std::vector<Scored> list = list_of({3, 2, 0});
  EXPECT_DOUBLE_EQ(popularity_at(list, 2, owners), 3.5);
  EXPECT_DOUBLE_EQ(popularity_at(list, 9, owners), 17.0 / 3);
  EXPECT_DOUBLE_EQ(popularity_at({}, 3, owners), 0);
}

TEST(Serendipity, CountsWhatIsRelevantAndNotExpected) {
  const std::vector<ItemIndex> by_popularity{5, 1, 3, 0, 2, 4};
  const std::vector<ItemIndex> seen{1, 2};
  EXPECT_EQ(expected_items(by_popularity, seen, 2), (std::vector<ItemIndex>{3, 5}));
  EXPECT_EQ(expected_items(by_popularity, seen, 99), (std::vector<ItemIndex>{0, 3, 4, 5}));
  const std::vector<ItemIndex> relevant{0, 3, 4};
  const std::vector<ItemIndex> expected{3, 5};
  // 3 was expected, 0 was not, 5 is not relevant.
  EXPECT_DOUBLE_EQ(serendipity_at(list_of({3, 0, 5}), 3, relevant, expected), 1.0 / 3);
  EXPECT_DOUBLE_EQ(serendipity_at(list_of({3, 0, 5}), 1, relevant, expected), 0);
  EXPECT_DOUBLE_EQ(serendipity_at(list_of({0}), 4, relevant, expected), 0.25);
}

}  // namespace
}  // namespace limn
