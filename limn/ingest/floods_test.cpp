#include "limn/ingest/floods.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "limn/core/random.h"
#include "limn/ingest/read.h"

namespace limn {
namespace {

using std::chrono::milliseconds;

constexpr Time start{milliseconds{1'600'000'000'000}};

std::vector<Time> every(milliseconds gap, std::size_t count) {
  std::vector<Time> times;
  for (std::size_t i = 0; i < count; ++i) times.push_back(start + gap * static_cast<int>(i));
  return times;
}

TEST(Floods, FindsNoneInAFewEvents) {
  EXPECT_FALSE(find_flood({}));
  EXPECT_FALSE(find_flood(every(milliseconds{0}, 1)));
  EXPECT_FALSE(find_flood(every(milliseconds{0}, 300)));
}

TEST(Floods, FindsABurst) {
  const auto flood = find_flood(every(milliseconds{0}, 301));
  ASSERT_TRUE(flood);
  EXPECT_EQ(flood->kind, FloodKind::burst);
  EXPECT_EQ(flood->events, 301u);
  EXPECT_EQ(describe(*flood), "301 events within 60 s from 2020-09-13T12:26:40Z");
}

TEST(Floods, CountsAWindowWithoutItsEnd) {
  // 60 s apart is not within 60 s.
  EXPECT_FALSE(find_flood(every(std::chrono::minutes{1}, 3), {.max_a_minute = 1}));
  EXPECT_TRUE(find_flood(every(milliseconds{59'999}, 2), {.max_a_minute = 1}));
}

TEST(Floods, FindsALongDay) {
  Random random(1);
  std::vector<Time> times;
  for (int i = 0; i < 2'001; ++i) {
    times.push_back(start + milliseconds{static_cast<std::int64_t>(random.below(86'000'000))});
  }
  std::sort(times.begin(), times.end());
  const auto flood = find_flood(times);
  ASSERT_TRUE(flood);
  EXPECT_EQ(flood->kind, FloodKind::long_day);
  EXPECT_EQ(flood->events, 2'001u);
}

TEST(Floods, FindsABeatThatNobodyKeeps) {
  const auto flood = find_flood(every(std::chrono::minutes{5}, 51));
  ASSERT_TRUE(flood);
  EXPECT_EQ(flood->kind, FloodKind::regular);
  EXPECT_EQ(flood->events, 51u);
  EXPECT_NE(describe(*flood).find("one each 300.0 s"), std::string::npos);
  EXPECT_FALSE(find_flood(every(std::chrono::minutes{5}, 50)));
}

TEST(Floods, FindsABeatAmongOtherEvents) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::vector<Time> times;
    Time time = start;
    const auto wander = [&] {
      for (int i = 0; i < 100; ++i) {
        time += milliseconds{static_cast<std::int64_t>(60'000 + random.below(10'000'000))};
        times.push_back(time);
      }
    };
    wander();
    EXPECT_FALSE(find_flood(times));
    for (int i = 0; i < 60; ++i) {
      time += milliseconds{600'000 + static_cast<std::int64_t>(random.below(2'000))};
      times.push_back(time);
    }
    wander();
    const auto flood = find_flood(times);
    ASSERT_TRUE(flood);
    EXPECT_EQ(flood->kind, FloodKind::regular);
    EXPECT_GE(flood->events, 60u);
  }
}

TEST(Floods, TakesPagesOfRatingsForPeople) {
  const std::filesystem::path file = LIMN_SOURCE_DIR "/../shared/data/ml-100k/ml-100k.inter";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "MovieLens 100k is not here";
  std::map<std::string, std::vector<Time>> times;
  const auto report = read_files({&file, 1}, {}, [&](Batch&& batch) -> Result<void> {
    for (const Event& event : batch.events) times[event.user].push_back(event.time);
    return {};
  });
  ASSERT_TRUE(report);
  EXPECT_EQ(times.size(), 943u);
  for (auto& [user, of_user] : times) {
    std::sort(of_user.begin(), of_user.end());
    EXPECT_FALSE(find_flood(of_user)) << user;
  }
}

}  // namespace
}  // namespace limn
