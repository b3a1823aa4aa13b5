// The kernel is written once, in int8_rows.inc, and compiled for three instruction sets.
#include "limn/encode/int8_rows.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include <immintrin.h>

#include "limn/core/check.h"
#include "limn/core/hash.h"

namespace limn {
namespace {

constexpr float most = 127;

struct SumInput {
  const std::uint32_t* ids = nullptr;
  std::size_t count = 0;
  const std::int8_t* rows = nullptr;  // aligned to 64 bytes
  std::size_t stride = 0;             // bytes from row to row, a multiple of 64
  const float* scales = nullptr;
};

#pragma GCC diagnostic ignored "-Wpsabi"  // vectors are passed between functions of this file only
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // GCC 12 says it of its own intrinsics

namespace plain {
typedef float Lanes __attribute__((vector_size(16), aligned(4), may_alias));
inline Lanes widened(const std::int8_t* numbers) {
  return Lanes{static_cast<float>(numbers[0]), static_cast<float>(numbers[1]),
               static_cast<float>(numbers[2]), static_cast<float>(numbers[3])};
}
constexpr std::size_t most_lines = 1;
#include "limn/encode/int8_rows.inc"
}  // namespace plain

#pragma GCC push_options
#pragma GCC target("avx2,fma")
namespace avx2 {
typedef float Lanes __attribute__((vector_size(32), aligned(4), may_alias));
inline Lanes widened(const std::int8_t* numbers) {
  const __m128i bytes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(numbers));
  return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(bytes));
}
constexpr std::size_t most_lines = 1;
#include "limn/encode/int8_rows.inc"
}  // namespace avx2
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512bw,avx512vl,fma,prefer-vector-width=512")
namespace avx512 {
typedef float Lanes __attribute__((vector_size(64), aligned(4), may_alias));
inline Lanes widened(const std::int8_t* numbers) {
  const __m128i bytes = _mm_load_si128(reinterpret_cast<const __m128i*>(numbers));
  return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(bytes));
}
constexpr std::size_t most_lines = 4;
#include "limn/encode/int8_rows.inc"
}  // namespace avx512
#pragma GCC pop_options

// The sums of a padded row.
void sum_padded(const SumInput& in, float* sum, Isa isa) {
  switch (isa) {
    case Isa::plain: return plain::sum_rows(in, sum);
    case Isa::avx2: return avx2::sum_rows(in, sum);
    case Isa::avx512: return avx512::sum_rows(in, sum);
  }
}

}  // namespace

Int8Rows::Int8Rows(std::size_t rows, std::size_t dim)
    : dim_(dim),
      stride_((dim + line_bytes - 1) / line_bytes * line_bytes),
      lines_(rows * (stride_ / line_bytes)),
      scales_(rows) {}

Int8Rows Int8Rows::quantize(MatrixView rows) {
  Int8Rows quantized(rows.rows(), rows.cols());
  std::vector<std::int8_t> numbers(rows.cols());
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    float largest = 0;
    for (const float x : rows.row(r)) largest = std::max(largest, std::abs(x));
    // Of numbers so small that their share of 127 is none, nothing is left.
    const float inverse = most / largest;
    if (largest == 0 || !std::isfinite(inverse)) continue;
    std::ranges::transform(rows.row(r), numbers.begin(), [&](float x) {
      return static_cast<std::int8_t>(std::lround(x * inverse));
    });
    quantized.set(r, largest / most, numbers);
  }
  return quantized;
}

void Int8Rows::set(std::size_t row, float scale, std::span<const std::int8_t> numbers) {
  LIMN_CHECK(row < rows() && numbers.size() == dim_);
  scales_[row] = scale;
  std::ranges::copy(numbers, const_cast<std::int8_t*>(begin(row)));
}

std::vector<float> Int8Rows::floats(std::size_t row) const {
  std::vector<float> values(dim_);
  std::ranges::transform(numbers(row), values.begin(), [&](std::int8_t number) {
    return scales_[row] * static_cast<float>(number);
  });
  return values;
}

void Int8Rows::sum_rows(std::span<const std::uint32_t> ids, std::span<float> sum, Isa isa) const {
  LIMN_CHECK(sum.size() == dim_);
  const SumInput in{.ids = ids.data(),
                    .count = ids.size(),
                    .rows = begin(0),
                    .stride = stride_,
                    .scales = scales_.data()};
  if (in.stride == dim_) return sum_padded(in, sum.data(), isa);
  constexpr std::size_t on_stack = 1024;
  float small[on_stack];
  std::vector<float> large(in.stride > on_stack ? in.stride : 0);
  float* const padded = large.empty() ? small : large.data();
  sum_padded(in, padded, isa);
  std::copy_n(padded, dim_, sum.begin());
}

std::uint64_t Int8Rows::fingerprint() const {
  std::uint64_t hash = hash64(std::as_bytes(std::span(scales_)), dim_);
  for (std::size_t r = 0; r < rows(); ++r) hash = hash64(std::as_bytes(numbers(r)), hash);
  return hash;
}

}  // namespace limn
