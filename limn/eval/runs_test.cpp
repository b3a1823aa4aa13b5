#include "limn/eval/runs.h"

#include <fstream>
#include <limits>

#include <gtest/gtest.h>

namespace limn {
namespace {

class RunsTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* id : {"ann", "bob"}) users_.add(id);
    for (const char* id : {"tea", "pot", "cup"}) items_.add(id);
    path_ =
        std::filesystem::temp_directory_path() /
        ("limn_run_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
  }
  void TearDown() override { std::filesystem::remove(path_); }

  Result<GivenRun> read(std::string_view text) {
    std::ofstream(path_, std::ios::binary) << text;
    return read_run(path_, "theirs", users_, items_);
  }

  IdMap users_;
  IdMap items_;
  std::filesystem::path path_;
};

TEST_F(RunsTest, ReadsBothForms) {
  const auto run = read(
      "\xef\xbb\xbf"
      "ann tea 0.5\r\n\nann\tQ0\tcup\t1\t-2e1\trun\nbob pot 3\n");
  ASSERT_TRUE(run) << run.error().message;
  ASSERT_EQ(run->lists.size(), 2U);
  ASSERT_EQ(run->lists[0].size(), 2U);
  EXPECT_EQ(run->lists[0][0].index, 0U);
  EXPECT_EQ(run->lists[0][0].score, 0.5F);
  EXPECT_EQ(run->lists[0][1].index, 2U);
  EXPECT_EQ(run->lists[0][1].score, -20.0F);
  std::vector<float> scores(3);
  scorer_of(*run).score(0, scores);
  constexpr float out = -std::numeric_limits<float>::infinity();
  EXPECT_EQ(scores, (std::vector<float>{0.5F, out, -20.0F}));
}

TEST_F(RunsTest, RefusesWhatIsNoneAndNamesTheLine) {
  for (const char* bad : {"ann tea", "ann tea 1 2", "eve tea 1", "ann jug 1", "ann tea nan",
                          "ann tea 1x", "ann tea inf"}) {
    SCOPED_TRACE(bad);
    const auto run = read("bob cup 1\n" + std::string(bad) + "\n");
    ASSERT_FALSE(run);
    EXPECT_EQ(run.error().code, ErrorCode::corrupt);
    EXPECT_NE(run.error().message.find(":2:"), std::string::npos) << run.error().message;
  }
  EXPECT_FALSE(read("ann tea 1\nann tea 2\n"));
  std::filesystem::remove(path_);
  EXPECT_EQ(read_run(path_, "none", users_, items_).error().code, ErrorCode::not_found);
}

TEST_F(RunsTest, WritesTheValuesOfEachUser) {
  const Split split{.items = 3,
                    .train = UserHistories(2),
                    .valid = UserHistories(2),
                    .test = {{{.item = 0, .weight = 1}}, {{.item = 1, .weight = 1}}}};
  const auto run = read("ann tea 2\nann pot 1\nbob tea 2\nbob pot 1\n");
  ASSERT_TRUE(run);
  const NamedScorer scorer = scorer_of(*run);
  const auto report = evaluate(split, {&scorer, 1}, {.ks = {2}});
  ASSERT_TRUE(report);
  const std::string table = per_user_table(*report, {"ann", "bob"});
  EXPECT_TRUE(table.starts_with("user\trecommender\tmetric\tvalue\n")) << table;
  EXPECT_NE(table.find("ann\ttheirs\tmrr@2\t1\n"), std::string::npos) << table;
  EXPECT_NE(table.find("bob\ttheirs\tmrr@2\t0.5\n"), std::string::npos) << table;
}

}  // namespace
}  // namespace limn
