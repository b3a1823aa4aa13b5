#include "limn/core/active_time.h"

#include <gtest/gtest.h>

#include "limn/core/random.h"

namespace limn {
namespace {

Time day(int days) {
  return Time(std::chrono::days(days));
}

TEST(ActiveTime, IsTheCalendarWhereNoPauseIsLong) {
  Random random(3);
  std::vector<Time> moments;
  int today = 0;
  for (int i = 0; i < 100; ++i) moments.push_back(day(today += static_cast<int>(random.below(30))));
  const Time now = day(today + 5);
  const ActiveTime active(moments, now, 30);
  for (const Time moment : moments) {
    EXPECT_DOUBLE_EQ(active.age_days(moment), days_between(moment, now));
  }
}

TEST(ActiveTime, CountsOnlyAPartOfALongPause) {
  const ActiveTime active({day(10'000), day(0), day(5)}, day(10'002), 30);
  EXPECT_DOUBLE_EQ(active.age_days(day(10'000)), 2);
  EXPECT_DOUBLE_EQ(active.age_days(day(5)), 32);
  EXPECT_DOUBLE_EQ(active.age_days(day(0)), 37);
}

TEST(ActiveTime, TakesWhatLiesAheadAsNew) {
  const ActiveTime active({day(90), day(120), day(130)}, day(100), 30);
  EXPECT_DOUBLE_EQ(active.age_days(day(130)), 0);
  EXPECT_DOUBLE_EQ(active.age_days(day(120)), 0);
  EXPECT_DOUBLE_EQ(active.age_days(day(90)), 10);
}

}  // namespace
}  // namespace limn
