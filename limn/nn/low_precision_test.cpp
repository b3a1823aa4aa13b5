#include "limn/nn/low_precision.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

#include <gtest/gtest.h>

#include "limn/core/random.h"
#include "limn/nn/tensor_file.h"

namespace limn {
namespace {

std::uint16_t nearest_bf16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return static_cast<std::uint16_t>((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
}

double gelu_by_definition(double x) {
  return x * 0.5 * (1 + std::erf(x / std::sqrt(2.0)));
}

std::size_t whole_blocks(std::size_t n) {
  return (n + operand_block - 1) / operand_block * operand_block;
}

// Rows of operands, filled up as a product wants them; what is behind the numbers is not zero, but
// a number.
template <typename Number>
struct Operand {
  std::size_t stride;
  std::vector<Number> numbers;

  Operand(std::size_t rows, std::size_t n, std::size_t extra)
      : stride(operand_row_bytes(n, sizeof(Number)) + extra),
        numbers(whole_blocks(rows) * stride / sizeof(Number), Number{1}) {}

  Number* row(std::size_t i) { return numbers.data() + i * stride / sizeof(Number); }
  const std::byte* bytes() const { return reinterpret_cast<const std::byte*>(numbers.data()); }
};

// A product's operands and what its sums are by the definition.
struct Case {
  std::size_t m;
  std::size_t n;
  std::size_t k;
  std::vector<double> sums;  // (m, n)
};

class LowPrecision : public testing::TestWithParam<DotIsa> {
 protected:
  void SetUp() override { kernels_.begin(); }
  void TearDown() override { kernels_.end(); }

  const LowKernels& kernels_ = low_kernels(GetParam());
};

std::vector<float> random_values(std::size_t n, Random& random, double spread = 1) {
  std::vector<float> values(n);
  for (float& value : values) value = static_cast<float>(random.normal() * spread);
  return values;
}

Case random_case(Random& random, std::uint64_t seed) {
  return {.m = 1 + random.below(70),
          .n = 1 + random.below(100),
          .k = 1 + random.below(seed % 4 == 0 ? 1000 : 100),
          .sums = {}};
}

// What is in c behind the columns of the product.
constexpr std::uint8_t untouched = 0xAB;

TEST_P(LowPrecision, MultipliesBf16AsTheDefinitionSays) {
  for (std::uint64_t seed = 0; seed < 80; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const auto [m, n, k, unused] = random_case(random, seed);
    Operand<std::uint16_t> a(m, k, random.below(2) * 64);
    for (std::size_t i = 0; i < m * k; ++i) {
      a.row(i / k)[i % k] = nearest_bf16(static_cast<float>(random.normal()));
    }
    const std::vector<float> weights = random_values(n * k, random);
    const PackedOperand b = pack_bf16(weights, n, k);
    std::vector<float> start = random_values(whole_blocks(n), random);
    const std::vector<float> scales = random_values(m, random);
    const bool started = random.below(2) == 0;
    const auto output = static_cast<LowOutput>(random.below(4));
    const bool sums = output == LowOutput::sums;
    const std::size_t c_stride = sums ? whole_blocks(n) * 4 : n * 2 + random.below(3) * 2;
    std::vector<std::byte> c(whole_blocks(m) * c_stride, std::byte{untouched});
    const LowProduct product{.a = a.bytes(),
                             .a_stride = a.stride,
                             .m = m,
                             .b = &b,
                             .start = started ? start.data() : nullptr,
                             .row_scale = scales.data(),
                             .output = output,
                             .c = c.data(),
                             .c_stride = c_stride};
    kernels_.multiply_bf16(product);
    for (std::size_t i = 0; i < m; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        double sum = started ? start[j] : 0;
        double size = std::abs(sum);
        for (std::size_t l = 0; l < k; ++l) {
          const double term = static_cast<double>(from_bfloat16(a.row(i)[l])) *
                              from_bfloat16(nearest_bf16(weights[j * k + l]));
          sum += term;
          size += std::abs(term);
        }
        double expected = sum;
        if (output == LowOutput::scaled) expected *= scales[i];
        if (output == LowOutput::gelu) expected = gelu_by_definition(sum);
        const std::byte* const at = c.data() + i * c_stride + j * (sums ? 4 : 2);
        float found = 0;
        if (sums) {
          std::memcpy(&found, at, 4);
        } else {
          std::uint16_t half = 0;
          std::memcpy(&half, at, 2);
          found = from_bfloat16(half);
        }
        double rounding = sums ? 0 : std::abs(expected) / 256;
        if (output == LowOutput::gelu) rounding += 2e-5 * std::abs(sum);
        EXPECT_NEAR(found, expected, size * 1e-6 * (1 + std::abs(scales[i])) + rounding + 3e-4);
      }
      if (!sums) {
        for (std::size_t j = n * 2; j < c_stride; ++j) {
          EXPECT_EQ(c[i * c_stride + j], std::byte{untouched});
        }
      }
    }
  }
}

TEST_P(LowPrecision, MultipliesInt8AsTheDefinitionSays) {
  for (std::uint64_t seed = 0; seed < 80; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const auto [m, n, k, unused] = random_case(random, seed);
    Operand<std::uint8_t> a(m, k, random.below(2) * 64);
    for (std::size_t i = 0; i < m * k; ++i) {
      // With the extremes, which two products of would not fit into 16 bits.
      a.row(i / k)[i % k] = static_cast<std::uint8_t>(seed % 3 == 0 ? 255 : random.below(256));
    }
    std::vector<std::int8_t> weights(n * k);
    for (std::int8_t& weight : weights) {
      weight =
          static_cast<std::int8_t>(seed % 3 == 0 ? 127 : static_cast<int>(random.below(255)) - 127);
    }
    const PackedOperand b = pack_int8(weights, n, k);
    std::vector<std::int32_t> start(whole_blocks(n));
    for (std::int32_t& value : start) value = static_cast<int>(random.below(100000)) - 50000;
    const std::vector<float> row_scale = random_values(m, random, 1e-3);
    const std::vector<float> column_scale = random_values(whole_blocks(n), random, 1e-2);
    const std::vector<float> bias = random_values(whole_blocks(n), random);
    std::vector<float> gelu_scale(whole_blocks(n), 40.0F);
    const LowOutput output =
        std::array{LowOutput::sums, LowOutput::rows, LowOutput::gelu}[random.below(3)];
    const std::size_t number = output == LowOutput::sums ? 4 : output == LowOutput::rows ? 2 : 1;
    const std::size_t c_stride =
        number == 4 ? whole_blocks(n) * 4 : n * number + random.below(3) * 2;
    std::vector<std::byte> c(whole_blocks(m) * c_stride, std::byte{untouched});
    kernels_.multiply_int8({.a = a.bytes(),
                            .a_stride = a.stride,
                            .m = m,
                            .b = &b,
                            .start = start.data(),
                            .row_scale = row_scale.data(),
                            .column_scale = column_scale.data(),
                            .bias = bias.data(),
                            .gelu_scale = gelu_scale.data(),
                            .gelu_zero = 8,
                            .output = output,
                            .c = c.data(),
                            .c_stride = c_stride});
    for (std::size_t i = 0; i < m; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        std::int64_t sum = start[j];
        for (std::size_t l = 0; l < k; ++l) sum += a.row(i)[l] * weights[j * k + l];
        const double y = static_cast<double>(sum) * row_scale[i] * column_scale[j] + bias[j];
        const std::byte* const at = c.data() + i * c_stride + j * number;
        if (output == LowOutput::sums) {
          std::int32_t found = 0;
          std::memcpy(&found, at, 4);
          EXPECT_EQ(found, sum);
        } else if (output == LowOutput::rows) {
          std::uint16_t found = 0;
          std::memcpy(&found, at, 2);
          EXPECT_NEAR(from_bfloat16(found), y, std::abs(y) / 256 + 1e-4);
        } else {
          const double bounded = std::clamp(gelu_by_definition(y) * 40 + 8, 0.0, 255.0);
          EXPECT_NEAR(std::to_integer<int>(*at), bounded, 0.52);
        }
      }
      for (std::size_t j = n * number; number < 4 && j < c_stride; ++j) {
        EXPECT_EQ(c[i * c_stride + j], std::byte{untouched});
      }
    }
  }
}

TEST_P(LowPrecision, PacksKeysAndValuesAsTheDefinitionSays) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const std::size_t tokens = 1 + random.below(90);
    const std::size_t head = seed % 2 == 0 ? 32 * (1 + random.below(3)) : 1 + random.below(70);
    const std::size_t stride = head + random.below(20);
    std::vector<std::uint16_t> rows(tokens * stride + 32);
    for (std::uint16_t& value : rows) value = static_cast<std::uint16_t>(1 + random.below(65535));
    PackedOperand keys;
    PackedOperand values;
    kernels_.pack_keys(rows.data(), stride, tokens, head, keys);
    kernels_.pack_values(rows.data(), stride, tokens, head, values);
    const auto at = [](const PackedOperand& packed, std::size_t column, std::size_t depth) {
      std::uint16_t found = 0;
      std::memcpy(&found,
                  packed.data() + column / 16 * packed.panel_bytes() + depth / 2 * 64 +
                      column % 16 * 4 + depth % 2 * 2,
                  2);
      return found;
    };
    EXPECT_EQ(keys.columns(), tokens);
    EXPECT_EQ(values.columns(), head);
    for (std::size_t t = 0; t < whole_blocks(tokens); ++t) {
      for (std::size_t d = 0; d < whole_blocks(head); ++d) {
        const std::uint16_t expected = t < tokens && d < head ? rows[t * stride + d] : 0;
        EXPECT_EQ(at(keys, t, d), expected);
        EXPECT_EQ(at(values, d, t), expected);
      }
    }
  }
}

TEST_P(LowPrecision, SoftmaxFollowsTheDefinition) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const std::size_t n = 1 + random.below(300);
    std::vector<float> x = random_values(n, random, seed % 3 == 0 ? 100 : 3);
    x.resize(whole_blocks(n), 1e30F);  // not to be counted
    std::vector<std::uint16_t> shares(whole_blocks(n), 1);
    const float inverse = kernels_.softmax(x.data(), n, 0.5F, shares.data());
    const double highest = *std::max_element(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(n));
    double total = 0;
    for (const float value : std::span(x).first(n)) total += std::exp(0.5 * (value - highest));
    EXPECT_NEAR(inverse * total, 1, 2e-4);
    for (std::size_t i = 0; i < n; ++i) {
      const double expected = std::exp(0.5 * (x[i] - highest));
      EXPECT_NEAR(from_bfloat16(shares[i]), expected, expected * 5e-3 + 1e-30);
    }
    for (std::size_t i = n; i < shares.size(); ++i) EXPECT_EQ(shares[i], 0);
  }
}

// The residual's next row by the definition.
std::vector<double> norm_by_definition(const std::vector<double>& y, const std::vector<float>& gain,
                                       const std::vector<float>& shift) {
  const auto n = static_cast<double>(y.size());
  double mean = 0;
  for (const double value : y) mean += value / n;
  double variance = 0;
  for (const double value : y) variance += (value - mean) * (value - mean) / n;
  std::vector<double> result(y.size());
  for (std::size_t i = 0; i < y.size(); ++i) {
    result[i] = (y[i] - mean) / std::sqrt(variance + 1e-12) * gain[i] + shift[i];
  }
  return result;
}

TEST_P(LowPrecision, NormsFollowTheDefinition) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const std::size_t n = 2 + random.below(500);
    const std::vector<float> gain = random_values(n, random);
    const std::vector<float> shift = random_values(n, random);
    const std::vector<float> before = random_values(n, random, 5);
    std::vector<float> x = before;
    std::vector<std::byte> operand(operand_row_bytes(n, 2));
    LowNorm norm{.x = x.data(),
                 .n = n,
                 .gain = gain.data(),
                 .shift = shift.data(),
                 .epsilon = 1e-12F,
                 .operand = operand.data()};
    std::vector<double> y(before.begin(), before.end());
    if (seed % 2 == 0) {
      const std::vector<float> sums = random_values(n, random);
      norm.sums = sums.data();
      for (std::size_t i = 0; i < n; ++i) y[i] += sums[i];
      kernels_.norm_bf16(norm);
      const std::vector<double> expected = norm_by_definition(y, gain, shift);
      for (std::size_t i = 0; i < n; ++i) {
        EXPECT_NEAR(x[i], expected[i], 3e-5);
        std::uint16_t half = 0;
        std::memcpy(&half, operand.data() + 2 * i, 2);
        EXPECT_EQ(half, nearest_bf16(x[i]));
      }
      continue;
    }
    std::vector<std::int32_t> sums(n);
    for (std::int32_t& value : sums) value = static_cast<int>(random.below(20000)) - 10000;
    const std::vector<float> column_scale = random_values(n, random, 1e-2);
    const std::vector<float> bias = random_values(n, random);
    std::vector<float> smoothing = random_values(n, random);
    for (float& value : smoothing) value = std::abs(value) + 0.1F;
    norm.sums = sums.data();
    norm.row_scale = 0.02F;
    norm.column_scale = column_scale.data();
    norm.bias = bias.data();
    norm.smoothing = smoothing.data();
    for (std::size_t i = 0; i < n; ++i) {
      y[i] += static_cast<double>(sums[i]) * column_scale[i] * 0.02 + bias[i];
    }
    const float unit = kernels_.norm_int8(norm);
    const std::vector<double> expected = norm_by_definition(y, gain, shift);
    double highest = 0;
    for (std::size_t i = 0; i < n; ++i) {
      EXPECT_NEAR(x[i], expected[i], 3e-5);
      highest = std::max(highest, std::abs(static_cast<double>(x[i]) * smoothing[i]));
    }
    EXPECT_NEAR(unit * 127, highest, highest * 1e-5);
    for (std::size_t i = 0; i < n; ++i) {
      const double stands_for =
          (std::to_integer<int>(operand[i]) - 128) * static_cast<double>(unit);
      EXPECT_NEAR(stands_for, x[i] * smoothing[i], unit * 0.501);
    }
  }
}

TEST_P(LowPrecision, QuantizesRows) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const std::size_t n = 1 + random.below(500);
    std::vector<std::uint16_t> row(n);
    for (std::uint16_t& value : row) {
      value = seed == 0 ? std::uint16_t{0} : nearest_bf16(static_cast<float>(random.normal()));
    }
    std::vector<float> smoothing(n, 0.5F);
    std::vector<std::byte> operand(operand_row_bytes(n, 1));
    const float unit = kernels_.quantize(row.data(), n, smoothing.data(), operand.data());
    for (std::size_t i = 0; i < n; ++i) {
      const double stands_for =
          (std::to_integer<int>(operand[i]) - 128) * static_cast<double>(unit);
      EXPECT_NEAR(stands_for, 0.5 * from_bfloat16(row[i]), unit * 0.501);
    }
  }
}

std::string isa_of(const testing::TestParamInfo<DotIsa>& info) {
  return std::string(dot_isa_name(info.param));
}

INSTANTIATE_TEST_SUITE_P(EachInstructionSet, LowPrecision, testing::ValuesIn(supported_dot_isas()),
                         isa_of);

}  // namespace
}  // namespace limn
