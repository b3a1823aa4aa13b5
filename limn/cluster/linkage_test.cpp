#include "limn/cluster/linkage.h"

#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "limn/cluster/test_points.h"

namespace limn {
namespace {

// The definition: join the two groups with the highest mean similarity over all pairs, until
// `groups` are left.
std::vector<std::uint32_t> join_naively(const Matrix& rows, std::size_t groups) {
  std::vector<std::vector<std::size_t>> members;
  for (std::size_t i = 0; i < rows.rows(); ++i) members.push_back({i});
  const auto mean = [&](const auto& a, const auto& b) {
    double sum = 0;
    for (const std::size_t x : a) {
      for (const std::size_t y : b) sum += similarity(rows.row(x), rows.row(y));
    }
    return sum / static_cast<double>(a.size() * b.size());
  };
  while (members.size() > groups) {
    std::pair<std::size_t, std::size_t> best{0, 1};
    for (std::size_t a = 0; a < members.size(); ++a) {
      for (std::size_t b = a + 1; b < members.size(); ++b) {
        if (mean(members[a], members[b]) > mean(members[best.first], members[best.second]))
          best = {a, b};
      }
    }
    auto& kept = members[best.first];
    kept.insert(kept.end(), members[best.second].begin(), members[best.second].end());
    members.erase(members.begin() + static_cast<std::ptrdiff_t>(best.second));
  }
  std::vector<std::uint32_t> group_of(rows.rows());
  std::ranges::sort(members, {}, [](const auto& one) { return *std::ranges::min_element(one); });
  for (std::uint32_t g = 0; g < members.size(); ++g) {
    for (const std::size_t i : members[g]) group_of[i] = g;
  }
  return group_of;
}

// As group_rows compares them.
Matrix without_mean(const Matrix& rows) {
  Matrix result = rows;
  for (std::size_t d = 0; d < rows.cols(); ++d) {
    float mean = 0;
    for (std::size_t i = 0; i < rows.rows(); ++i)
      mean += rows.row(i)[d] / static_cast<float>(rows.rows());
    for (std::size_t i = 0; i < rows.rows(); ++i) result.row(i)[d] -= mean;
  }
  normalize_rows(result);
  return result;
}

TEST(GroupRows, JoinsThoseOfTheHighestMeanSimilarity) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(seed);
    const Matrix rows = random_points(30, 8, seed);
    const Matrix compared = without_mean(rows);
    for (const std::size_t groups : {2U, 5U, 9U}) {
      EXPECT_EQ(group_rows(rows, {.fewest = groups, .most = groups}),
                join_naively(compared, groups));
    }
  }
}

TEST(GroupRows, FindsHowManyGroupsThereAre) {
  for (const std::size_t groups : {3U, 5U, 8U}) {
    const Matrix rows = grouped_points(40, 32, groups, 0.05, 7);
    const std::vector<std::uint32_t> found = group_rows(rows);
    for (std::size_t i = 0; i < rows.rows(); ++i) EXPECT_EQ(found[i], i % groups);
  }
}

TEST(GroupRows, LeavesAFewRowsAloneAndTakesEqualOnes) {
  EXPECT_TRUE(group_rows(Matrix(0, 4)).empty());
  EXPECT_EQ(group_rows(random_points(6, 4, 1)), (std::vector<std::uint32_t>{0, 1, 2, 3, 4, 5}));
  const Matrix equal = grouped_points(20, 4, 1, 0, 1);
  const std::vector<std::uint32_t> found = group_rows(equal);
  EXPECT_LE(std::set<std::uint32_t>(found.begin(), found.end()).size(), 8U);
}

}  // namespace
}  // namespace limn
