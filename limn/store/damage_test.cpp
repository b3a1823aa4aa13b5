// What a Store does when its files are damaged, its process is killed, or a user must vanish.
#include <algorithm>
#include <csignal>
#include <fstream>
#include <optional>
#include <set>
#include <thread>

#include <gtest/gtest.h>
#include <sys/wait.h>

#include "limn/core/file.h"
#include "limn/store/store.h"
#include "limn/store/testing.h"

namespace limn {
namespace {

// All that full reads return, as one text.
Result<std::string> read_everything(const std::filesystem::path& folder) {
  LIMN_TRY(const Store store, Store::open(folder));
  LIMN_TRY(const std::vector<User> users, store.read_users());
  LIMN_TRY(const std::vector<Item> items, store.read_items());
  LIMN_TRY(const std::vector<NumberedEdge> edges, store.read_edges());
  LIMN_TRY(const std::vector<EventText> texts, store.read_event_texts());
  LIMN_TRY(const EventTable events, store.read_events());
  LIMN_TRY(const std::vector<StrategyVersion> strategies, store.strategy_history());
  std::string all;
  for (const User& user : users) {
    all += fmt::format("{} {} {} {}\n", user.id, user.text, user.tags.size(),
                       user.created_at.has_value());
    for (const auto& [key, value] : user.attributes) all += key + value;
  }
  for (const Item& item : items) {
    all += fmt::format("{} {} {} {}\n", item.id, item.title, item.text, item.hidden);
    for (const auto& tag : item.tags) all += tag;
  }
  for (const NumberedEdge& edge : edges) {
    all += fmt::format("{} {} {} {}\n", edge.from, edge.to, edge.kind, format_time(edge.time));
  }
  for (const EventText& text : texts) {
    all += fmt::format("{} {} {}\n", text.event, text.user, text.text);
  }
  for (std::size_t r = 0; r < events.size(); ++r) {
    all += fmt::format("{} {} {} {} {} {}\n", events.id[r], events.user[r], events.item[r],
                       events.kinds[events.kind[r]], events.value[r],
                       events.time[r].time_since_epoch().count());
  }
  for (const StrategyVersion& s : strategies) all += s.name + to_text(s.parameters);
  return all;
}

// A database in one file of some hundred kilobytes.
void fill(const std::filesystem::path& folder) {
  Store store = Store::create(folder).value();
  std::vector<User> users;
  std::vector<Item> items;
  std::vector<Edge> edges;
  for (int i = 0; i < 150; ++i) {
    users.push_back({.id = fmt::format("u{}", i), .text = "bio", .attributes = {{"n", "1"}}});
    items.push_back({.id = fmt::format("i{}", i), .title = "title", .tags = {"a", "b"}});
    edges.push_back({users[i].id, fmt::format("u{}", i / 2), "follow", at_second(i)});
  }
  ASSERT_TRUE(store.write(
      {.users = users, .items = items, .events = random_events(3000, 1), .edges = edges}));
  ASSERT_TRUE(store.append_strategy("first", {{"decay", 30}}, at_second(1)));
  ASSERT_TRUE(store.scrub());
}

void overwrite(const std::filesystem::path& folder, const std::string& bytes) {
  for (const char* name : {"limn.db-wal", "limn.db-shm"}) std::filesystem::remove(folder / name);
  std::ofstream(folder / "limn.db", std::ios::binary | std::ios::trunc) << bytes;
}

TEST(DamagedStore, NeverReturnsWhatWasNotWritten) {
  const TemporaryFolder folder;
  fill(folder.path());
  const std::string intact = *read_file(folder.path() / "limn.db");
  const std::string expected = *read_everything(folder.path());
  Random random(1);
  int refused = 0;
  for (int i = 0; i < 400; ++i) {
    std::string bytes = intact;
    const std::size_t place = random.below(bytes.size());
    bytes[place] = static_cast<char>(bytes[place] ^ (1 << random.below(8)));
    overwrite(folder.path(), bytes);
    const Result<std::string> found = read_everything(folder.path());
    refused += found ? 0 : 1;
    if (found) {
      EXPECT_EQ(*found, expected) << "byte " << place << " changed what is read";
    }
  }
  EXPECT_GT(refused, 150) << "most bytes of the file are rows";
}

TEST(DamagedStore, RefusesAFileThatWasCutShort) {
  const TemporaryFolder folder;
  fill(folder.path());
  const std::string intact = *read_file(folder.path() / "limn.db");
  Random random(2);
  for (int i = 0; i < 60; ++i) {
    overwrite(folder.path(), intact.substr(0, 1 + random.below(intact.size() - 1)));
    const Result<std::string> found = read_everything(folder.path());
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::corrupt) << found.error().message;
  }
}

TEST(DamagedStore, SurvivesPagesOfNoise) {
  const TemporaryFolder folder;
  fill(folder.path());
  const std::string intact = *read_file(folder.path() / "limn.db");
  const std::string expected = *read_everything(folder.path());
  Random random(3);
  for (int i = 0; i < 100; ++i) {
    std::string bytes = intact;
    const std::size_t page = 4096 * random.below(bytes.size() / 4096);
    for (std::size_t b = 0; b < 4096; b += 1 + random.below(64)) {
      bytes[page + b] = static_cast<char>(random.next());
    }
    overwrite(folder.path(), bytes);
    const Result<std::string> found = read_everything(folder.path());
    if (found) {
      EXPECT_EQ(*found, expected) << "page " << page / 4096;
    }
  }
}

TEST(DamagedStore, IsNamedByVerify) {
  const TemporaryFolder folder;
  fill(folder.path());
  ASSERT_TRUE(Store::open(folder.path())->verify()->empty());
  std::string bytes = *read_file(folder.path() / "limn.db");
  const std::size_t place = bytes.find("text 1");
  ASSERT_NE(place, std::string::npos);
  bytes[place] = 'T';
  overwrite(folder.path(), bytes);
  const auto findings = Store::open(folder.path())->verify();
  ASSERT_EQ(findings->size(), 1U);
  EXPECT_NE(findings->front().find("event_texts"), std::string::npos) << findings->front();
}

constexpr int appending_threads = 3;
constexpr std::size_t write_size = 100;

// Writes until it is killed, and reports what was acknowledged to `pipe`: "a THREAD NUMBER" for an
// event, "w NUMBER" for a write of many.
[[noreturn]] void write_until_killed(const std::filesystem::path& folder, int round, int pipe) {
  Result<Store> store = Store::open(folder);
  if (!store) ::_exit(1);
  const auto report = [&](const std::string& line) {
    // One write of few bytes is whole or absent in a pipe.
    if (::write(pipe, line.data(), line.size()) < 0) ::_exit(1);
  };
  std::vector<std::jthread> threads;
  for (int t = 0; t < appending_threads; ++t) {
    threads.emplace_back([&, t] {
      for (int n = 0;; ++n) {
        const auto id = store->append(
            {.user = fmt::format("a {} {} {}", round, t, n), .kind = "search", .text = "words"});
        if (!id) ::_exit(2);
        report(fmt::format("a {} {} {}\n", round, t, n));
      }
    });
  }
  for (int n = 0;; ++n) {
    std::vector<Event> events;
    for (std::size_t i = 0; i < write_size; ++i) {
      events.push_back({.user = fmt::format("w {} {}", round, n),
                        .item = fmt::format("i{}", i),
                        .kind = "view"});
    }
    if (!store->write({.events = events})) ::_exit(3);
    report(fmt::format("w {} {}\n", round, n));
  }
}

std::string read_to_end(int pipe) {
  std::string text;
  char block[4096];
  for (ssize_t count = 0; (count = ::read(pipe, block, sizeof(block))) > 0;) {
    text.append(block, static_cast<std::size_t>(count));
  }
  return text;
}

TEST(KilledStore, LosesNothingThatWasAcknowledged) {
  const TemporaryFolder folder;
  ASSERT_TRUE(Store::create(folder.path()));
  Random random(4);
  std::set<std::string> acknowledged;
  for (int round = 0; round < 50; ++round) {
    int pipe[2];
    ASSERT_EQ(::pipe(pipe), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) write_until_killed(folder.path(), round, pipe[1]);
    ::close(pipe[1]);
    ::usleep(static_cast<useconds_t>(random.below(60'000)));
    ::kill(child, SIGKILL);
    std::string text = read_to_end(pipe[0]);
    ::close(pipe[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << "a write failed by itself: " << WEXITSTATUS(status);
    for (std::size_t end = 0; (end = text.find('\n')) != std::string::npos;) {
      acknowledged.insert(text.substr(0, end));
      text.erase(0, end + 1);
    }
  }
  const auto store = Store::open(folder.path());
  ASSERT_TRUE(store) << store.error().message;
  const std::vector<std::string> users = *store->read_user_ids();
  const EventTable events = *store->read_events();
  for (std::size_t u = 0; u < users.size(); ++u) {
    const std::size_t count = events.offsets[u + 1] - events.offsets[u];
    EXPECT_EQ(count, users[u][0] == 'w' ? write_size : 1) << users[u] << " is half written";
    acknowledged.erase(users[u]);
  }
  EXPECT_TRUE(acknowledged.empty()) << *acknowledged.begin() << " was acknowledged and is lost";
  EXPECT_GT(users.size(), 100U) << "hardly anything was written: the test has shown nothing";
  EXPECT_TRUE(store->verify()->empty());
}

std::string word_of(Random& random) {
  std::string word;
  for (int i = 0; i < 14; ++i) word += static_cast<char>('a' + random.below(26));
  return word;
}

// How often the tails of `words`, of eight bytes, stand in the files of `folder`.
std::size_t count_traces(const std::filesystem::path& folder,
                         const std::vector<std::string>& words) {
  std::size_t hits = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string bytes = *read_file(entry.path());
    for (const std::string& word : words) {
      const std::string tail = word.substr(word.size() - 8);
      for (std::size_t at = bytes.find(tail); at != std::string::npos;
           at = bytes.find(tail, at + 1)) {
        hits += 1;
      }
    }
  }
  return hits;
}

TEST(ErasedUser, LeavesNoByteInAnyFile) {
  const TemporaryFolder folder;
  Store store = Store::create(folder.path()).value();
  Random random(5);
  std::vector<std::string> ids;
  std::vector<std::string> words;
  for (int round = 0; round < 10; ++round) {
    std::vector<User> users;
    std::vector<Event> events;
    std::vector<Edge> edges;
    for (int u = 0; u < 100; ++u) {
      User user{.id = word_of(random),
                .text = word_of(random),
                .tags = {word_of(random)},
                .attributes = {{"city", word_of(random)}}};
      for (int e = 0; e < 5; ++e) {
        events.push_back({.user = user.id,
                          .item = fmt::format("i{}", e),
                          .kind = "review",
                          .text = word_of(random)});
      }
      edges.push_back({user.id, "someone", "follow"});
      if (u % 10 == 0) {
        ids.push_back(user.id);
        words.insert(words.end(), {user.id, user.text, user.tags[0], user.attributes["city"]});
        for (int e = 0; e < 5; ++e) words.push_back(events[events.size() - 1 - e].text);
      }
      users.push_back(std::move(user));
    }
    ASSERT_TRUE(store.write({.users = users, .events = events, .edges = edges}));
  }
  ASSERT_GT(count_traces(folder.path(), words), words.size());
  const StoreCounts before = *store.counts();
  // What removing alone does not do: the log still holds the pages as they were.
  ASSERT_EQ(*store.remove_events(ids[0], "i0", ""), 1U);
  ASSERT_GT(count_traces(folder.path(), words), words.size());

  const auto receipt = store.erase_users(ids);
  ASSERT_TRUE(receipt) << receipt.error().message;
  EXPECT_EQ(receipt->users, 100U);
  EXPECT_EQ(receipt->events, 499U);
  EXPECT_EQ(receipt->event_texts, 499U);
  EXPECT_EQ(receipt->edges, 100U);
  EXPECT_TRUE(receipt->scrubbed);
  EXPECT_EQ(count_traces(folder.path(), words), 0U);

  EXPECT_EQ(store.counts()->users, before.users - 100);
  EXPECT_EQ(store.counts()->user_numbers, before.user_numbers) << "numbers are not given again";
  EXPECT_EQ(store.counts()->events, before.events - 500);
  EXPECT_FALSE(store.find_user(ids[0])->has_value());
  EXPECT_TRUE(store.verify()->empty());
  EXPECT_EQ(store.erase_users(ids)->users, 0U);
}

TEST(RemovedItem, TakesItsEventsWithIt) {
  const TemporaryFolder folder;
  Store store = Store::create(folder.path()).value();
  ASSERT_TRUE(store.write({.events = random_events(500, 1)}));
  const EventTable before = *store.read_events();
  const ItemIndex item = *store.find_item("i3").value();
  const auto on_item = std::ranges::count(before.item, item);
  ASSERT_GT(on_item, 0);
  EXPECT_TRUE(*store.remove_item("i3"));
  EXPECT_FALSE(*store.remove_item("i3"));
  const EventTable after = *store.read_events();
  EXPECT_EQ(after.size() + static_cast<std::size_t>(on_item), before.size());
  EXPECT_EQ(std::ranges::count(after.item, item), 0);
  EXPECT_FALSE(store.item(item)->has_value());
  EXPECT_TRUE(store.verify()->empty());
  ASSERT_TRUE(store.append({.user = "u0", .item = "i3", .kind = "view"}));
  EXPECT_NE(*store.find_item("i3").value(), item) << "a number is never given twice";
}

}  // namespace
}  // namespace limn
