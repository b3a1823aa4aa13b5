#include "limn/store/store.h"

#include <algorithm>
#include <fstream>
#include <thread>

#include <gtest/gtest.h>

#include "limn/core/file.h"
#include "limn/core/parallel.h"
#include "limn/store/testing.h"

namespace limn {
namespace {

Store new_store(const TemporaryFolder& folder) {
  Result<Store> store = Store::create(folder.path() / "shop");
  EXPECT_TRUE(store) << store.error().message;
  return std::move(*store);
}

// Every event the store has, by key, read in the way of an export.
std::map<EventKey, Event> all_events(const Store& store) {
  std::map<EventKey, Event> events;
  const Result<void> visited = store.for_each_event([&](const Event& event) -> Result<void> {
    EXPECT_TRUE(events.emplace(key_of(event), event).second);
    return {};
  });
  EXPECT_TRUE(visited) << visited.error().message;
  return events;
}

void expect_same_content(const std::map<EventKey, Event>& found,
                         const std::map<EventKey, Event>& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (auto [key, event] : found) {
    ASSERT_TRUE(expected.contains(key));
    event.id = 0;
    EXPECT_EQ(event, expected.at(key));
  }
}

const Item pen{.id = "pen",
               .title = "Pen \xe2\x9c\x8e",
               .text = "writes",
               .categories = {"office", "ink"},
               .tags = {"blue \"ink\"", "\xe7\xac\x94"},
               .attributes = {{"price", "1.5"}, {"", "empty key"}},
               .created_at = at_second(-5),
               .hidden = true,
               .media = {"a.png"}};
const User ann{.id = "ann",
               .text = std::string("zero\0inside", 11),
               .tags = {"reader"},
               .attributes = {{"city", "Graz"}},
               .created_at = at_second(7)};

TEST(Store, ReadsBackUsersAndItemsAsTheyWereWritten) {
  const TemporaryFolder folder;
  Store store = new_store(folder);
  const User bare{.id = "bob"};
  const auto report = store.write({.users = std::vector{ann, bare}, .items = std::vector{pen}});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->users, (WriteCounts{.added = 2}));
  EXPECT_EQ(*store.read_users(), (std::vector{ann, bare}));
  EXPECT_EQ(*store.read_items(), std::vector{pen});
  EXPECT_EQ(*store.read_user_ids(), (std::vector<std::string>{"ann", "bob"}));
  EXPECT_EQ(store.find_item("pen")->value(), 0U);
  EXPECT_EQ(store.user(1)->value(), bare);
  EXPECT_EQ(store.item(0)->value(), pen);
  EXPECT_FALSE(store.item(1)->has_value());
  EXPECT_FALSE(store.find_user("pen")->has_value());
  const std::vector<ItemIndex> asked = {5, 0};
  const ItemName name{.id = pen.id, .title = pen.title, .hidden = pen.hidden};
  EXPECT_EQ(*store.item_names(asked), (std::vector{ItemName{}, name}));
}

TEST(Store, CountsWhatIsNewWhatChangedAndWhatWasThere) {
  const TemporaryFolder folder;
  Store store = new_store(folder);
  ASSERT_TRUE(store.write({.users = std::vector{ann}, .items = std::vector{pen}}));
  User moved = ann;
  moved.attributes["city"] = "Wien";
  const auto report = store.write({.users = std::vector{moved, moved}, .items = std::vector{pen}});
  EXPECT_EQ(report->users, (WriteCounts{.updated = 1, .duplicates = 1}));
  EXPECT_EQ(report->items, (WriteCounts{.duplicates = 1}));
  EXPECT_EQ(store.user(0)->value(), moved);
}

TEST(Store, KeepsTheNewerOfTwoEventsWithOneKeyUnderTheOlderId) {
  const TemporaryFolder folder;
  Store store = new_store(folder);
  const Event first{.user = "ann", .item = "pen", .kind = "rate", .value = 3, .text = "fine"};
  Event second = first;
  second.value = 5;
  second.text = "";
  const std::int64_t id = *store.append(first);
  EXPECT_EQ(*store.append(first), id);
  EXPECT_EQ(*store.append(second), id);
  const auto events = *store.user_events(0);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].value, 5);
  EXPECT_EQ(events[0].text, "");
  EXPECT_EQ(store.counts()->event_texts, 0U);
}

TEST(Store, KeepsWhatRandomEventsSayLastHoweverTheyAreCutIntoBatches) {
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    SCOPED_TRACE(seed);
    const TemporaryFolder folder;
    Store store = new_store(folder);
    const std::vector<Event> events = random_events(2000, seed);
    const auto expected = last_of_each_key(events);

    auto import = *store.begin_import();
    Random random(seed);
    WriteReport report;
    for (std::size_t begin = 0; begin < events.size();) {
      const std::size_t count = std::min(events.size() - begin, 1 + random.below(700));
      ASSERT_TRUE(import.write({.events = std::span(events).subspan(begin, count)}));
      begin += count;
    }
    report = *import.commit();
    EXPECT_EQ(report.events.added, expected.size());
    EXPECT_EQ(report.events.added + report.events.updated + report.events.duplicates,
              events.size());
    expect_same_content(all_events(store), expected);
    EXPECT_EQ(store.counts()->events, expected.size());
    EXPECT_TRUE(store.verify()->empty());

    const auto again = *store.write({.events = events});
    EXPECT_EQ(again.events.added, 0U);
    expect_same_content(all_events(store), expected);
  }
}

TEST(Store, ReadsEventsAsColumnsOrderedByUserTimeAndId) {
  const TemporaryFolder folder;
  Store store = new_store(folder);
  // More than a thousand users a thread, so that several threads read.
  std::vector<Event> events = random_events(60'000, 1);
  ASSERT_TRUE(store.write({.events = events}));
  const EventTable table = *store.read_events();
  const auto users = *store.read_user_ids();
  const auto items = *store.read_item_ids();
  auto expected = all_events(store);
  ASSERT_GT(users.size(), 2000U);
  ASSERT_EQ(table.users(), users.size());
  ASSERT_EQ(table.size(), expected.size());
  EXPECT_EQ(table.items, items.size());
  EXPECT_EQ(table.offsets.back(), table.size());
  for (std::size_t u = 0; u < table.users(); ++u) {
    for (std::size_t r = table.offsets[u]; r < table.offsets[u + 1]; ++r) {
      ASSERT_EQ(table.user[r], u);
      if (r > table.offsets[u]) {
        EXPECT_LT(std::pair(table.time[r - 1], table.id[r - 1]),
                  std::pair(table.time[r], table.id[r]));
      }
      const std::string item = table.item[r] == no_item ? "" : items[table.item[r]];
      const Event& event = expected.at({users[u], table.time[r], item, table.kinds[table.kind[r]]});
      EXPECT_EQ(event.id, table.id[r]);
      EXPECT_EQ(event.value, table.value[r]);
    }
  }
  const EventTable history = *store.history(7);
  ASSERT_EQ(history.size(), table.offsets[8] - table.offsets[7]);
  for (std::size_t r = 0; r < history.size(); ++r) {
    EXPECT_EQ(history.id[r], table.id[table.offsets[7] + r]);
  }
}

TEST(Store, ReadsTheSameEventsOnAnyNumberOfThreads) {
  const TemporaryFolder folder;
  Store store = new_store(folder);
  ASSERT_TRUE(store.write({.events = random_events(100'000, 3)}));
  set_thread_count(1);
  const EventTable one = *store.read_events();
  set_thread_count(4);
  const EventTable four = *store.read_events();
  set_thread_count(2);
  EXPECT_EQ(one.id, four.id);
  EXPECT_EQ(one.offsets, four.offsets);
  EXPECT_EQ(one.value, four.value);
}

TEST(Store, RefusesWhatCannotBeKept) {
  const TemporaryFolder folder;
  Store store = new_store(folder);
  const Event good{.user = "ann", .item = "pen", .kind = "view"};
  std::vector<Event> bad(3, good);
  bad[0].user = "";
  bad[1].kind = "";
  bad[2].value = std::numeric_limits<float>::quiet_NaN();
  for (const Event& event : bad) {
    const auto id = store.append(event);
    ASSERT_FALSE(id);
    EXPECT_EQ(id.error().code, ErrorCode::invalid_argument);
    EXPECT_FALSE(store.write({.events = std::vector{good, event}}));
  }
  Item broken = pen;
  broken.tags = {"\xff"};
  EXPECT_EQ(store.write({.items = std::vector{broken}}).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(store.counts()->events, 0U);
  EXPECT_EQ(store.counts()->user_numbers, 0U);
  EXPECT_TRUE(store.append(good));
}

TEST(Store, ForgetsAnImportThatIsNotCommitted) {
  const TemporaryFolder folder;
  Store store = new_store(folder);
  {
    auto import = *store.begin_import();
    ASSERT_TRUE(import.write({.users = std::vector{ann}, .events = random_events(100, 1)}));
  }
  EXPECT_EQ(store.counts()->users, 0U);
  EXPECT_EQ(*store.append({.user = "bob", .kind = "search", .text = "ink"}), 1);
}

TEST(Store, GivesEveryCallerOfAppendAnIdOfItsOwn) {
  const TemporaryFolder folder;
  Store store = new_store(folder);
  constexpr int threads = 16;
  constexpr int each = 40;
  std::vector<std::vector<std::int64_t>> ids(threads);
  {
    std::vector<std::jthread> writers;
    for (int t = 0; t < threads; ++t) {
      writers.emplace_back([&, t] {
        for (int i = 0; i < each; ++i) {
          ids[t].push_back(*store.append(
              {.user = fmt::format("u{}", t), .item = fmt::format("i{}", i), .kind = "view"}));
          EXPECT_FALSE(store.append({.user = "", .kind = "view"}));
        }
      });
    }
  }
  std::map<std::int64_t, EventKey> by_id;
  for (const auto& [key, event] : all_events(store)) by_id[event.id] = key;
  ASSERT_EQ(by_id.size(), std::size_t{threads * each});
  for (int t = 0; t < threads; ++t) {
    for (int i = 0; i < each; ++i) {
      const auto [user, time, item, kind] = by_id.at(ids[t][i]);
      EXPECT_EQ(user, fmt::format("u{}", t));
      EXPECT_EQ(item, fmt::format("i{}", i));
    }
  }
  EXPECT_LT(store.counts()->changes, std::uint64_t{threads * each}) << "no commit was shared";
}

TEST(Store, ReadsWhileOthersWrite) {
  const TemporaryFolder folder;
  Store store = new_store(folder);
  ASSERT_TRUE(store.write({.events = random_events(50'000, 1)}));
  std::jthread writer([&](const std::stop_token& stop) {
    for (std::int64_t i = 0; !stop.stop_requested(); ++i) {
      EXPECT_TRUE(store.append({.user = "w", .kind = "search", .time = at_second(i)}));
    }
  });
  std::size_t before = 0;
  for (int i = 0; i < 5; ++i) {
    const auto table = store.read_events();
    ASSERT_TRUE(table) << table.error().message;
    EXPECT_GE(table->size(), before);
    before = table->size();
  }
}

TEST(Store, KeepsEdges) {
  const TemporaryFolder folder;
  Store store = new_store(folder);
  const std::vector<Edge> edges = {{"ann", "bob", "follow", at_second(1)},
                                   {"bob", "ann", "block", at_second(2)},
                                   {"bob", "cid", "follow", at_second(3)}};
  EXPECT_EQ(store.write({.edges = edges})->edges, (WriteCounts{.added = 3}));
  std::vector<Edge> later = {edges[0], edges[1]};
  later[0].time = at_second(9);
  EXPECT_EQ(store.write({.edges = later})->edges, (WriteCounts{.updated = 1, .duplicates = 1}));
  EXPECT_EQ(*store.read_edges(), (std::vector<NumberedEdge>{{0, 1, "follow", at_second(9)},
                                                            {1, 0, "block", at_second(2)},
                                                            {1, 2, "follow", at_second(3)}}));
  EXPECT_EQ(*store.user_edges(0), (std::vector<Edge>{later[0], later[1]}));
}

TEST(Store, KeepsEveryVersionOfAStrategy) {
  const TemporaryFolder folder;
  Store store = new_store(folder);
  EXPECT_FALSE(store.current_strategy()->has_value());
  ASSERT_EQ(store.append_strategy("first", {{"decay", 30}}, at_second(1))->version, 1);
  ASSERT_EQ(store.append_strategy("second", {{"decay", 7.5}}, at_second(2))->version, 2);
  EXPECT_EQ(store.current_strategy()->value().name, "second");
  EXPECT_EQ(store.current_strategy()->value().parameters.at("decay"), 7.5);
  EXPECT_EQ(store.strategy_history()->size(), 2U);
  EXPECT_FALSE(store.setting("encoder")->has_value());
  ASSERT_TRUE(store.set_setting("encoder", "lsa"));
  EXPECT_EQ(store.setting("encoder")->value(), "lsa");
}

TEST(Store, IsTheSameAfterItWasClosedAndOpened) {
  const TemporaryFolder folder;
  const std::vector<Event> events = random_events(500, 2);
  {
    Store store = new_store(folder);
    ASSERT_TRUE(store.write({.users = std::vector{ann}, .events = events}));
  }
  auto store = Store::open(folder.path() / "shop");
  ASSERT_TRUE(store) << store.error().message;
  expect_same_content(all_events(*store), last_of_each_key(events));
  EXPECT_EQ(Store::create(folder.path() / "shop").error().code, ErrorCode::invalid_argument);
}

TEST(Store, RefusesWhatIsNoDatabaseOfItsOwn) {
  const TemporaryFolder folder;
  EXPECT_EQ(Store::open(folder.path()).error().code, ErrorCode::not_found);
  const auto file = folder.path() / "limn.db";
  ASSERT_TRUE(write_file_atomically(file, std::string(5000, 'x')));
  EXPECT_EQ(Store::open(folder.path()).error().code, ErrorCode::corrupt);
  ASSERT_TRUE(write_file_atomically(file, ""));
  EXPECT_EQ(Store::open(folder.path()).error().code, ErrorCode::not_found);
  EXPECT_TRUE(Store::create(folder.path())) << "an empty file is what a crash in create() leaves";
}

TEST(Store, CopiesItselfWhole) {
  const TemporaryFolder folder;
  Store store = new_store(folder);
  ASSERT_TRUE(store.write({.events = random_events(3000, 1)}));
  std::filesystem::create_directories(folder.path() / "copy");
  ASSERT_TRUE(store.copy_to(folder.path() / "copy" / "limn.db"));
  const auto copy = Store::open(folder.path() / "copy");
  ASSERT_TRUE(copy) << copy.error().message;
  EXPECT_EQ(all_events(*copy), all_events(store));
  EXPECT_TRUE(copy->verify()->empty());
  EXPECT_EQ(store.copy_to(folder.path() / "copy" / "limn.db").error().code,
            ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace limn
