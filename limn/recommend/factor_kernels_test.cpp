#include "limn/recommend/factor_kernels.h"

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "limn/core/parallel.h"
#include "limn/core/random.h"
#include "limn/recommend/test_data.h"

namespace limn {
namespace {

FactorRows random_rows(std::size_t rows, std::size_t width, std::uint64_t seed) {
  Random random(seed);
  FactorRows result(rows, width);
  for (std::size_t i = 0; i < rows * width; ++i) {
    result.data()[i] = static_cast<float>(random.normal());
  }
  return result;
}

std::vector<std::uint32_t> random_index(std::size_t size, std::size_t rows, std::uint64_t seed) {
  Random random(seed);
  std::vector<std::uint32_t> result(size);
  for (std::uint32_t& row : result) row = static_cast<std::uint32_t>(random.below(rows));
  return result;
}

class FactorKernelsTest : public testing::TestWithParam<Isa> {
 protected:
  const FactorKernels& kernels_ = factor_kernels(GetParam());
};

TEST_P(FactorKernelsTest, SumsOuterProductsOnAndAboveTheDiagonal) {
  for (const std::size_t count : {0U, 1U, 31U, 32U, 33U, 100U}) {
    SCOPED_TRACE(count);
    const FactorRows rows = random_rows(50, 64, count);
    const std::vector<std::uint32_t> index = random_index(count, 50, count + 1);
    const std::vector<float> weights = random_floats(count, count + 2);
    const ColumnBlock block{16, 48};
    AlignedFloats sums(48 * 48);
    for (std::size_t i = 0; i < sums.size(); ++i) sums.data()[i] = 1;
    AlignedFloats scratch(outer_chunk * 48);
    kernels_.add_outer({rows.data(), 64, index.data(), count}, block, weights.data(), sums.data(),
                       scratch.data());
    for (std::size_t r = 0; r < 48; ++r) {
      for (std::size_t c = r / factor_tile * factor_tile; c < 48; ++c) {
        double expected = 1;
        for (std::size_t i = 0; i < count; ++i) {
          const float* const v = rows.row(index[i]);
          expected += static_cast<double>(weights[i]) * v[16 + r] * v[16 + c];
        }
        ASSERT_NEAR(sums.data()[r * 48 + c], expected, 1e-3) << r << " " << c;
      }
    }
  }
}

TEST_P(FactorKernelsTest, MultipliesRowsOfBytes) {
  for (const std::size_t count : {1U, 3U, 4U, 9U}) {
    SCOPED_TRACE(count);
    Random random(count);
    std::vector<std::int8_t> values(count * 48);
    for (std::int8_t& value : values)
      value = static_cast<std::int8_t>(static_cast<int>(random.below(255)) - 127);
    const std::vector<float> scales = random_floats(count, count + 1);
    const std::vector<float> x = random_floats(48, count + 2);
    std::vector<float> products(count, 7);
    kernels_.multiply_bytes({values.data(), 48, scales.data(), count}, x.data(), products.data());
    for (std::size_t i = 0; i < count; ++i) {
      double expected = 0;
      for (std::size_t j = 0; j < 48; ++j)
        expected += static_cast<double>(x[j]) * scales[i] * values[i * 48 + j];
      EXPECT_NEAR(products[i], expected, 1e-2) << i;
    }
  }
}

TEST_P(FactorKernelsTest, SumsAndMultipliesChosenRows) {
  const FactorRows rows = random_rows(50, 80, 1);
  const std::vector<std::uint32_t> index = random_index(37, 50, 2);
  const std::vector<float> weights = random_floats(37, 3);
  const std::vector<float> x = random_floats(32, 4);
  const ChosenRows chosen{rows.data(), 80, index.data(), 37};
  std::vector<float> sums(32, 2);
  std::vector<float> products(37, 3);
  kernels_.add_rows(chosen, {48, 32}, weights.data(), sums.data());
  kernels_.add_products(chosen, {48, 32}, x.data(), products.data());

  for (std::size_t j = 0; j < 32; ++j) {
    double expected = 2;
    for (std::size_t i = 0; i < 37; ++i) {
      expected += static_cast<double>(weights[i]) * rows.row(index[i])[48 + j];
    }
    EXPECT_NEAR(sums[j], expected, 1e-4);
  }
  for (std::size_t i = 0; i < 37; ++i) {
    double expected = 3;
    for (std::size_t j = 0; j < 32; ++j) {
      expected += static_cast<double>(x[j]) * rows.row(index[i])[48 + j];
    }
    EXPECT_NEAR(products[i], expected, 1e-4);
  }
}

// A symmetric matrix of `rank` random outer products and a ridge: what iALS solves with.
std::vector<double> random_system(std::size_t size, std::size_t rank, std::uint64_t seed) {
  const std::vector<float> rows = random_floats(rank * size, seed);
  std::vector<double> a(size * size);
  for (std::size_t r = 0; r < size; ++r) {
    a[r * size + r] = 0.5;
    for (std::size_t c = 0; c < size; ++c) {
      for (std::size_t i = 0; i < rank; ++i) {
        a[r * size + c] += static_cast<double>(rows[i * size + r]) * rows[i * size + c];
      }
    }
  }
  return a;
}

TEST_P(FactorKernelsTest, SolvesSymmetricSystems) {
  for (const std::size_t size : {16U, 32U, 48U, 64U, 128U, 256U}) {
    for (const std::size_t rank : {std::size_t{0}, size / 3, 2 * size}) {
      SCOPED_TRACE(std::to_string(size) + " unknowns, rank " + std::to_string(rank));
      const std::vector<double> a = random_system(size, rank, size + rank);
      const std::vector<float> expected = random_floats(size, rank);
      AlignedFloats x(size);
      for (std::size_t r = 0; r < size; ++r) {
        double sum = 0;
        for (std::size_t c = 0; c < size; ++c) sum += a[r * size + c] * expected[c];
        x.data()[r] = static_cast<float>(sum);
      }
      AlignedFloats square(size * size);
      for (std::size_t r = 0; r < size; ++r) {
        for (std::size_t c = 0; c < size; ++c) {
          // What lies below the diagonal's tiles must not matter.
          const bool read = c >= r / factor_tile * factor_tile;
          square.data()[r * size + c] = read ? static_cast<float>(a[r * size + c]) : 1e9F;
        }
      }
      AlignedFloats scratch(solve_scratch_size(size));
      kernels_.solve(square.data(), size, x.data(), scratch.data());
      for (std::size_t r = 0; r < size; ++r) ASSERT_NEAR(x.data()[r], expected[r], 5e-3) << r;
    }
  }
}

TEST_P(FactorKernelsTest, AnswersFiniteNumbersWhereTheMatrixIsSingular) {
  AlignedFloats square(32 * 32);
  for (std::size_t i = 0; i < square.size(); ++i) square.data()[i] = 1;
  AlignedFloats x(32);
  AlignedFloats scratch(solve_scratch_size(32));
  x.data()[0] = 1;
  kernels_.solve(square.data(), 32, x.data(), scratch.data());
  for (std::size_t r = 0; r < 32; ++r) EXPECT_FALSE(std::isnan(x.data()[r]));
}

INSTANTIATE_TEST_SUITE_P(Isas, FactorKernelsTest,
                         testing::ValuesIn(supported_isas().begin(), supported_isas().end()),
                         [](const auto& isa) { return std::string(isa_name(isa.param)); });

TEST(Gram, IsTheSumOfOuterProductsOnAnyNumberOfThreads) {
  const FactorRows rows = random_rows(10'000, 32, 1);
  const std::vector<float> weights = random_floats(10'000, 2);
  const std::size_t threads = thread_count();
  set_thread_count(1);
  const FactorRows one = gram(rows, weights);
  set_thread_count(3);
  const FactorRows three = gram(rows, weights);
  set_thread_count(threads);
  for (std::size_t r = 0; r < 32; ++r) {
    for (std::size_t c = 0; c < 32; ++c) {
      double expected = 0;
      for (std::size_t i = 0; i < rows.rows(); ++i) {
        expected += static_cast<double>(weights[i]) * rows.row(i)[r] * rows.row(i)[c];
      }
      ASSERT_NEAR(one.row(r)[c], expected, 0.02);
      ASSERT_EQ(one.row(r)[c], three.row(r)[c]);
    }
  }
}

TEST(Gram, OfNothingIsZero) {
  const FactorRows sums = gram(FactorRows(0, 16));
  EXPECT_EQ(sums.rows(), 16U);
  EXPECT_EQ(sums.row(3)[3], 0);
}

}  // namespace
}  // namespace limn
