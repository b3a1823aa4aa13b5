#include "limn/eval/leaks.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "limn/core/random.h"

namespace limn {
namespace {

HistoryEntry event(ItemIndex item, int second, std::int64_t id) {
  return {.item = item, .weight = 1, .time = Time{std::chrono::seconds{second}}, .event = id};
}

UserHistories random_events(std::uint64_t seed) {
  Random random(seed);
  UserHistories events(25);
  std::int64_t id = 0;
  for (auto& list : events) {
    for (std::uint64_t n = 2 + random.below(9); n > 0; --n) {
      list.push_back(
          event(static_cast<ItemIndex>(random.below(9)), static_cast<int>(random.below(20)), ++id));
    }
  }
  return events;
}

constexpr SplitKind all_kinds[] = {SplitKind::time, SplitKind::as_of, SplitKind::user_time,
                                   SplitKind::user_random, SplitKind::last_one};

SplitRule rule_of(SplitKind kind) {
  return {.kind = kind, .share = 0.7, .moment = Time{std::chrono::seconds{12}}};
}

TEST(FindLeak, FindsNoneInTheTrainingPartsOfEverySplit) {
  for (const SplitKind kind : all_kinds) {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      const Split split = split_events(random_events(seed), 9, rule_of(kind));
      const auto leak = find_leak(split.train, split);
      EXPECT_FALSE(leak) << to_text(split.rule) << " " << seed << ": " << *leak;
    }
  }
}

TEST(FindLeak, NamesEveryPlantedTestEvent) {
  for (const SplitKind kind : all_kinds) {
    const Split split = split_events(random_events(1), 9, rule_of(kind));
    std::size_t planted = 0;
    for (std::size_t user = 0; user < split.users(); ++user) {
      for (const HistoryEntry& entry : split.test[user]) {
        UserHistories trained_on = split.train;
        trained_on[user].push_back(entry);
        const auto leak = find_leak(trained_on, split);
        ASSERT_TRUE(leak) << to_text(split.rule);
        EXPECT_NE(leak->find("event " + std::to_string(entry.event) + " of user " +
                             std::to_string(user) + " "),
                  std::string::npos)
            << *leak;
        ++planted;
      }
    }
    EXPECT_GT(planted, 20U);
  }
}

TEST(FindLeak, NamesWhatIsLaterThoughItIsNotInTheTestPart) {
  Split split = split_events({{event(0, 1, 1), event(1, 5, 2), event(2, 9, 3)}}, 3,
                             rule_of(SplitKind::user_time));
  ASSERT_EQ(split.test[0].size(), 1U);
  UserHistories trained_on = split.train;
  trained_on[0].push_back(event(1, 10, 77));
  EXPECT_TRUE(find_leak(trained_on, split));
}

TEST(FindLeak, HoldsTextsAgainstTheirOwnersFuture) {
  const Split split =
      split_events({{event(0, 1, 1), event(1, 5, 2)}, {event(0, 8, 3), event(1, 9, 4)}}, 2,
                   rule_of(SplitKind::user_time));
  const auto at = [](int second) { return Time{std::chrono::seconds{second}}; };
  EXPECT_EQ(future_begins(split), (std::vector<Time>{at(5), at(9)}));
  const std::vector<DatedRecord> fine{
      {"early", 0, at(4)}, {"other", 1, at(8)}, {"described", std::nullopt, at(100)}};
  EXPECT_FALSE(find_leak(fine, split));
  const std::vector<DatedRecord> late{{"early", 0, at(4)}, {"a text", 0, at(5)}};
  ASSERT_TRUE(find_leak(late, split));
  EXPECT_TRUE(find_leak(late, split)->starts_with("a text at "));

  const Split cut =
      split_events({{event(0, 1, 1)}, {event(0, 20, 3)}}, 2, rule_of(SplitKind::as_of));
  const std::vector<DatedRecord> described{{"item x", std::nullopt, at(13)}};
  EXPECT_TRUE(find_leak(described, cut));
  const std::vector<DatedRecord> in_time{{"item x", std::nullopt, at(12)}};
  EXPECT_FALSE(find_leak(in_time, cut));
}

}  // namespace
}  // namespace limn
