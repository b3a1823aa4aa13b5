#include "limn/cluster/choose_k.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "limn/cluster/kmeans.h"
#include "limn/cluster/merge.h"
#include "limn/cluster/test_points.h"
#include "limn/core/parallel.h"

namespace limn {
namespace {

TEST(ChooseK, FindsHowManyGroupsThereAre) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    SCOPED_TRACE(seed);
    const Matrix points = grouped_points(1'200, 32, 15, 0.05, seed);
    const KChoice choice = choose_k(points, {.seed = seed});
    EXPECT_GE(choice.k, 13);
    EXPECT_LE(choice.k, 17);

    double best = 0;
    for (const KCandidate& candidate : choice.candidates) best = std::max(best, candidate.score);
    for (const KCandidate& candidate : choice.candidates) {
      const bool nearly_best = candidate.score >= 0.9 * best;
      EXPECT_TRUE(candidate.k < choice.k ? !nearly_best : candidate.k > choice.k || nearly_best);
    }
  }
}

TEST(ChooseK, LooksNoFurtherThanItsBounds) {
  const KChoice choice = choose_k(random_points(3'000, 8, 1), {.smallest = 10, .largest = 30});
  for (const KCandidate& candidate : choice.candidates) {
    EXPECT_GE(candidate.k, 10);
    EXPECT_LE(candidate.k, 30);
    EXPECT_GE(candidate.stability, -0.5);
    EXPECT_LE(candidate.stability, 1);
  }
}

TEST(ChooseK, OfFewPointsIsSmallAndAtLeastOne) {
  EXPECT_EQ(choose_k(Matrix(0, 4)).k, 1);
  EXPECT_EQ(choose_k(Matrix(9, 4)).k, 1);
  EXPECT_EQ(choose_k(random_points(3, 4, 1)).k, 1);
  EXPECT_LE(choose_k(random_points(40, 4, 1)).k, 10);
}

TEST(ChooseK, IsTheSameOnAnyNumberOfThreads) {
  const Matrix points = random_points(900, 16, 2);
  const std::size_t before = thread_count();
  set_thread_count(1);
  const KChoice alone = choose_k(points);
  set_thread_count(5);
  const KChoice together = choose_k(points);
  set_thread_count(before);
  ASSERT_EQ(alone.candidates.size(), together.candidates.size());
  for (std::size_t i = 0; i < alone.candidates.size(); ++i) {
    EXPECT_EQ(alone.candidates[i].score, together.candidates[i].score);
  }
  EXPECT_EQ(alone.k, together.k);
}

}  // namespace
}  // namespace limn
