#include "limn/cluster/seeding.h"

#include <set>

#include <gtest/gtest.h>

#include "limn/cluster/test_points.h"
#include "limn/core/parallel.h"

namespace limn {
namespace {

TEST(Seeding, TakesOnePointOfEachDistantGroup) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    const Matrix points = grouped_points(200, 64, 5, 0.01, seed);
    std::set<std::size_t> groups;
    for (const std::size_t row : seed_rows(points, 5, seed)) groups.insert(row % 5);
    EXPECT_EQ(groups.size(), 5);
  }
}

TEST(Seeding, TakesDistinctRowsAndNoneOfZeros) {
  Matrix points = random_points(40, 6, 1);
  for (std::size_t i = 0; i < 40; i += 2) std::ranges::fill(points.row(i), 0.0F);
  const std::vector<std::size_t> rows = seed_rows(points, 20, 3);
  EXPECT_EQ(std::set<std::size_t>(rows.begin(), rows.end()).size(), 20);
  for (const std::size_t row : rows) EXPECT_EQ(row % 2, 1);
}

TEST(Seeding, StopsWhenNoDistinctPointIsLeft) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    EXPECT_EQ(seed_rows(grouped_points(100, 384, 3, 0, seed), 10, seed).size(), 3);
  }
  EXPECT_TRUE(seed_rows(Matrix(5, 3), 2, 1).empty());
  EXPECT_TRUE(seed_rows(Matrix(0, 3), 2, 1).empty());
}

TEST(Seeding, LooksAtASampleOfManyPoints) {
  const Matrix points = grouped_points(20'000, 8, 4, 0.01, 2);
  std::set<std::size_t> groups;
  for (const std::size_t row : seed_rows(points, 4, 9)) groups.insert(row % 4);
  EXPECT_EQ(groups.size(), 4);
}

TEST(Seeding, IsTheSameOnAnyNumberOfThreads) {
  const Matrix points = random_points(9'000, 12, 4);
  const std::size_t before = thread_count();
  set_thread_count(1);
  const std::vector<std::size_t> alone = seed_rows(points, 30, 7);
  set_thread_count(5);
  EXPECT_EQ(seed_rows(points, 30, 7), alone);
  set_thread_count(before);
  EXPECT_NE(seed_rows(points, 30, 8), alone);
}

}  // namespace
}  // namespace limn
