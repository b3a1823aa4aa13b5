#include "limn/recommend/popularity.h"

#include <cmath>

#include <gtest/gtest.h>

namespace limn {
namespace {

TEST(PopularityCounts, AddsWhatWasLikedAndFadesIt) {
  const Time day_0{};
  const Time day_10{std::chrono::days(10)};
  const std::vector<HistoryEntry> history = {{.item = 0, .weight = 1, .time = day_0},
                                             {.item = 0, .weight = 1, .time = day_10},
                                             {.item = 1, .weight = -1, .time = day_10}};
  const History histories[] = {history, history};
  const auto counts = popularity(histories, 3, {.now = day_10, .half_life_days = 10});
  EXPECT_FLOAT_EQ(counts[0], std::log1p(3.0F));
  EXPECT_EQ(counts[1], 0);
  EXPECT_EQ(counts[2], 0);
  EXPECT_FLOAT_EQ(popularity(histories, 3, {.now = day_10})[0], std::log1p(4.0F));
}

TEST(PopularityCounts, OutlivesALongPauseOfEveryone) {
  const Time then{};
  const Time today{std::chrono::days(10'000)};
  const std::vector<HistoryEntry> old = {{.item = 0, .weight = 1, .time = then}};
  const std::vector<HistoryEntry> fresh = {{.item = 1, .weight = 1, .time = today}};
  const History histories[] = {old, old, old, fresh};
  const auto counts = popularity(histories, 2, {.now = today, .half_life_days = 10});
  EXPECT_FLOAT_EQ(counts[0], std::log1p(1.5F));
  EXPECT_FLOAT_EQ(counts[1], std::log1p(1.0F));
}

TEST(PopularityCounts, IgnoresWeightsThatAreNotFinite) {
  const std::vector<HistoryEntry> history = {{.item = 0, .weight = INFINITY},
                                             {.item = 0, .weight = NAN}};
  const History histories[] = {history};
  EXPECT_EQ(popularity(histories, 1, {})[0], 0);
}

}  // namespace
}  // namespace limn
