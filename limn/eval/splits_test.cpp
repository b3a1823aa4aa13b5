#include "limn/eval/splits.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "limn/core/random.h"

namespace limn {
namespace {

HistoryEntry event(ItemIndex item, int second, std::int64_t id) {
  return {.item = item, .weight = 1, .time = Time{std::chrono::seconds{second}}, .event = id};
}

// Users with 0 to 11 events, many at the same second; event ids are distinct.
UserHistories random_events(std::size_t users, std::size_t items, std::uint64_t seed) {
  Random random(seed);
  UserHistories events(users);
  std::int64_t id = 0;
  for (auto& list : events) {
    for (std::uint64_t n = random.below(12); n > 0; --n) {
      list.push_back(event(static_cast<ItemIndex>(random.below(items)),
                           static_cast<int>(random.below(20)), ++id));
    }
    random.shuffle(std::span(list));
  }
  return events;
}

std::set<std::int64_t> ids(const std::vector<HistoryEntry>& list) {
  std::set<std::int64_t> result;
  for (const HistoryEntry& entry : list) result.insert(entry.event);
  return result;
}

std::vector<ItemIndex> items_of(const std::vector<HistoryEntry>& list) {
  std::vector<ItemIndex> result;
  for (const HistoryEntry& entry : list) result.push_back(entry.item);
  return result;
}

bool in_order(const std::vector<HistoryEntry>& list) {
  return std::ranges::is_sorted(list, [](const HistoryEntry& a, const HistoryEntry& b) {
    return std::pair(a.time, a.event) < std::pair(b.time, b.event);
  });
}

TEST(SplitRule, IsReadAndWritten) {
  for (const char* text : {"time=0.8", "user-time=0.75", "user-random=0.8:7",
                           "as-of=2026-01-31T00:00:00Z", "last-one"}) {
    const auto rule = parse_split_rule(text);
    ASSERT_TRUE(rule) << text;
    EXPECT_EQ(to_text(*rule), text);
  }
}

TEST(SplitRule, RefusesWhatIsNone) {
  for (const char* text :
       {"", "time", "time=", "time=0", "time=1", "time=-1", "time=nan", "time=inf", "time=0.8x",
        "user-time=2", "last-two", "given", "=0.8", "user-random=0.8:", "user-random=0.8:x",
        "user-random=:7", "as-of=", "as-of=soon"}) {
    SCOPED_TRACE(text);
    const auto rule = parse_split_rule(text);
    ASSERT_FALSE(rule);
    EXPECT_EQ(rule.error().code, ErrorCode::invalid_argument);
  }
}

TEST(SplitEvents, LosesAndInventsNothing) {
  for (const SplitKind kind : {SplitKind::time, SplitKind::as_of, SplitKind::user_time,
                               SplitKind::user_random, SplitKind::last_one, SplitKind::given}) {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      SCOPED_TRACE(seed);
      const UserHistories events = random_events(30, 9, seed);
      const Split split = split_events(events, 9, {.kind = kind, .share = 0.7});
      ASSERT_EQ(split.users(), events.size());
      for (std::size_t user = 0; user < events.size(); ++user) {
        std::set<std::int64_t> all;
        std::size_t count = 0;
        for (const auto* part : {&split.train, &split.valid, &split.test}) {
          EXPECT_TRUE(in_order((*part)[user]));
          all.merge(ids((*part)[user]));
          count += (*part)[user].size();
        }
        EXPECT_EQ(all, ids(events[user]));
        EXPECT_EQ(count, events[user].size());
      }
    }
  }
}

TEST(SplitEvents, DoesNotDependOnTheOrderOfTheEvents) {
  UserHistories events = random_events(20, 9, 3);
  const Split first = split_events(events, 9, {.kind = SplitKind::user_time});
  for (auto& list : events) std::ranges::reverse(list);
  const Split second = split_events(events, 9, {.kind = SplitKind::user_time});
  EXPECT_EQ(first.train, second.train);
  EXPECT_EQ(first.test, second.test);
}

TEST(SplitEvents, TimeCutsEveryoneAtTheQuantile) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    SCOPED_TRACE(seed);
    const UserHistories events = random_events(30, 9, seed);
    const Split split = split_events(events, 9, {.kind = SplitKind::time, .share = 0.8});

    std::vector<Time> times;
    for (const auto& list : events) {
      for (const auto& entry : list) times.push_back(entry.time);
    }
    std::ranges::sort(times);
    const Time cut = times[static_cast<std::size_t>(0.8 * static_cast<double>(times.size()))];
    for (std::size_t user = 0; user < events.size(); ++user) {
      for (const auto& entry : split.train[user]) EXPECT_LT(entry.time, cut);
      for (const auto& entry : split.test[user]) EXPECT_GE(entry.time, cut);
    }
  }
}

TEST(SplitEvents, TimeCountsTheUsersOnBothSides) {
  // Ten events at seconds 0 to 9: the cut is at second 8.
  const UserHistories events = {
      {event(0, 0, 1), event(1, 9, 2)},
      {event(0, 1, 3), event(1, 2, 4), event(2, 3, 5), event(3, 4, 6), event(0, 5, 7)},
      {event(2, 8, 8)},
      {event(3, 6, 9), event(2, 7, 10)},
  };
  const Split split = split_events(events, 4, {.kind = SplitKind::time, .share = 0.8});
  EXPECT_EQ(count_events(split.train), 8U);
  EXPECT_EQ(count_events(split.test), 2U);
  EXPECT_EQ(count_users_on_both_sides(split), 1U);
}

TEST(SplitEvents, UserTimeKeepsTheFirstShareOfEachUser) {
  for (std::size_t m = 0; m < 25; ++m) {
    SCOPED_TRACE(m);
    UserHistories events(1);
    for (std::size_t i = 0; i < m; ++i) {
      events[0].push_back(
          event(static_cast<ItemIndex>(i), static_cast<int>(i / 2), static_cast<std::int64_t>(i)));
    }
    const Split split = split_events(events, m, {.kind = SplitKind::user_time, .share = 0.8});
    const std::size_t expected = m < 2 ? m : std::max<std::size_t>(1, m * 4 / 5);
    ASSERT_EQ(split.train[0].size(), expected);
    EXPECT_EQ(split.test[0].size(), m - expected);
    if (m >= 2) {
      EXPECT_EQ(split.test[0].front().item, expected);
    }
  }
}

TEST(SplitEvents, AsOfTakesTheMomentItselfIntoThePast) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    SCOPED_TRACE(seed);
    const Time moment{std::chrono::seconds{12}};
    const Split split =
        split_events(random_events(30, 9, seed), 9, {.kind = SplitKind::as_of, .moment = moment});
    ASSERT_TRUE(split.cut);
    for (std::size_t user = 0; user < split.users(); ++user) {
      for (const auto& entry : split.train[user]) {
        EXPECT_LE(entry.time, moment);
        EXPECT_LT(entry.time, *split.cut);
      }
      for (const auto& entry : split.test[user]) EXPECT_GE(entry.time, *split.cut);
    }
    EXPECT_GT(count_events(split.train), 0U);
    EXPECT_GT(count_events(split.test), 0U);
  }
}

TEST(SplitEvents, UserRandomDrawsTheSameNumberAsUserTimeButAnyOfThem) {
  const UserHistories events = random_events(200, 9, 11);
  const SplitRule rule{.kind = SplitKind::user_random, .share = 0.7, .seed = 5};
  const Split split = split_events(events, 9, rule);
  const Split by_time = split_events(events, 9, {.kind = SplitKind::user_time, .share = 0.7});
  std::size_t first_is_test = 0;
  std::size_t drawn_from = 0;
  for (std::size_t user = 0; user < events.size(); ++user) {
    EXPECT_EQ(split.train[user].size(), by_time.train[user].size());
    if (events[user].size() < 2) continue;
    drawn_from += 1;
    first_is_test += split.test[user].front().event == by_time.train[user].front().event ? 1 : 0;
  }
  // The oldest event is drawn for the test part about three times in ten.
  EXPECT_GT(first_is_test, drawn_from / 6);
  EXPECT_LT(first_is_test, drawn_from / 2);
  EXPECT_EQ(split_events(events, 9, rule).test, split.test);
  EXPECT_NE(split_events(events, 9, {.kind = SplitKind::user_random, .share = 0.7, .seed = 6}).test,
            split.test);
}

TEST(SplitEvents, LastOneHoldsOutTheLastTwo) {
  const UserHistories events = {{},
                                {event(0, 5, 1)},
                                {event(0, 5, 1), event(1, 5, 2)},
                                {event(3, 7, 9), event(2, 7, 4), event(1, 1, 8), event(0, 7, 11)}};
  const Split split = split_events(events, 4, {.kind = SplitKind::last_one});
  EXPECT_EQ(items_of(split.train[1]), (std::vector<ItemIndex>{0}));
  EXPECT_EQ(items_of(split.train[2]), (std::vector<ItemIndex>{0}));
  EXPECT_EQ(items_of(split.test[2]), (std::vector<ItemIndex>{1}));
  EXPECT_TRUE(split.valid[2].empty());
  // At second 7 the event ids decide: 4, 9, 11.
  EXPECT_EQ(items_of(split.train[3]), (std::vector<ItemIndex>{1, 2}));
  EXPECT_EQ(items_of(split.valid[3]), (std::vector<ItemIndex>{3}));
  EXPECT_EQ(items_of(split.test[3]), (std::vector<ItemIndex>{0}));
}

TEST(SplitEvents, SurvivesNoEventsAndOneMomentForAll) {
  const Split empty = split_events({}, 0, {.kind = SplitKind::time});
  EXPECT_EQ(empty.users(), 0U);
  // All at one moment: nothing lies before the cut.
  const Split flat = split_events({{event(0, 1, 1), event(1, 1, 2)}}, 2, {.kind = SplitKind::time});
  EXPECT_EQ(count_events(flat.train), 0U);
  EXPECT_EQ(count_events(flat.test), 2U);
}

TEST(ValidationSplit, NeverHoldsATestEvent) {
  for (const SplitKind kind : {SplitKind::time, SplitKind::as_of, SplitKind::user_time,
                               SplitKind::user_random, SplitKind::last_one, SplitKind::given}) {
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
      SCOPED_TRACE(seed);
      const Time moment{std::chrono::seconds{14}};
      const Split split = split_events(random_events(40, 9, seed), 9,
                                       {.kind = kind, .share = 0.6, .moment = moment});
      const Split inner = validation_split(split, seed);
      EXPECT_GT(count_events(inner.test), 0U);
      EXPECT_EQ(count_events(inner.valid), 0U);
      for (std::size_t user = 0; user < split.users(); ++user) {
        std::set<std::int64_t> known = ids(split.train[user]);
        known.merge(ids(split.valid[user]));
        std::set<std::int64_t> used = ids(inner.train[user]);
        used.merge(ids(inner.test[user]));
        EXPECT_EQ(used, known);
      }
    }
  }
}

TEST(ValidationSplit, UsesTheValidationPartWhereThereIsOne) {
  const Split split = split_events(random_events(40, 9, 1), 9, {.kind = SplitKind::last_one});
  const Split inner = validation_split(split, 1);
  EXPECT_EQ(inner.train, split.train);
  EXPECT_EQ(inner.test, split.valid);
}

TEST(ValidationSplit, LendsARandomTenthOfAGivenSplit) {
  UserHistories events(1);
  for (int i = 0; i < 40; ++i) events[0].push_back(event(static_cast<ItemIndex>(i), 0, i));
  const Split split = split_events(events, 40, {.kind = SplitKind::given});
  const Split inner = validation_split(split, 7);
  EXPECT_EQ(inner.test[0].size(), 4U);
  EXPECT_EQ(validation_split(split, 7).test, inner.test);
  EXPECT_NE(validation_split(split, 8).test, inner.test);
}

TEST(MergeValidation, PutsTheEventsBackInOrderAndSaysSo) {
  const UserHistories events = random_events(40, 9, 5);
  Split split = split_events(events, 9, {.kind = SplitKind::last_one});
  const std::size_t before = count_events(split.train) + count_events(split.valid);
  merge_validation(split);
  EXPECT_TRUE(split.trained_on_valid);
  EXPECT_EQ(count_events(split.train), before);
  EXPECT_EQ(count_events(split.valid), 0U);
  for (const auto& list : split.train) EXPECT_TRUE(in_order(list));
}

}  // namespace
}  // namespace limn
