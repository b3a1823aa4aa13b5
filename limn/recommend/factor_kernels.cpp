// Each kernel is written once, in factor_kernels.inc, and compiled for three instruction sets.
//
// LAPACK on systems this small spends its time on calls: 12 GFLOP/s at 64 unknowns. Here a tile of
// 16 x 16 sums stays in registers (16 of AVX-512's 32), and a system is solved tile by tile as
// L D L', without square roots, the inverse of each diagonal tile made on the way: what is left is
// sums of outer products again.
#include "limn/recommend/factor_kernels.h"

#include <algorithm>

// GCC 12's header begins some instructions with a register that is meant to be anything.
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>

#include "limn/core/check.h"
#include "limn/core/parallel.h"

namespace limn {
namespace {

#pragma GCC diagnostic ignored "-Wpsabi"  // vectors are passed between functions of this file only

// What the kernels load instead of computing it: rows 0, 1, ... of a tile; lanes 0, 1, ... ; and
// all bits of one lane, from whose row any lane can be made the one.
constexpr std::uint32_t tile_rows[factor_tile] = {0, 1, 2,  3,  4,  5,  6,  7,
                                                  8, 9, 10, 11, 12, 13, 14, 15};
alignas(64) constexpr int counting[2 * factor_tile] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10,
                                                       11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
                                                       22, 23, 24, 25, 26, 27, 28, 29, 30, 31};
alignas(64) constexpr int one_lane[2 * factor_tile] = {0, 0, 0, 0, 0, 0, 0, 0, 0,
                                                       0, 0, 0, 0, 0, 0, 0, -1};

namespace plain {
constexpr std::size_t width = 4;
constexpr std::size_t group = 2;
inline __m128 load_bytes(const std::int8_t* x) {
  int four = 0;
  __builtin_memcpy(&four, x, sizeof(four));
  const __m128i bytes = _mm_cvtsi32_si128(four);
  const __m128i words = _mm_unpacklo_epi8(bytes, bytes);
  return _mm_cvtepi32_ps(_mm_srai_epi32(_mm_unpacklo_epi16(words, words), 24));
}
#include "limn/recommend/factor_kernels.inc"
}  // namespace plain

#pragma GCC push_options
#pragma GCC target("avx2,fma")
namespace avx2 {
constexpr std::size_t width = 8;
constexpr std::size_t group = 4;
inline __m256 load_bytes(const std::int8_t* x) {
  const __m128i bytes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(x));
  return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(bytes));
}
#include "limn/recommend/factor_kernels.inc"
}  // namespace avx2
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512bw,avx512vl,fma,prefer-vector-width=512")
namespace avx512 {
constexpr std::size_t width = 16;
constexpr std::size_t group = 16;
inline __m512 load_bytes(const std::int8_t* x) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(x));
  return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(bytes));
}
#include "limn/recommend/factor_kernels.inc"
}  // namespace avx512
#pragma GCC pop_options

// Rows whose outer products are summed in float before the sum is added in double.
constexpr std::size_t gram_chunk = 4096;

}  // namespace

const FactorKernels& factor_kernels(Isa isa) {
  switch (isa) {
    case Isa::plain: return plain::table;
    case Isa::avx2: return avx2::table;
    case Isa::avx512: return avx512::table;
  }
  return plain::table;
}

const FactorKernels& factor_kernels() {
  static const FactorKernels& kernels = factor_kernels(best_isa());
  return kernels;
}

FactorRows::FactorRows(MatrixView matrix) : FactorRows(matrix.rows(), whole_tiles(matrix.cols())) {
  for (std::size_t i = 0; i < rows_; ++i) std::ranges::copy(matrix.row(i), row(i));
}

Matrix FactorRows::matrix(std::size_t cols) const {
  LIMN_CHECK(cols <= width_);
  Matrix result(rows_, cols);
  for (std::size_t i = 0; i < rows_; ++i) std::copy_n(row(i), cols, result.row(i).begin());
  return result;
}

FactorRows gram(const FactorRows& rows, std::span<const float> weights) {
  LIMN_CHECK(weights.empty() || weights.size() == rows.rows());
  const std::size_t width = rows.width();
  const std::size_t chunks = (rows.rows() + gram_chunk - 1) / gram_chunk;
  std::vector<AlignedFloats> parts(chunks);
  parallel_for(rows.rows(), gram_chunk, [&](std::size_t begin, std::size_t end) {
    std::vector<std::uint32_t> index(end - begin);
    for (std::size_t i = 0; i < index.size(); ++i) index[i] = static_cast<std::uint32_t>(i);
    const std::vector<float> ones(weights.empty() ? index.size() : 0, 1.0F);
    AlignedFloats scratch(outer_chunk * width);
    AlignedFloats& part = parts[begin / gram_chunk];
    part = AlignedFloats(width * width);
    factor_kernels().add_outer({rows.row(begin), width, index.data(), index.size()}, {0, width},
                               weights.empty() ? ones.data() : weights.data() + begin, part.data(),
                               scratch.data());
  });
  FactorRows sums(width, width);
  for (std::size_t i = 0; i < width; ++i) {
    for (std::size_t j = i; j < width; ++j) {
      double total = 0;
      for (const AlignedFloats& part : parts) total += part.data()[i * width + j];
      sums.row(i)[j] = sums.row(j)[i] = static_cast<float>(total);
    }
  }
  return sums;
}

}  // namespace limn
