// SparseMatrix: compressed sparse rows (CSR) of floats; SparseView: the same, borrowed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "limn/core/matrix.h"

namespace limn {

// One stored value and where it stands.
struct Triplet {
  std::uint32_t row = 0;
  std::uint32_t col = 0;
  float value = 0;
};

// The stored entries of one row, columns ascending.
struct SparseRow {
  std::span<const std::uint32_t> cols;
  std::span<const float> values;

  [[nodiscard]] std::size_t size() const { return cols.size(); }
};

// A borrowed (rows, cols) matrix in CSR form; what a generation's memory map is read through.
class SparseView {
 public:
  SparseView() = default;
  // `offsets` has rows + 1 entries; row i owns entries offsets[i] to offsets[i + 1].
  SparseView(std::span<const std::uint64_t> offsets, std::span<const std::uint32_t> indices,
             std::span<const float> values, std::size_t cols)
      : offsets_(offsets), indices_(indices), values_(values), cols_(cols) {}

  [[nodiscard]] std::size_t rows() const { return offsets_.empty() ? 0 : offsets_.size() - 1; }
  [[nodiscard]] std::size_t cols() const { return cols_; }
  [[nodiscard]] std::size_t nonzeros() const { return values_.size(); }
  [[nodiscard]] SparseRow row(std::size_t i) const {
    const std::size_t begin = offsets_[i];
    const std::size_t count = offsets_[i + 1] - begin;
    return {indices_.subspan(begin, count), values_.subspan(begin, count)};
  }
  [[nodiscard]] std::span<const std::uint64_t> offsets() const { return offsets_; }
  [[nodiscard]] std::span<const std::uint32_t> indices() const { return indices_; }
  [[nodiscard]] std::span<const float> values() const { return values_; }

 private:
  std::span<const std::uint64_t> offsets_;
  std::span<const std::uint32_t> indices_;
  std::span<const float> values_;
  std::size_t cols_ = 0;
};

// An owned (rows, cols) matrix in CSR form. Columns ascend within a row and are distinct.
class SparseMatrix {
 public:
  SparseMatrix() : offsets_(1, 0) {}
  SparseMatrix(std::size_t rows, std::size_t cols) : offsets_(rows + 1, 0), cols_(cols) {}
  // Takes ready-made CSR parts; requires what the class promises.
  SparseMatrix(std::vector<std::uint64_t> offsets, std::vector<std::uint32_t> indices,
               std::vector<float> values, std::size_t cols);

  // From entries in any order; values at the same place are added. O(nnz log nnz).
  [[nodiscard]] static SparseMatrix from_triplets(std::size_t rows, std::size_t cols,
                                                  std::vector<Triplet> triplets);

  [[nodiscard]] std::size_t rows() const { return offsets_.size() - 1; }
  [[nodiscard]] std::size_t cols() const { return cols_; }
  [[nodiscard]] std::size_t nonzeros() const { return values_.size(); }
  [[nodiscard]] SparseRow row(std::size_t i) const { return view().row(i); }
  [[nodiscard]] std::span<float> row_values(std::size_t i) {
    return std::span<float>(values_).subspan(offsets_[i], offsets_[i + 1] - offsets_[i]);
  }
  [[nodiscard]] std::span<const float> values() const { return values_; }
  [[nodiscard]] std::span<float> values() { return values_; }

  [[nodiscard]] SparseView view() const { return {offsets_, indices_, values_, cols_}; }
  operator SparseView() const { return view(); }  // NOLINT: as Matrix

 private:
  std::vector<std::uint64_t> offsets_;
  std::vector<std::uint32_t> indices_;
  std::vector<float> values_;
  std::size_t cols_ = 0;
};

// Rows become columns. O(nnz).
[[nodiscard]] SparseMatrix transpose(SparseView matrix);

// a b, (a.rows(), b.cols()), on all threads. Requires a.cols() == b.rows().
// 2 a.nonzeros() b.cols() flops.
[[nodiscard]] Matrix product(SparseView a, MatrixView b);

}  // namespace limn
