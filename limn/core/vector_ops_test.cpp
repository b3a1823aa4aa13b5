#include "limn/core/vector_ops.h"

#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "limn/core/random.h"

namespace limn {
namespace {

std::vector<float> random_vector(std::size_t n, std::uint64_t seed) {
  Random random(seed);
  std::vector<float> values(n);
  for (float& value : values) value = static_cast<float>(random.normal());
  return values;
}

TEST(VectorKernels, OfEveryInstructionSetAgreeWithADoubleLoop) {
  for (const Isa isa : supported_isas()) {
    SCOPED_TRACE(isa_name(isa));
    const VectorKernels& kernels = vector_kernels(isa);
    for (std::size_t n = 0; n < 150; ++n) {
      SCOPED_TRACE(n);
      const std::vector<float> a = random_vector(n, 2 * n + 1);
      const std::vector<float> b = random_vector(n, 2 * n + 2);
      double product = 0;
      double distance = 0;
      for (std::size_t i = 0; i < n; ++i) {
        product += static_cast<double>(a[i]) * b[i];
        distance += (static_cast<double>(a[i]) - b[i]) * (static_cast<double>(a[i]) - b[i]);
      }
      EXPECT_NEAR(kernels.dot(a.data(), b.data(), n), product, 1e-4);
      EXPECT_NEAR(kernels.l2_squared(a.data(), b.data(), n), distance, 1e-3);

      std::vector<float> y = b;
      kernels.add_scaled(y.data(), 0.5F, a.data(), n);
      for (std::size_t i = 0; i < n; ++i) EXPECT_NEAR(y[i], b[i] + 0.5F * a[i], 1e-6);
    }
  }
}

TEST(VectorOps, NormalizeMakesLengthOneAndLeavesZerosZero) {
  std::vector<float> values = random_vector(384, 7);
  normalize(values);
  EXPECT_NEAR(l2_norm(values), 1, 1e-6);

  std::vector<float> zeros(5, 0.0F);
  EXPECT_EQ(normalize(zeros), 0);
  EXPECT_EQ(zeros, std::vector<float>(5, 0.0F));

  std::vector<float> broken{1, std::numeric_limits<float>::quiet_NaN()};
  normalize(broken);
  EXPECT_EQ(broken, std::vector<float>(2, 0.0F));
}

TEST(VectorOps, MultiplyIsOneDotProductARow) {
  const Matrix matrix(3, 2, {1, 2, 3, 4, 5, 6});
  const std::vector<float> query{1, -1};
  std::vector<float> scores(3);
  multiply(matrix, query, scores);
  EXPECT_EQ(scores, (std::vector<float>{-1, -1, -1}));
}

}  // namespace
}  // namespace limn
