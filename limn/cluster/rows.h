// Rows of a matrix, chosen by number: what k-means' parts share.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "limn/core/matrix.h"

namespace limn {

// Whether every value is 0: a text that says nothing.
[[nodiscard]] inline bool is_zero(std::span<const float> row) {
  return std::ranges::all_of(row, [](float value) { return value == 0; });
}

// The numbers of the rows that are not zero, ascending.
[[nodiscard]] inline std::vector<std::size_t> nonzero_rows(MatrixView matrix) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    if (!is_zero(matrix.row(i))) rows.push_back(i);
  }
  return rows;
}

// (rows.size(), cols): copies of these rows, in this order. Requires rows below matrix.rows().
[[nodiscard]] inline Matrix gather_rows(MatrixView matrix, std::span<const std::size_t> rows) {
  Matrix gathered(rows.size(), matrix.cols());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::ranges::copy(matrix.row(rows[i]), gathered.row(i).begin());
  }
  return gathered;
}

}  // namespace limn
