#include "limn/core/class_shares.h"

#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include <gtest/gtest.h>

#include "limn/core/random.h"

namespace limn {
namespace {

// Every item has 0 to 3 of 5 classes, of any positive weights.
SparseMatrix random_classes(std::size_t items, Random& random) {
  std::vector<Triplet> entries;
  for (std::uint32_t item = 0; item < items; ++item) {
    std::set<std::uint32_t> classes;
    for (std::uint64_t n = random.below(4); n > 0; --n)
      classes.insert(static_cast<std::uint32_t>(random.below(5)));
    for (const std::uint32_t one : classes)
      entries.push_back({item, one, static_cast<float>(1 + random.below(4))});
  }
  return SparseMatrix::from_triplets(items, 5, std::move(entries));
}

TEST(ClassShares, AreTheMeanOfTheItemsOwnShares) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const SparseMatrix classes = random_classes(12, random);
    std::vector<ItemIndex> items;
    std::vector<float> weights;
    for (int i = 0; i < 8; ++i) {
      items.push_back(static_cast<ItemIndex>(random.below(12)));
      weights.push_back(static_cast<float>(random.below(4)) - 1.0F);
    }
    const std::vector<double> shares = class_shares(items, weights, classes);

    std::map<std::uint32_t, double> expected;
    double with_class = 0;
    for (std::size_t i = 0; i < items.size(); ++i) {
      const SparseRow row = classes.row(items[i]);
      const double own = std::accumulate(row.values.begin(), row.values.end(), 0.0);
      if (own == 0 || weights[i] <= 0) continue;
      for (std::size_t e = 0; e < row.size(); ++e)
        expected[row.cols[e]] += weights[i] * row.values[e] / own;
      with_class += weights[i];
    }
    for (std::uint32_t c = 0; c < 5; ++c)
      EXPECT_NEAR(shares[c], with_class > 0 ? expected[c] / with_class : 0, 1e-12);
    EXPECT_NEAR(std::accumulate(shares.begin(), shares.end(), 0.0), with_class > 0 ? 1 : 0, 1e-12);
    const std::vector<float> alike(items.size(), 2);
    EXPECT_EQ(class_shares(items, alike, classes), class_shares(items, {}, classes));
  }
}

TEST(CalibrationGap, MatchesSteckByHandAndIsZeroForTheSameProportions) {
  // Target 0.7 and 0.3, list 1 and 0, smoothing 0.01: q = 0.997 and 0.003.
  const double expected = 0.7 * std::log(0.7 / 0.997) + 0.3 * std::log(0.3 / 0.003);
  EXPECT_NEAR(calibration_gap(std::vector{0.7, 0.3}, std::vector{1.0, 0.0}), expected, 1e-12);
  EXPECT_DOUBLE_EQ(calibration_gap(std::vector{0.7, 0.3}, std::vector{0.7, 0.3}), 0);
  EXPECT_DOUBLE_EQ(calibration_gap(std::vector{0.0, 0.0}, std::vector{1.0, 0.0}), 0);
  EXPECT_NEAR(calibration_gap(std::vector{0.7, 0.3}, std::vector{0.0, 0.0}), std::log(100.0),
              1e-12);
}

TEST(CalibrationGap, GrowsWithTheDistance) {
  const std::vector<double> target{0.5, 0.3, 0.2};
  double before = -1;
  for (const double share : {0.5, 0.6, 0.8, 1.0}) {
    const double rest = (1 - share) / 2;
    const double gap = calibration_gap(target, std::vector{share, rest, rest});
    EXPECT_GT(gap, before);
    before = gap;
  }
}

}  // namespace
}  // namespace limn
