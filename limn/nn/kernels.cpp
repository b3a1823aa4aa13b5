// Each kernel is written once, in kernels.inc, and compiled for three instruction sets.
//
// The product is ours because its right side never changes: packed once, it needs none of the
// copying that a general matrix product does on every call, so that even a few rows run near the
// speed of many. The tiles are those of Goto and van de Geijn (2008).
#include "limn/nn/kernels.h"

// GCC 12's header begins some instructions with a register that is meant to be anything.
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>

#include "limn/core/check.h"

namespace limn {

float* PackedMatrix::reshape(std::size_t rows, std::size_t cols, std::size_t panel_cols) {
  const std::size_t panels = (cols + panel_cols - 1) / panel_cols;
  constexpr std::size_t block = sizeof(Block) / sizeof(float);
  blocks_.resize((panels * panel_cols * rows + block - 1) / block);
  rows_ = rows;
  cols_ = cols;
  return blocks_.empty() ? nullptr : blocks_[0].values;
}

namespace {

#pragma GCC diagnostic ignored "-Wpsabi"  // vectors are passed between functions of this file only

namespace plain {
constexpr std::size_t width = 4;
constexpr std::size_t tile_rows = 6;
#include "limn/nn/kernels.inc"
}  // namespace plain

#pragma GCC push_options
#pragma GCC target("avx2,fma")
namespace avx2 {
constexpr std::size_t width = 8;
constexpr std::size_t tile_rows = 6;
#include "limn/nn/kernels.inc"
}  // namespace avx2
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512bw,avx512vl,fma,prefer-vector-width=512")
namespace avx512 {
constexpr std::size_t width = 16;
constexpr std::size_t tile_rows = 12;
#include "limn/nn/kernels.inc"
}  // namespace avx512
#pragma GCC pop_options

}  // namespace

const Kernels& kernels(Isa isa) {
  switch (isa) {
    case Isa::plain: return plain::table;
    case Isa::avx2: return avx2::table;
    case Isa::avx512: return avx512::table;
  }
  return plain::table;
}

}  // namespace limn
