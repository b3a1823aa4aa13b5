#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <numeric>
#include <set>

#include <gtest/gtest.h>

#include "limn/core/file.h"
#include "limn/core/hash.h"
#include "limn/core/id_map.h"
#include "limn/core/json.h"
#include "limn/core/parallel.h"
#include "limn/core/random.h"
#include "limn/core/sparse.h"
#include "limn/core/top_k.h"
#include "limn/core/types.h"

namespace limn {
namespace {

TEST(Time, IsReadFromTheFormsPeopleSend) {
  const Time expected = std::chrono::sys_days{std::chrono::year{2022} / 2 / 24} +
                        std::chrono::hours{10} + std::chrono::minutes{11} +
                        std::chrono::seconds{12};
  for (const char* text :
       {"2022-02-24T10:11:12Z", "2022-02-24 10:11:12", "2022-02-24T12:11:12+02:00",
        "2022-02-24T10:11:12.000", "1645697472", "1645697472000", "1645697472000000"}) {
    SCOPED_TRACE(text);
    EXPECT_EQ(parse_time(text), expected);
  }
  for (const char* text : {"2022/02/24 10:11:12", "2022/2/24 10:11:12", "24 Feb 2022 10:11:12",
                           "24 February 2022 12:11:12 +02:00", "Feb 24, 2022 10:11:12"}) {
    SCOPED_TRACE(text);
    EXPECT_EQ(parse_time(text), expected);
  }
  EXPECT_EQ(format_time(expected), "2022-02-24T10:11:12Z");
  EXPECT_EQ(format_time(expected + std::chrono::milliseconds{7}), "2022-02-24T10:11:12.007Z");
}

TEST(Time, IsADateWhereEightDigitsCanBeOne) {
  EXPECT_EQ(parse_time("20240908"), parse_time("2024-09-08"));
  EXPECT_EQ(parse_time("20241308"), Time{std::chrono::seconds{20241308}});
  EXPECT_EQ(parse_time("12345678"), Time{std::chrono::seconds{12345678}});
}

TEST(Time, RefusesWhatIsNoMoment) {
  for (const char* text : {"",
                           "soon",
                           "2022-02-30",
                           "2022-13-01",
                           "2022-02-24T25:00:00Z",
                           "nan",
                           "inf",
                           "0000-01-01",
                           "2022-02-24T10:11:12Zjunk",
                           "1e300",
                           "2022/02-24",
                           "2022-02/24",
                           "2022-2-4",
                           "30 Feb 2022",
                           "24 Fe 2022",
                           "24 Feb",
                           "24 Feb 22",
                           "Feb",
                           "2022/",
                           "2022/2",
                           "/",
                           "Feb 24"}) {
    SCOPED_TRACE(text);
    EXPECT_EQ(parse_time(text), std::nullopt);
  }
}

TEST(Time, PrintedIsReadBack) {
  Random random(1);
  for (int i = 0; i < 1000; ++i) {
    const Time time{
        std::chrono::milliseconds{static_cast<std::int64_t>(random.below(4'000'000'000'000))}};
    EXPECT_EQ(parse_time(format_time(time)), time);
  }
}

TEST(SparseMatrix, AddsWhatStandsAtOnePlaceAndSortsTheRest) {
  const SparseMatrix matrix =
      SparseMatrix::from_triplets(3, 4, {{2, 3, 1}, {0, 1, 2}, {2, 0, 3}, {0, 1, 4}});
  ASSERT_EQ(matrix.nonzeros(), 3U);
  EXPECT_EQ(matrix.row(0).cols[0], 1U);
  EXPECT_EQ(matrix.row(0).values[0], 6);
  EXPECT_EQ(matrix.row(1).size(), 0U);
  EXPECT_EQ(matrix.row(2).cols[0], 0U);
  EXPECT_EQ(matrix.row(2).cols[1], 3U);
}

TEST(SparseMatrix, TransposedTwiceIsItself) {
  Random random(3);
  std::vector<Triplet> triplets;
  for (int i = 0; i < 200; ++i) {
    triplets.push_back({static_cast<std::uint32_t>(random.below(20)),
                        static_cast<std::uint32_t>(random.below(30)),
                        static_cast<float>(random.uniform())});
  }
  const SparseMatrix matrix = SparseMatrix::from_triplets(20, 30, triplets);
  const SparseMatrix back = transpose(transpose(matrix));
  ASSERT_EQ(back.nonzeros(), matrix.nonzeros());
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    for (std::size_t e = 0; e < matrix.row(i).size(); ++e) {
      EXPECT_EQ(back.row(i).cols[e], matrix.row(i).cols[e]);
      EXPECT_EQ(back.row(i).values[e], matrix.row(i).values[e]);
    }
  }
}

TEST(TopK, EqualsTheFrontOfAFullSort) {
  Random random(5);
  std::vector<float> scores(500);
  for (float& score : scores) score = static_cast<float>(random.below(50));  // many ties
  std::vector<Scored> all;
  for (std::uint32_t i = 0; i < scores.size(); ++i) all.push_back({i, scores[i]});
  std::sort(all.begin(), all.end(), better);
  for (const std::size_t k : {0UL, 1UL, 10UL, 500UL, 900UL}) {
    all.resize(std::min(all.size(), std::size_t{500}));
    const std::vector<Scored> found = top_k(scores, k);
    ASSERT_EQ(found.size(), std::min(k, scores.size()));
    for (std::size_t i = 0; i < found.size(); ++i) EXPECT_EQ(found[i], all[i]);
  }
}

TEST(Random, RepeatsWithItsSeedAndCoversItsRange) {
  Random a(9);
  Random b(9);
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(a.next(), b.next());
    seen.insert(a.below(7));
    b.below(7);
    const double x = a.uniform();
    b.uniform();
    EXPECT_GE(x, 0);
    EXPECT_LT(x, 1);
  }
  EXPECT_EQ(seen.size(), 7U);
}

TEST(IdMap, NumbersManyIdsAsAnOrdinaryMapWould) {
  Random random(1);
  IdMap ids;
  std::map<std::string, std::uint32_t> expected;
  for (int i = 0; i < 20'000; ++i) {
    const std::string id = fmt::format("id {}", random.below(5'000));
    const auto [entry, is_new] = expected.emplace(id, expected.size());
    EXPECT_EQ(ids.find(id).has_value(), !is_new);
    ASSERT_EQ(ids.add(id), entry->second);
    ASSERT_EQ(ids.find(id), entry->second);
    ASSERT_EQ(ids.id(entry->second), id);
  }
  EXPECT_EQ(ids.size(), expected.size());
  EXPECT_EQ(IdMap().find(""), std::nullopt);
}

TEST(IdMap, NumbersIdsInOrderOfFirstSight) {
  IdMap ids;
  EXPECT_EQ(ids.add("b"), 0U);
  EXPECT_EQ(ids.add("a"), 1U);
  EXPECT_EQ(ids.add("b"), 0U);
  EXPECT_EQ(ids.find("a"), 1U);
  EXPECT_EQ(ids.find("c"), std::nullopt);
  EXPECT_EQ(ids.id(0), "b");
}

TEST(Json, KeepsOrderAndWritesPlainNumbers) {
  const Json json{{"z", 0.5}, {"a", JsonArray{1, "x", nullptr}}};
  EXPECT_EQ(to_text(json), R"({"z":0.5,"a":[1,"x",null]})");
  EXPECT_EQ(to_text(Json(std::numeric_limits<double>::infinity())), "null");
  EXPECT_EQ(rounded(0.123456789), 0.123457);
}

TEST(Json, RefusesWhatIsDamagedOrTooDeep) {
  EXPECT_FALSE(parse_json("{\"a\":", "x"));
  EXPECT_FALSE(parse_json(std::string(1'000'000, '['), "x"));
  EXPECT_FALSE(parse_json("[1] 2", "x"));
  EXPECT_TRUE(parse_json(" [1] ", "x"));
}

TEST(File, IsReplacedWholeAndMapped) {
  const auto folder = std::filesystem::temp_directory_path() / "limn_core_test";
  std::filesystem::create_directories(folder);
  const auto path = folder / "file";
  ASSERT_TRUE(write_file_atomically(path, "old"));
  ASSERT_TRUE(write_file_atomically(path, "new"));
  EXPECT_EQ(read_file(path), "new");
  EXPECT_FALSE(std::filesystem::exists(folder / "file.new"));
  const auto map = MemoryMap::open(path);
  ASSERT_TRUE(map);
  EXPECT_EQ(map->text(), "new");
  EXPECT_EQ(MemoryMap::open(folder / "absent").error().code, ErrorCode::not_found);
  std::filesystem::remove_all(folder);
}

// Pages of files that this process has in memory.
std::size_t mapped_pages() {
  std::size_t size = 0;
  std::size_t resident = 0;
  std::size_t shared = 0;
  std::ifstream("/proc/self/statm") >> size >> resident >> shared;
  return shared;
}

TEST(File, GivesTheMemoryOfWhatWasReadBack) {
  const auto path = std::filesystem::temp_directory_path() / "limn_core_test_release";
  const std::string text(std::size_t{16} << 20, 'x');
  ASSERT_TRUE(write_file_atomically(path, text));
  const auto map = MemoryMap::open(path);
  ASSERT_TRUE(map);
  ASSERT_EQ(map->text(), text);
  const std::size_t before = mapped_pages();
  map->release();
  EXPECT_LE(mapped_pages() + text.size() / 2 / 4096, before);
  EXPECT_EQ(map->text(), text);
  MemoryMap().release();
  std::filesystem::remove(path);
}

TEST(Hash, TellsTextsAndSeedsApart) {
  EXPECT_EQ(hash64("limn"), hash64("limn"));
  EXPECT_NE(hash64("limn"), hash64("limm"));
  EXPECT_NE(hash64("limn"), hash64("limn", 1));
  EXPECT_EQ(to_hex(255), "00000000000000ff");
}

}  // namespace
}  // namespace limn
