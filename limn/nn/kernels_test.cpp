#include "limn/nn/kernels.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "limn/core/random.h"

namespace limn {
namespace {

std::vector<float> random_values(std::size_t n, Random& random, double spread = 1) {
  std::vector<float> values(n);
  for (float& value : values) value = static_cast<float>(random.normal() * spread);
  return values;
}

double gelu_by_definition(double x) {
  return x * 0.5 * (1 + std::erf(x / std::sqrt(2.0)));
}

class KernelsTest : public testing::TestWithParam<Isa> {
 protected:
  const Kernels& kernels_ = kernels(GetParam());
};

TEST_P(KernelsTest, MultiplyAsTheDefinitionSays) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const std::size_t m = 1 + random.below(40);
    const std::size_t n = 1 + random.below(100);
    const std::size_t k = 1 + random.below(seed % 4 == 0 ? 1000 : 50);
    const bool transposed = random.below(2) == 0;
    const bool with_bias = random.below(2) == 0;
    const bool add = random.below(2) == 0;
    const bool gelu = random.below(2) == 0;
    const std::size_t a_stride = k + random.below(3);
    const std::size_t c_stride = n + random.below(3);
    const std::vector<float> a = random_values(m * a_stride, random);
    const std::vector<float> b = random_values(n * k, random);
    const std::vector<float> bias = random_values(n, random);
    const std::vector<float> before = random_values(m * c_stride, random);
    std::vector<float> c = before;

    PackedMatrix packed;
    if (transposed) {
      kernels_.pack_transposed(b.data(), k, n, k, packed);
    } else {
      kernels_.pack(b.data(), n, k, n, packed);
    }
    kernels_.multiply({.a = a.data(),
                       .a_stride = a_stride,
                       .m = m,
                       .b = &packed,
                       .bias = with_bias ? bias.data() : nullptr,
                       .add = add,
                       .activation = gelu ? Activation::gelu : Activation::none,
                       .c = c.data(),
                       .c_stride = c_stride});

    for (std::size_t i = 0; i < m; ++i) {
      for (std::size_t j = 0; j < c_stride; ++j) {
        const std::size_t at = i * c_stride + j;
        if (j >= n) {
          EXPECT_EQ(c[at], before[at]);  // what lies between the rows is not touched
          continue;
        }
        double sum = (with_bias ? bias[j] : 0) + (add ? before[at] : 0);
        for (std::size_t l = 0; l < k; ++l) {
          sum +=
              static_cast<double>(a[i * a_stride + l]) * (transposed ? b[j * k + l] : b[l * n + j]);
        }
        EXPECT_NEAR(c[at], gelu ? gelu_by_definition(sum) : sum, 2e-4);
      }
    }
  }
}

TEST_P(KernelsTest, SoftmaxSumsToOneAndFollowsTheDefinition) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const std::size_t n = 1 + random.below(300);
    const std::vector<float> before = random_values(n, random, seed % 3 == 0 ? 100 : 3);
    std::vector<float> x = before;
    kernels_.softmax(x.data(), n, 0.5F);
    double highest = before[0];
    for (const float value : before) highest = std::max(highest, static_cast<double>(value));
    double total = 0;
    for (const float value : before) total += std::exp(0.5 * (value - highest));
    for (std::size_t i = 0; i < n; ++i) {
      EXPECT_NEAR(x[i], std::exp(0.5 * (before[i] - highest)) / total, 1e-6);
    }
  }
}

TEST_P(KernelsTest, LayerNormFollowsTheDefinition) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const std::size_t n = 2 + random.below(500);
    const std::vector<float> gain = random_values(n, random);
    const std::vector<float> bias = random_values(n, random);
    const std::vector<float> before = random_values(n, random, 5);
    std::vector<float> x = before;
    kernels_.layer_norm(x.data(), n, gain.data(), bias.data(), 1e-12F);
    double mean = 0;
    for (const float value : before) mean += value / static_cast<double>(n);
    double variance = 0;
    for (const float value : before) {
      variance += (value - mean) * (value - mean) / static_cast<double>(n);
    }
    for (std::size_t i = 0; i < n; ++i) {
      EXPECT_NEAR(x[i], (before[i] - mean) / std::sqrt(variance) * gain[i] + bias[i], 3e-5);
    }
  }
}

TEST_P(KernelsTest, GeluFollowsTheDefinition) {
  std::vector<float> x;
  for (float value = -20; value < 20; value += 0.00097F) x.push_back(value);
  const std::vector<float> before = x;
  kernels_.gelu(x.data(), x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    EXPECT_NEAR(x[i], gelu_by_definition(before[i]), 3e-7 * (1 + std::abs(before[i])));
  }
}

std::string isa_of(const testing::TestParamInfo<Isa>& info) {
  return std::string(isa_name(info.param));
}

INSTANTIATE_TEST_SUITE_P(EachInstructionSet, KernelsTest, testing::ValuesIn(supported_isas()),
                         isa_of);

}  // namespace
}  // namespace limn
