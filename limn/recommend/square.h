// Square: a symmetric matrix in the making, for the models that invert X'X.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "limn/core/sparse.h"

namespace limn {

// A symmetric (n, n) matrix, column-major, of which LAPACK reads and writes the lower triangle.
class Square {
 public:
  explicit Square(std::size_t n) : n_(n), values_(n * n) {}

  [[nodiscard]] std::size_t n() const { return n_; }
  [[nodiscard]] float* data() { return values_.data(); }
  [[nodiscard]] const float* data() const { return values_.data(); }
  [[nodiscard]] std::span<float> column(std::size_t j) { return {values_.data() + j * n_, n_}; }
  [[nodiscard]] std::span<const float> column(std::size_t j) const {
    return {values_.data() + j * n_, n_};
  }

 private:
  std::size_t n_;
  std::vector<float> values_;
};

// The lower triangle of X'X for X = `interactions` (users, items). Parallel. O(sum of n_u^2).
[[nodiscard]] Square lower_gram(SparseView interactions);

// Adds l2 + dropout / (1 - dropout) * own value to the diagonal: a ridge that grows with an item's
// count, as dropout on the inputs would have it (EDLAE; Steck, 2020).
void add_ridge(Square& square, double l2, double dropout);

// Inverts in place and fills both triangles. Answers whether the matrix was positive definite; what
// is left is of no use where it was not. O(n^3) on one thread, and the same bytes on any number.
[[nodiscard]] bool invert(Square& square);

}  // namespace limn
