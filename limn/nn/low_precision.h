// The arithmetic of a Transformer with operands in bf16 or in 8 bits, on one thread.
//
// An operand's row is cut into steps of four bytes: two numbers in bf16, four of 8 bits. That is
// what the dot products of AMX (a tile's row: 16 steps), AVX512-BF16 and VNNI take at a time, so
// one layout serves all of them; a row ends at a whole number of 64 bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "limn/core/cpu.h"

namespace limn {

constexpr std::size_t operand_row_unit = 64;  // bytes; 16 steps
constexpr std::size_t operand_panel = 16;     // columns that stand together
constexpr std::size_t operand_block = 32;     // rows and columns that are computed together

// The bytes of a row of `n` numbers in `bytes` bytes each.
[[nodiscard]] constexpr std::size_t operand_row_bytes(std::size_t n, std::size_t bytes) {
  return (n * bytes + operand_row_unit - 1) / operand_row_unit * operand_row_unit;
}

// The right side of a product, (depth, columns): panels of 16 columns, in each step after step, in
// each the four bytes of 16 columns. Depth and columns are filled up with zeros, the columns to a
// multiple of 32.
class PackedOperand {
 public:
  PackedOperand() = default;

  [[nodiscard]] std::size_t columns() const { return columns_; }
  [[nodiscard]] std::size_t row_bytes() const { return row_bytes_; }  // of the left side's rows
  [[nodiscard]] std::size_t panel_bytes() const { return row_bytes_ * operand_panel; }
  [[nodiscard]] const std::byte* data() const {
    return blocks_.empty() ? nullptr : blocks_[0].bytes;
  }

  // Makes it of `columns` for left rows of `row_bytes`, keeping the memory it has; its bytes are
  // what they were. Returns where they are.
  std::byte* reshape(std::size_t row_bytes, std::size_t columns);

 private:
  struct alignas(64) Block {
    std::byte bytes[64];
  };

  std::vector<Block> blocks_;
  std::size_t row_bytes_ = 0;
  std::size_t columns_ = 0;
};

// Layers' weights as they are stored, (n, k): n are the columns. The nearest bf16, or what is
// there.
[[nodiscard]] PackedOperand pack_bf16(std::span<const float> weights, std::size_t n, std::size_t k);
[[nodiscard]] PackedOperand pack_int8(std::span<const std::int8_t> weights, std::size_t n,
                                      std::size_t k);

// What becomes of a product's sums.
enum class LowOutput {
  sums,    // c holds them as they are: floats, or 32-bit whole numbers for int8
  rows,    // c holds their values in bf16
  scaled,  // bf16 operands only: c holds bf16, each row times its row_scale
  gelu     // c is the next product's operand: their GELU, in bf16 or in 8 bits
};

// A value is start + a b in bf16; in 8 bits it is row_scale * column_scale * (start + a b) + bias.
// c's rows are c_stride bytes apart.
struct LowProduct {
  const std::byte* a = nullptr;  // rows of operands; those up to a multiple of 32 may be read
  std::size_t a_stride = 0;      // bytes
  std::size_t m = 0;
  const PackedOperand* b = nullptr;
  const void* start = nullptr;  // (columns, filled up to 32): floats or whole numbers; null: zeros
  const float* row_scale = nullptr;     // (m)
  const float* column_scale = nullptr;  // (columns, filled up to 32)
  const float* bias = nullptr;          // (columns, filled up to 32)
  const float* gelu_scale = nullptr;    // (columns, filled up to 32): to 8 bits
  float gelu_zero = 0;                  // what stands for 0 there
  LowOutput output = LowOutput::sums;
  std::byte* c = nullptr;  // for sums, rows and columns up to multiples of 32 are written
  std::size_t c_stride = 0;
  bool c_has_whole_blocks = false;  // the columns up to a multiple of 32 may be written
};

// A row of sums becomes the residual's next row, by a layer norm, and the next product's operand.
struct LowNorm {
  const void* sums = nullptr;  // (n) as LowOutput::sums gives them; null: x is normalized as it is
  float row_scale = 1;         // of int8's sums
  const float* column_scale = nullptr;
  const float* bias = nullptr;  // of int8's sums
  float* x = nullptr;           // (n) the residual, and then the result
  std::size_t n = 0;
  const float* gain = nullptr;
  const float* shift = nullptr;
  float epsilon = 0;
  const float* smoothing = nullptr;  // (n) int8: what the operand's columns are multiplied with
  std::byte* operand = nullptr;      // (n) numbers
};

struct LowKernels {
  // Before and after the others are called on a thread.
  void (*begin)();
  void (*end)();
  void (*multiply_bf16)(const LowProduct& product);
  void (*multiply_int8)(const LowProduct& product);
  // Keys (n tokens of `width` numbers, a row every `stride` numbers) as the right side of queries
  // times keys, (width, n); values as that of shares times values, (n, width).
  void (*pack_keys)(const std::uint16_t* rows, std::size_t stride, std::size_t n, std::size_t width,
                    PackedOperand& packed);
  void (*pack_values)(const std::uint16_t* rows, std::size_t stride, std::size_t n,
                      std::size_t width, PackedOperand& packed);
  // shares[i] = exp(scale * (x[i] - the largest x)) in bf16 for i < n, zeros up to a multiple of
  // 32. x can be read up to there. Returns the reciprocal of their sum. Within 1e-4 of each before
  // it is rounded.
  float (*softmax)(const float* x, std::size_t n, float scale, std::uint16_t* shares);
  void (*norm_bf16)(const LowNorm& norm);
  // Return what one of the operand's units, counted from 128, stands for.
  float (*norm_int8)(const LowNorm& norm);
  // A row of bf16 as 8 bits, each first times its smoothing.
  float (*quantize)(const std::uint16_t* row, std::size_t n, const float* smoothing,
                    std::byte* operand);
};

// Requires `isa` to be one of supported_dot_isas(). Each result depends on its own row's values
// only: the same row in another batch gives the same bytes.
[[nodiscard]] const LowKernels& low_kernels(DotIsa isa);

}  // namespace limn
