#include "limn/encode/int8_rows.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "limn/core/random.h"
#include "limn/core/vector_ops.h"

namespace limn {
namespace {

Matrix random_rows(std::size_t rows, std::size_t dim, std::uint64_t seed) {
  Random random(seed);
  Matrix made(rows, dim);
  for (std::size_t r = 0; r < rows; ++r) {
    const double size = std::exp(2 * random.normal());  // rows of very different lengths
    for (float& x : made.row(r)) x = static_cast<float>(size * random.normal());
  }
  return made;
}

TEST(Int8Rows, AreOffByHalfAStepAtMost) {
  for (const std::size_t dim : {1U, 2U, 63U, 64U, 65U, 240U, 300U}) {
    SCOPED_TRACE(dim);
    const Matrix rows = random_rows(20, dim, dim);
    const Int8Rows quantized = Int8Rows::quantize(rows);
    for (std::size_t r = 0; r < rows.rows(); ++r) {
      float largest = 0;
      for (const float x : rows.row(r)) largest = std::max(largest, std::abs(x));
      EXPECT_FLOAT_EQ(quantized.scale(r), largest / 127);
      const std::vector<float> floats = quantized.floats(r);
      for (std::size_t i = 0; i < dim; ++i) {
        EXPECT_NEAR(floats[i], rows.row(r)[i], 0.5001F * quantized.scale(r));
      }
    }
  }
}

TEST(Int8Rows, KeepTheirDirection) {
  const Matrix rows = random_rows(200, 256, 1);
  const Int8Rows quantized = Int8Rows::quantize(rows);
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    const std::vector<float> floats = quantized.floats(r);
    const float cosine = dot(floats, rows.row(r)) / (l2_norm(floats) * l2_norm(rows.row(r)));
    EXPECT_GT(cosine, 0.9999F);
  }
}

TEST(Int8Rows, SumTheRowsThatAreNamedOnEveryInstructionSet) {
  for (const Isa isa : supported_isas()) {
    SCOPED_TRACE(isa_name(isa));
    for (const std::size_t dim : {1U, 16U, 63U, 64U, 65U, 128U, 192U, 240U, 256U, 300U, 1100U}) {
      SCOPED_TRACE(dim);
      const Int8Rows rows = Int8Rows::quantize(random_rows(50, dim, dim));
      Random random(dim);
      for (const std::size_t count : {0U, 1U, 2U, 7U, 200U}) {
        std::vector<std::uint32_t> ids(count);
        for (std::uint32_t& id : ids) id = static_cast<std::uint32_t>(random.below(50));
        std::vector<double> expected(dim);
        double largest = 0;
        for (const std::uint32_t id : ids) {
          const std::vector<float> row = rows.floats(id);
          for (std::size_t i = 0; i < dim; ++i) expected[i] += double{row[i]};
          largest = std::max(largest, 127.0 * double{rows.scale(id)});
        }
        std::vector<float> sum(dim, std::numeric_limits<float>::quiet_NaN());
        rows.sum_rows(ids, sum, isa);
        for (std::size_t i = 0; i < dim; ++i) {
          EXPECT_NEAR(sum[i], expected[i], 1e-6 * largest * static_cast<double>(count));
        }
      }
    }
  }
}

TEST(Int8Rows, StandForNothingWhereThereIsNothing) {
  EXPECT_EQ(Int8Rows().rows(), 0U);
  Matrix tiny(2, 3);
  tiny.row(1)[0] = std::numeric_limits<float>::denorm_min();
  const Int8Rows rows = Int8Rows::quantize(tiny);
  const std::vector<float> nothing(3, 0.0F);
  EXPECT_EQ(rows.floats(0), nothing);
  EXPECT_EQ(rows.floats(1), nothing);
}

TEST(Int8Rows, HaveAFingerprintOfWhatTheyStandFor) {
  Matrix values = random_rows(5, 70, 3);
  const std::uint64_t before = Int8Rows::quantize(values).fingerprint();
  EXPECT_EQ(Int8Rows::quantize(values).fingerprint(), before);
  values.row(4)[69] = -values.row(4)[69];
  EXPECT_NE(Int8Rows::quantize(values).fingerprint(), before);
  EXPECT_NE(Int8Rows(2, 3).fingerprint(), Int8Rows(3, 2).fingerprint());
  EXPECT_NE(Int8Rows(2, 3).fingerprint(), Int8Rows(2, 4).fingerprint());
}

}  // namespace
}  // namespace limn
