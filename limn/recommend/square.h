// Square: a symmetric matrix in the making, for the models that invert X'X.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "limn/core/sparse.h"
#include "limn/recommend/factor_kernels.h"

namespace limn {

// A symmetric (n, n) matrix, column-major, of which the lower triangle is read.
class Square {
 public:
  explicit Square(std::size_t n)
      : n_(n), stride_(whole_tiles(n)), values_(whole_tiles(n) * whole_tiles(n)) {}

  [[nodiscard]] std::size_t n() const { return n_; }
  [[nodiscard]] float* data() { return values_.data(); }
  [[nodiscard]] const float* data() const { return values_.data(); }
  // A column every so many floats: n filled up to whole tiles, as are the columns, with zeros.
  [[nodiscard]] std::size_t stride() const { return stride_; }
  [[nodiscard]] std::span<float> column(std::size_t j) {
    return {values_.data() + j * stride_, n_};
  }
  [[nodiscard]] std::span<const float> column(std::size_t j) const {
    return {values_.data() + j * stride_, n_};
  }

 private:
  std::size_t n_;
  std::size_t stride_;
  std::vector<float> values_;
};

// The lower triangle of X'X for X = `interactions` (users, items). Parallel. O(sum of n_u^2).
[[nodiscard]] Square lower_gram(SparseView interactions);

// Adds l2 + dropout / (1 - dropout) * own value to the diagonal: a ridge that grows with an item's
// count, as dropout on the inputs would have it (EDLAE; Steck, 2020).
void add_ridge(Square& square, double l2, double dropout);

// Inverts in place and fills both triangles. Answers whether the matrix was positive definite; what
// is left is of no use where it was not. O(n^3), in parallel; the same bytes on any number of
// threads.
[[nodiscard]] bool invert(Square& square);

}  // namespace limn
