#include "limn/eval/split_files.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include <gtest/gtest.h>

#include "limn/eval/protocol.h"

namespace limn {
namespace {

namespace fs = std::filesystem;

class SplitFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::temp_directory_path() / (std::string("limn_split_") + test->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return folder_ / name;
  }

  fs::path folder_;
};

std::vector<std::string> names(const PublishedSplit& published,
                               const std::vector<HistoryEntry>& list) {
  std::vector<std::string> result;
  for (const HistoryEntry& entry : list) result.push_back(published.items.id(entry.item));
  return result;
}

using Names = std::vector<std::string>;

TEST_F(SplitFilesTest, ReadsAdjacencyLists) {
  const auto found = read_split({.train = write("train",
                                                "\xef\xbb\xbf"
                                                "7 b a\r\n\n8 a c \r\n9\n"),
                                 .test = write("test", "8 d\n7 c\n")});
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->users.size(), 3U);
  EXPECT_EQ(found->split.items, 4U);
  EXPECT_EQ(names(*found, found->split.train[0]), (Names{"b", "a"}));
  EXPECT_EQ(names(*found, found->split.test[0]), (Names{"c"}));
  EXPECT_EQ(names(*found, found->split.train[1]), (Names{"a", "c"}));
  EXPECT_EQ(names(*found, found->split.test[1]), (Names{"d"}));
  EXPECT_TRUE(found->split.train[2].empty());
  EXPECT_FALSE(found->has_values);
  EXPECT_FALSE(found->has_times);
}

TEST_F(SplitFilesTest, CutsSequencesLeaveOneOut) {
  const auto found = read_split(
      {.train = write("all", "1 a b c d\n2 c a\n3 b\n"), .format = SplitFormat::sequences});
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->split.rule.kind, SplitKind::last_one);
  EXPECT_EQ(names(*found, found->split.train[0]), (Names{"a", "b"}));
  EXPECT_EQ(names(*found, found->split.valid[0]), (Names{"c"}));
  EXPECT_EQ(names(*found, found->split.test[0]), (Names{"d"}));
  EXPECT_EQ(names(*found, found->split.test[1]), (Names{"a"}));
  EXPECT_TRUE(found->split.test[2].empty());
  EXPECT_TRUE(found->has_times);
}

TEST_F(SplitFilesTest, ReadsRecBoleSequencesAndTheirCandidates) {
  const std::string header = "user_id:token\titem_id_list:token_seq\titem_id:token\n";
  const auto found = read_split({.train = write("all", header + "u\ta b\tc\nv\tb\td\n"),
                                 .candidates = write("ten", "v\te a b\nu f e a\nw a\n"),
                                 .candidate_count = 2,
                                 .format = SplitFormat::recbole});
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(names(*found, found->split.train[0]), (Names{"a", "b"}));
  EXPECT_EQ(names(*found, found->split.test[0]), (Names{"c"}));
  EXPECT_EQ(names(*found, found->split.test[1]), (Names{"d"}));
  EXPECT_TRUE(found->has_times);
  EXPECT_EQ(found->split.items, 6U);
  const auto candidates = [&](std::size_t user) {
    std::set<std::string> ids;
    for (const ItemIndex item : found->candidates[user]) ids.insert(found->items.id(item));
    return ids;
  };
  EXPECT_EQ(candidates(0), (std::set<std::string>{"c", "e", "f"}));  // the test item among them
  EXPECT_EQ(candidates(1), (std::set<std::string>{"a", "d", "e"}));
  EXPECT_TRUE(std::ranges::is_sorted(found->candidates[1]));
}

TEST_F(SplitFilesTest, RefusesATestUserWithoutCandidates) {
  const auto found = read_split({.train = write("train", "u a\nv b\n"),
                                 .test = write("test", "v c\n"),
                                 .candidates = write("ten", "u a b\n")});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::corrupt);
  EXPECT_NE(found.error().message.find("user v"), std::string::npos);
}

TEST_F(SplitFilesTest, ReadsPairsWithValuesAndTimes) {
  const auto found = read_split({.train = write("train", "u a 4.5 20\nu b 1 10\nv\ta\t3\t30\n"),
                                 .test = write("test", "v c 5 40\n"),
                                 .format = SplitFormat::pairs});
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_TRUE(found->has_values);
  EXPECT_TRUE(found->has_times);
  EXPECT_EQ(names(*found, found->split.train[0]), (Names{"b", "a"}));  // by time
  EXPECT_EQ(found->split.train[0][1].weight, 4.5F);
  EXPECT_EQ(found->split.train[0][1].time, Time{std::chrono::seconds{20}});
  EXPECT_EQ(found->split.test[1][0].event, 4);
}

TEST_F(SplitFilesTest, ReadsRecbolesAtomicFilesInAnyOrderOfColumns) {
  const auto found =
      read_split({.train = write("train",
                                 "item_id:token\tuser_id:token\ttimestamp:float\tmood:token\n"
                                 "a\tu\t881250949.0\tx\nb\tu\t881250948\t\n"),
                  .items = write("x.item",
                                 "item_id:token\ttitle:token_seq\tyear:token\n"
                                 "b\tThe Bee\t1999\nz\tUnseen\t\n"),
                  .format = SplitFormat::recbole});
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(names(*found, found->split.train[0]), (Names{"b", "a"}));
  EXPECT_EQ(found->item_texts, (Names{"", "The Bee 1999", "Unseen"}));
  EXPECT_EQ(found->split.items, 3U);
  EXPECT_TRUE(found->has_times);
  EXPECT_FALSE(found->has_values);
}

TEST_F(SplitFilesTest, ReadsCountedListsByLine) {
  const auto found = read_split({.train = write("train", "2 5 6\n0\n1 5\n"),
                                 .test = write("test", "1 7\n1 5\n0\n"),
                                 .format = SplitFormat::counted});
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->users.size(), 3U);
  EXPECT_EQ(names(*found, found->split.test[0]), (Names{"7"}));
  EXPECT_EQ(names(*found, found->split.test[1]), (Names{"5"}));
  EXPECT_EQ(names(*found, found->split.train[2]), (Names{"5"}));
}

TEST_F(SplitFilesTest, ReadsItemTextsFromJsonLines) {
  const auto found =
      read_split({.train = write("train", "u a 17\n"),
                  .items = write("items.jsonl",
                                 "{\"id\":\"a\",\"text\":\"tea\"}\n{\"id\":17,\"text\":\"t\"}\n")});
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->item_texts, (Names{"tea", "t"}));
}

TEST_F(SplitFilesTest, NamesFileAndLineOfWhatItCannotRead) {
  struct Case {
    SplitFormat format;
    std::string text;
    std::size_t line;
  };
  const std::string long_id(257, 'x');
  const Case cases[] = {
      {SplitFormat::adjacency, "1 2\n\n3 " + long_id + "\n", 3},
      {SplitFormat::adjacency, std::string("1 2\n3 a\0b\n", 10), 2},
      {SplitFormat::adjacency, long_id + " 1\n", 1},
      {SplitFormat::pairs, "u a\nu\n", 2},
      {SplitFormat::pairs, "u a 1 2 3\n", 1},
      {SplitFormat::pairs, "u a nan\n", 1},
      {SplitFormat::pairs, "u a inf\n", 1},
      {SplitFormat::pairs, "u a 1e99\n", 1},
      {SplitFormat::pairs, "u a 4x\n", 1},
      {SplitFormat::pairs, "u a 4 yesterday\n", 1},
      {SplitFormat::recbole, "user_id:token\tfilm:token\nu\ta\n", 1},
      {SplitFormat::recbole, "user_id:token\titem_id:token\nu\ta\nu\n", 3},
      {SplitFormat::recbole, "user_id:token\titem_id:token\nu\t\n", 2},
      {SplitFormat::counted, "1 2\n3 4 5\n", 2},
      {SplitFormat::counted, "x 2\n", 1},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.text.substr(0, 60));
    const auto found = read_split({.train = write("bad", c.text), .format = c.format});
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::corrupt);
    EXPECT_NE(found.error().message.find("bad:" + std::to_string(c.line) + ":"), std::string::npos)
        << found.error().message;
  }
}

TEST_F(SplitFilesTest, RefusesDamagedItems) {
  const fs::path train = write("train", "u a\n");
  for (const char* text :
       {"{\"id\":\"a\"}\n", "{\"id\":\"a\",\"text\":1}\n", "{\"id\":\"a\",\"te\n",
        "{\"id\":null,\"text\":\"\"}\n", "title:token\nx\n", "item_id:token\ttitle:token\na\n"}) {
    SCOPED_TRACE(text);
    const auto found = read_split({.train = train, .items = write("items", text)});
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::corrupt);
  }
}

TEST_F(SplitFilesTest, SurvivesEmptyAndMissingFiles) {
  for (const char* name : {"adjacency", "sequences", "pairs", "recbole", "counted"}) {
    const auto format = parse_split_format(name);
    ASSERT_TRUE(format) << name;
    const auto empty = read_split({.train = write("empty", ""), .format = *format});
    ASSERT_TRUE(empty) << name;
    EXPECT_EQ(empty->split.users(), 0U);
    const auto missing = read_split({.train = folder_ / "none", .format = *format});
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::not_found);
  }
  EXPECT_FALSE(parse_split_format("csv"));
}

// The public sets; they are not part of limn.
fs::path shared_data(const std::string& name) {
  return fs::path(LIMN_SOURCE_DIR) / ".." / "shared" / "data" / name;
}

TEST(PublishedSplits, HaveTheirPublishedSizes) {
  if (!fs::exists(shared_data("gowalla"))) GTEST_SKIP() << "the public sets are not here";
  const auto gowalla = read_split(
      {.train = shared_data("gowalla/train.txt"), .test = shared_data("gowalla/test.txt")});
  ASSERT_TRUE(gowalla) << gowalla.error().message;
  EXPECT_EQ(gowalla->users.size(), 29858U);
  EXPECT_EQ(gowalla->items.size(), 40981U);
  EXPECT_EQ(count_events(gowalla->split.train), 810128U);
  EXPECT_EQ(count_events(gowalla->split.test), 217242U);

  const auto beauty = read_split(
      {.train = shared_data("amazon-s3rec/Beauty.txt"), .format = SplitFormat::sequences});
  ASSERT_TRUE(beauty) << beauty.error().message;
  EXPECT_EQ(beauty->users.size(), 22363U);
  EXPECT_EQ(beauty->items.size(), 12101U);
  EXPECT_EQ(count_events(beauty->split.test), 22363U);
  EXPECT_EQ(count_events(beauty->split.train) + 2 * 22363U, 198502U);

  const auto papers = read_split({.train = shared_data("citeulike-t/splits/cf-train-1-users.dat"),
                                  .test = shared_data("citeulike-t/splits/cf-test-1-users.dat"),
                                  .format = SplitFormat::counted});
  ASSERT_TRUE(papers) << papers.error().message;
  EXPECT_EQ(papers->users.size(), 7947U);
  EXPECT_EQ(count_events(papers->split.train), 7947U);
}

// Users whose last fifth holds a rating of 4 or more.
std::size_t users_with_a_liked_future(const UserHistories& events, std::size_t items) {
  const Split split = split_events(events, items, {.kind = SplitKind::user_time, .share = 0.8});
  return static_cast<std::size_t>(std::ranges::count_if(split.test, [](const auto& list) {
    return std::ranges::any_of(
        list, [](const HistoryEntry& entry) { return is_relevant(entry, {.at_least = 4.0F}); });
  }));
}

TEST(PublishedSplits, CutMovieLensByEachUsersTime) {
  if (!fs::exists(shared_data("ml-100k"))) GTEST_SKIP() << "the public sets are not here";
  const auto films = read_split({.train = shared_data("ml-100k/ml-100k.inter"),
                                 .items = shared_data("ml-100k/ml-100k.item"),
                                 .format = SplitFormat::recbole});
  ASSERT_TRUE(films) << films.error().message;
  EXPECT_EQ(films->users.size(), 943U);
  EXPECT_EQ(films->items.size(), 1682U);
  EXPECT_EQ(films->item_texts[*films->items.find("1")],
            "Toy Story 1995 Animation Children's Comedy");

  // Many ratings share a second. In the order of the file's lines 907 users liked something in
  // their last fifth; where the film's number decides instead, it is 908, as others count.
  UserHistories events = films->split.train;
  EXPECT_EQ(users_with_a_liked_future(events, 1682), 907U);
  for (auto& list : events) {
    for (HistoryEntry& entry : list) entry.event = std::stoll(films->items.id(entry.item));
  }
  EXPECT_EQ(users_with_a_liked_future(events, 1682), 908U);
}

}  // namespace
}  // namespace limn
