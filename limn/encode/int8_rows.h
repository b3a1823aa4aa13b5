// Int8Rows: a matrix in eight bits a number, and weighted sums of its rows.
//
// A table of token vectors is read at random, a row a token: what counts is that few bytes move,
// and that they are whole cache lines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "limn/core/cpu.h"
#include "limn/core/matrix.h"

namespace limn {

// Row r stands for scale(r) * numbers(r), with numbers from -127 to 127.
class Int8Rows {
 public:
  Int8Rows() = default;
  // All zeros. About rows * (dim + 4) bytes, dim rounded up to 64.
  Int8Rows(std::size_t rows, std::size_t dim);

  // Each row with the scale at which its largest number is 127, rounded to the nearest: off by
  // scale / 2 at most. Requires finite numbers.
  [[nodiscard]] static Int8Rows quantize(MatrixView rows);

  [[nodiscard]] std::size_t rows() const { return scales_.size(); }
  [[nodiscard]] std::size_t dim() const { return dim_; }
  [[nodiscard]] float scale(std::size_t row) const { return scales_[row]; }
  [[nodiscard]] std::span<const std::int8_t> numbers(std::size_t row) const {
    return {begin(row), dim_};
  }

  // Sets one row. Requires `numbers` of length dim().
  void set(std::size_t row, float scale, std::span<const std::int8_t> numbers);

  // What row `row` stands for: (dim).
  [[nodiscard]] std::vector<float> floats(std::size_t row) const;

  // The sum of the rows that `ids` names, into `sum` (dim). Requires ids below rows(). Its last
  // bits depend on the instruction set, by which it is chosen, and on nothing else.
  void sum_rows(std::span<const std::uint32_t> ids, std::span<float> sum) const {
    sum_rows(ids, sum, best_isa());
  }
  void sum_rows(std::span<const std::uint32_t> ids, std::span<float> sum, Isa isa) const;

  // Of the scales and the numbers, whatever they are padded to.
  [[nodiscard]] std::uint64_t fingerprint() const;

 private:
  static constexpr std::size_t line_bytes = 64;
  struct alignas(line_bytes) Line {
    std::int8_t numbers[line_bytes] = {};
  };

  [[nodiscard]] const std::int8_t* begin(std::size_t row) const {
    return reinterpret_cast<const std::int8_t*>(lines_.data()) + row * stride_;
  }

  std::size_t dim_ = 0;
  std::size_t stride_ = 0;  // bytes from row to row: whole lines
  std::vector<Line> lines_;
  std::vector<float> scales_;
};

}  // namespace limn
