// The arithmetic of least squares over rows of factors: sums of outer products, and the solution of
// small symmetric systems, with kernels chosen by the processor at run time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "limn/core/cpu.h"
#include "limn/core/matrix.h"

namespace limn {

// The side of the square tiles that the kernels work by: widths are filled up to whole tiles.
inline constexpr std::size_t factor_tile = 16;

// Rows whose outer products are summed while they are in the first cache.
inline constexpr std::size_t outer_chunk = 32;

// `width` filled up to whole tiles.
[[nodiscard]] constexpr std::size_t whole_tiles(std::size_t width) {
  return (width + factor_tile - 1) / factor_tile * factor_tile;
}

// Floats that start at a cache line, zero at first.
class AlignedFloats {
 public:
  AlignedFloats() = default;
  explicit AlignedFloats(std::size_t size)
      : lines_((size + factor_tile - 1) / factor_tile), size_(size) {}

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] float* data() { return lines_.empty() ? nullptr : lines_.front().values; }
  [[nodiscard]] const float* data() const {
    return lines_.empty() ? nullptr : lines_.front().values;
  }

 private:
  struct alignas(64) Line {
    float values[factor_tile] = {};
  };
  static_assert(sizeof(Line) == factor_tile * sizeof(float));

  std::vector<Line> lines_;
  std::size_t size_ = 0;
};

// A (rows, width) matrix whose rows start at a cache line: width is a multiple of factor_tile.
class FactorRows {
 public:
  FactorRows() = default;
  FactorRows(std::size_t rows, std::size_t width)
      : values_(rows * width), rows_(rows), width_(width) {}
  // The rows of `matrix`, filled up with zeros.
  explicit FactorRows(MatrixView matrix);

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t width() const { return width_; }
  [[nodiscard]] float* data() { return values_.data(); }
  [[nodiscard]] const float* data() const { return values_.data(); }
  [[nodiscard]] float* row(std::size_t i) { return values_.data() + i * width_; }
  [[nodiscard]] const float* row(std::size_t i) const { return values_.data() + i * width_; }
  // The first `cols` columns. Requires cols <= width().
  [[nodiscard]] Matrix matrix(std::size_t cols) const;

 private:
  AlignedFloats values_;
  std::size_t rows_ = 0;
  std::size_t width_ = 0;
};

// Chosen rows of a FactorRows. Borrowed.
struct ChosenRows {
  const float* data = nullptr;
  std::size_t width = 0;
  const std::uint32_t* index = nullptr;  // (count)
  std::size_t count = 0;
};

// Rows of whole numbers of eight bits, each row with a scale. Borrowed.
struct ByteRows {
  const std::int8_t* values = nullptr;  // (count, width)
  std::size_t width = 0;                // a multiple of factor_tile
  const float* scales = nullptr;        // (count)
  std::size_t count = 0;
};

// Columns [begin, begin + size) of rows. Both are multiples of factor_tile.
struct ColumnBlock {
  std::size_t begin = 0;
  std::size_t size = 0;
};

// The kernels of one instruction set. v_i stands for the i-th chosen row within the block.
struct FactorKernels {
  // sums (size, size), row-major, += sum_i weights[i] v_i v_i', in the tiles on and above the
  // diagonal. `scratch` has outer_chunk * size floats. size^2 flops a row.
  void (*add_outer)(const ChosenRows& rows, ColumnBlock block, const float* weights, float* sums,
                    float* scratch);
  // sums, a tile with a row every `sums_stride`, += sum_i weights[i] left_i right_i', where left_i
  // and right_i are the i-th of `count` rows of a tile's width, one every `stride`.
  void (*add_outer_tile)(const float* left, const float* right, std::size_t stride,
                         std::size_t count, const float* weights, float* sums,
                         std::size_t sums_stride);
  // sums (size) += sum_i weights[i] v_i.
  void (*add_rows)(const ChosenRows& rows, ColumnBlock block, const float* weights, float* sums);
  // products[i] += <x, v_i>, x of `size`.
  void (*add_products)(const ChosenRows& rows, ColumnBlock block, const float* x, float* products);
  // products[i] = <x, scales[i] values_i>, x of `width`. Bound by how fast the rows are read.
  void (*multiply_bytes)(const ByteRows& rows, const float* x, float* products);
  // x = a^-1 x for a symmetric positive definite a (size, size), of which the tiles on and above
  // the diagonal are read and all are overwritten. `scratch` has solve_scratch_size(size) floats.
  // Pivots that rounding made too small are raised, so that the answer is finite. size^3 / 3 flops.
  void (*solve)(float* a, std::size_t size, float* x, float* scratch);
};

// The floats that FactorKernels::solve needs beside its arguments.
[[nodiscard]] constexpr std::size_t solve_scratch_size(std::size_t size) {
  return size * factor_tile + 2 * size + factor_tile;
}

// Requires `isa` to be one of supported_isas().
[[nodiscard]] const FactorKernels& factor_kernels(Isa isa);

// best_isa()'s.
[[nodiscard]] const FactorKernels& factor_kernels();

// sum_i weights[i] v_i v_i' over all rows, or of v_i v_i' where `weights` is empty: (width, width),
// every entry. Sums of fixed chunks, added in order in double: the same bytes on any number of
// threads. O(rows width^2).
[[nodiscard]] FactorRows gram(const FactorRows& rows, std::span<const float> weights = {});

}  // namespace limn
