#include "limn/core/sparse.h"

#include <algorithm>
#include <utility>

#include "limn/core/check.h"
#include "limn/core/parallel.h"
#include "limn/core/vector_ops.h"

namespace limn {

SparseMatrix::SparseMatrix(std::vector<std::uint64_t> offsets, std::vector<std::uint32_t> indices,
                           std::vector<float> values, std::size_t cols)
    : offsets_(std::move(offsets)),
      indices_(std::move(indices)),
      values_(std::move(values)),
      cols_(cols) {
  LIMN_CHECK(!offsets_.empty() && offsets_.back() == indices_.size());
  LIMN_CHECK(indices_.size() == values_.size());
}

SparseMatrix SparseMatrix::from_triplets(std::size_t rows, std::size_t cols,
                                         std::vector<Triplet> triplets) {
  // Stable, so that values at one place are added in the order they were given.
  std::stable_sort(triplets.begin(), triplets.end(), [](const Triplet& a, const Triplet& b) {
    return a.row != b.row ? a.row < b.row : a.col < b.col;
  });
  SparseMatrix matrix(rows, cols);
  matrix.indices_.reserve(triplets.size());
  matrix.values_.reserve(triplets.size());
  const Triplet* previous = nullptr;
  for (const Triplet& entry : triplets) {
    LIMN_CHECK(entry.row < rows && entry.col < cols);
    if (previous != nullptr && previous->row == entry.row && previous->col == entry.col) {
      matrix.values_.back() += entry.value;
    } else {
      matrix.indices_.push_back(entry.col);
      matrix.values_.push_back(entry.value);
      matrix.offsets_[entry.row + 1] += 1;
    }
    previous = &entry;
  }
  for (std::size_t i = 0; i < rows; ++i) matrix.offsets_[i + 1] += matrix.offsets_[i];
  return matrix;
}

SparseMatrix transpose(SparseView matrix) {
  std::vector<std::uint64_t> offsets(matrix.cols() + 1, 0);
  for (const std::uint32_t col : matrix.indices()) offsets[col + 1] += 1;
  for (std::size_t i = 0; i < matrix.cols(); ++i) offsets[i + 1] += offsets[i];

  std::vector<std::uint64_t> next(offsets.begin(), offsets.end() - 1);
  std::vector<std::uint32_t> indices(matrix.nonzeros());
  std::vector<float> values(matrix.nonzeros());
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    const SparseRow row = matrix.row(i);
    for (std::size_t e = 0; e < row.size(); ++e) {
      const std::uint64_t place = next[row.cols[e]]++;
      indices[place] = static_cast<std::uint32_t>(i);
      values[place] = row.values[e];
    }
  }
  return SparseMatrix(std::move(offsets), std::move(indices), std::move(values), matrix.rows());
}

Matrix product(SparseView a, MatrixView b) {
  LIMN_CHECK(a.cols() == b.rows());
  constexpr std::size_t grain = 64;
  Matrix result(a.rows(), b.cols());
  parallel_for(a.rows(), grain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const SparseRow row = a.row(i);
      for (std::size_t e = 0; e < row.size(); ++e) {
        add_scaled(result.row(i), row.values[e], b.row(row.cols[e]));
      }
    }
  });
  return result;
}

}  // namespace limn
