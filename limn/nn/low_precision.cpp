// Each kernel is written once and compiled for several instruction sets; what differs is the dot
// product of four bytes, and AMX's products of whole tiles.
#include "limn/nn/low_precision.h"

#include <bit>

// GCC 12's header begins some instructions with a register that is meant to be anything.
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>

#include "limn/core/check.h"

namespace limn {

std::byte* PackedOperand::reshape(std::size_t row_bytes, std::size_t columns) {
  const std::size_t padded = (columns + operand_block - 1) / operand_block * operand_block;
  blocks_.resize(padded * row_bytes / sizeof(Block));
  row_bytes_ = row_bytes;
  columns_ = columns;
  return blocks_.empty() ? nullptr : blocks_[0].bytes;
}

namespace {

// The nearest bf16, of two the even one.
std::uint16_t to_bf16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return static_cast<std::uint16_t>((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
}

// Column c's number d, as `at(c, d)` gives it.
template <typename Number, typename At>
PackedOperand pack_columns(std::size_t n, std::size_t k, At at) {
  constexpr std::size_t in_step = 4 / sizeof(Number);
  PackedOperand packed;
  const std::size_t row_bytes = operand_row_bytes(k, sizeof(Number));
  auto* const out = reinterpret_cast<Number*>(packed.reshape(row_bytes, n));
  const std::size_t columns = (n + operand_block - 1) / operand_block * operand_block;
  const std::size_t depth = row_bytes / sizeof(Number);
  for (std::size_t c = 0; c < columns; ++c) {
    Number* const panel = out + c / operand_panel * operand_panel * depth;
    for (std::size_t d = 0; d < depth; ++d) {
      const std::size_t place = (d / in_step * operand_panel + c % operand_panel) * in_step;
      panel[place + d % in_step] = c < n && d < k ? at(c, d) : Number{0};
    }
  }
  return packed;
}

}  // namespace

PackedOperand pack_bf16(std::span<const float> weights, std::size_t n, std::size_t k) {
  LIMN_CHECK(weights.size() == n * k);
  return pack_columns<std::uint16_t>(
      n, k, [&](std::size_t c, std::size_t d) { return to_bf16(weights[c * k + d]); });
}

PackedOperand pack_int8(std::span<const std::int8_t> weights, std::size_t n, std::size_t k) {
  LIMN_CHECK(weights.size() == n * k);
  return pack_columns<std::int8_t>(
      n, k, [&](std::size_t c, std::size_t d) { return weights[c * k + d]; });
}

namespace {

#pragma GCC diagnostic ignored "-Wpsabi"  // vectors are passed between functions of this file only

namespace plain {
constexpr std::size_t width = 4;
constexpr std::size_t tile_rows = 3;
constexpr std::size_t tile_panels = 1;
constexpr bool has_bf16 = false;
#include "limn/nn/low_multiply.inc"
}  // namespace plain

#pragma GCC push_options
#pragma GCC target("avx2,fma")
namespace avx2 {
constexpr std::size_t width = 8;
constexpr std::size_t tile_rows = 6;
constexpr std::size_t tile_panels = 1;
constexpr bool has_bf16 = false;
#include "limn/nn/low_multiply.inc"
}  // namespace avx2
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("avx2,fma,avxvnni")
namespace avx_vnni {
constexpr std::size_t width = 8;
constexpr std::size_t tile_rows = 6;
constexpr std::size_t tile_panels = 1;
constexpr bool has_bf16 = false;
#define LIMN_DOT_INT8(sums, a, b)                                                     \
  reinterpret_cast<IntLanes>(_mm256_dpbusd_avx_epi32(reinterpret_cast<__m256i>(sums), \
                                                     reinterpret_cast<__m256i>(a),    \
                                                     reinterpret_cast<__m256i>(b)))
#include "limn/nn/low_multiply.inc"
#undef LIMN_DOT_INT8
}  // namespace avx_vnni
#pragma GCC pop_options

#define LIMN_DOT_INT8(sums, a, b)                                                 \
  reinterpret_cast<IntLanes>(_mm512_dpbusd_epi32(reinterpret_cast<__m512i>(sums), \
                                                 reinterpret_cast<__m512i>(a),    \
                                                 reinterpret_cast<__m512i>(b)))

#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512bw,avx512vl,avx512vnni,fma,prefer-vector-width=512")
namespace avx512_vnni {
constexpr std::size_t width = 16;
constexpr std::size_t tile_rows = 12;
constexpr std::size_t tile_panels = 2;
constexpr bool has_bf16 = false;
#include "limn/nn/low_multiply.inc"
}  // namespace avx512_vnni
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target( \
        "avx512f,avx512dq,avx512bw,avx512vl,avx512vnni,avx512bf16,fma,prefer-vector-width=512")
#define LIMN_DOT_BF16(sums, a, b)                                          \
  reinterpret_cast<Lanes>(_mm512_dpbf16_ps(reinterpret_cast<__m512>(sums), \
                                           reinterpret_cast<__m512bh>(a),  \
                                           reinterpret_cast<__m512bh>(b)))
namespace avx512_bf16 {
constexpr std::size_t width = 16;
constexpr std::size_t tile_rows = 12;
constexpr std::size_t tile_panels = 2;
constexpr bool has_bf16 = true;
#include "limn/nn/low_multiply.inc"
}  // namespace avx512_bf16

namespace amx {
constexpr std::size_t width = 16;
constexpr bool has_bf16 = true;
#include "limn/nn/low_amx.inc"
}  // namespace amx
#pragma GCC pop_options

}  // namespace

const LowKernels& low_kernels(DotIsa isa) {
  switch (isa) {
    case DotIsa::plain: return plain::table;
    case DotIsa::avx2: return avx2::table;
    case DotIsa::avx_vnni: return avx_vnni::table;
    case DotIsa::avx512_vnni: return avx512_vnni::table;
    case DotIsa::avx512_bf16: return avx512_bf16::table;
    case DotIsa::amx: return amx::table;
  }
  return plain::table;
}

}  // namespace limn
