// FactorBytes: item factors in eight bits a number.
//
// What one list from a large catalogue costs is reading the factors of all its items: at 40,000
// items of 256 dimensions 42 MB of floats, and 10 MB of these.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "limn/core/matrix.h"
#include "limn/recommend/factor_kernels.h"

namespace limn {

// Borrowed, from FactorBytes or from a file.
class FactorBytesView {
 public:
  FactorBytesView() = default;
  // `values` (items, whole_tiles(dim)) and `scales` (items): item i's factors are scales[i] times
  // its values. Requires as many values as that is.
  FactorBytesView(std::span<const std::int8_t> values, std::span<const float> scales,
                  std::size_t dim);

  [[nodiscard]] std::size_t rows() const { return scales_.size(); }
  [[nodiscard]] std::size_t cols() const { return dim_; }
  [[nodiscard]] bool empty() const { return scales_.empty(); }
  [[nodiscard]] std::span<const std::int8_t> values() const { return values_; }
  [[nodiscard]] std::span<const float> scales() const { return scales_; }

  // Writes the factors of an item to `to` (cols()).
  void copy_row(std::size_t item, std::span<float> to) const;
  // products[i] = <x, factors of i>: `x` (cols()), `products` (rows()). O(rows cols).
  void multiply(std::span<const float> x, std::span<float> products) const;
  // (rows, cols)
  [[nodiscard]] Matrix matrix() const;

 private:
  std::span<const std::int8_t> values_;
  std::span<const float> scales_;
  std::size_t dim_ = 0;
};

class FactorBytes {
 public:
  FactorBytes() = default;
  // Each row's largest number becomes 127 or -127, and the others round to the nearest step: off by
  // at most 1/254 of the largest. Requires finite numbers.
  explicit FactorBytes(MatrixView factors);

  [[nodiscard]] FactorBytesView view() const { return {values_, scales_, dim_}; }
  operator FactorBytesView() const { return view(); }  // NOLINT(google-explicit-constructor)

 private:
  std::vector<std::int8_t> values_;
  std::vector<float> scales_;
  std::size_t dim_ = 0;
};

}  // namespace limn
