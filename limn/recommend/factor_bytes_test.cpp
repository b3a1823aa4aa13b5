#include "limn/recommend/factor_bytes.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "limn/recommend/test_data.h"

namespace limn {
namespace {

TEST(FactorBytes, AreOffByHalfAStepAtMost) {
  Matrix factors = random_embeddings(30, 37, 1);  // no whole number of tiles
  for (float& value : factors.row(3)) value = 0;
  for (float& value : factors.row(4)) value *= 1e-6F;
  const FactorBytes bytes(factors);
  const Matrix again = bytes.view().matrix();
  for (std::size_t item = 0; item < factors.rows(); ++item) {
    float largest = 0;
    for (const float value : factors.row(item)) largest = std::max(largest, std::abs(value));
    for (std::size_t j = 0; j < factors.cols(); ++j) {
      EXPECT_LE(std::abs(again.row(item)[j] - factors.row(item)[j]), largest / 253)
          << item << " " << j;
    }
  }
}

TEST(FactorBytes, OfBytesAreTheSame) {
  const Matrix once = FactorBytes(random_embeddings(30, 48, 2)).view().matrix();
  const Matrix twice = FactorBytes(once).view().matrix();
  for (std::size_t item = 0; item < once.rows(); ++item) {
    for (std::size_t j = 0; j < once.cols(); ++j)
      EXPECT_FLOAT_EQ(twice.row(item)[j], once.row(item)[j]);
  }
}

TEST(FactorBytes, MultiplyAsTheirFactorsDo) {
  const FactorBytes bytes(random_embeddings(31, 37, 3));
  const Matrix factors = bytes.view().matrix();
  const Matrix x = random_embeddings(1, 37, 4);
  std::vector<float> products(31);
  bytes.view().multiply(x.row(0), products);
  for (std::size_t item = 0; item < factors.rows(); ++item) {
    double expected = 0;
    for (std::size_t j = 0; j < 37; ++j)
      expected += static_cast<double>(x.row(0)[j]) * factors.row(item)[j];
    EXPECT_NEAR(products[item], expected, 1e-6);
  }
}

}  // namespace
}  // namespace limn
