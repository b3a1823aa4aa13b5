// Rows of a matrix, chosen by number or shared out: what the parts of this layer have in common.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "limn/core/matrix.h"
#include "limn/core/random.h"

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

// nonzero_rows(); where they are more than `count`, a random part of them, in order.
[[nodiscard]] inline std::vector<std::size_t> sample_rows(MatrixView points, std::size_t count,
                                                          Random& random) {
  std::vector<std::size_t> rows = nonzero_rows(points);
  if (rows.size() <= count) return rows;
  for (std::size_t i = 0; i < count; ++i) {
    std::swap(rows[i], rows[i + random.below(rows.size() - i)]);
  }
  rows.resize(count);
  std::sort(rows.begin(), rows.end());
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

// How many rows to hand to a thread at a time when each costs `work` multiplications: enough to be
// worth the start of a thread, some 20 us. The same on any number of threads.
[[nodiscard]] inline std::size_t rows_per_chunk(std::size_t work) {
  constexpr std::size_t work_per_chunk = 4'000'000;
  return 1 + work_per_chunk / std::max<std::size_t>(1, work);
}

}  // namespace limn
