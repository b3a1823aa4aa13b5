// Matrix: rows of floats, one after the other; MatrixView: the same, borrowed.
#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "limn/core/check.h"

namespace limn {

// A borrowed (rows, cols) matrix of floats, row-major and without gaps.
class MatrixView {
 public:
  MatrixView() = default;
  MatrixView(const float* data, std::size_t rows, std::size_t cols)
      : data_(data), rows_(rows), cols_(cols) {}

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t cols() const { return cols_; }
  [[nodiscard]] bool empty() const { return rows_ == 0; }
  [[nodiscard]] const float* data() const { return data_; }

  // Row i, (cols,). Requires i < rows().
  [[nodiscard]] std::span<const float> row(std::size_t i) const {
    return {data_ + i * cols_, cols_};
  }

  // `count` rows from `begin`, sharing the same memory.
  [[nodiscard]] MatrixView slice(std::size_t begin, std::size_t count) const {
    LIMN_CHECK(begin + count <= rows_);
    return {data_ + begin * cols_, count, cols_};
  }

 private:
  const float* data_ = nullptr;
  std::size_t rows_ = 0;
  std::size_t cols_ = 0;
};

// An owned (rows, cols) matrix of floats, row-major, zero at first.
class Matrix {
 public:
  Matrix() = default;
  Matrix(std::size_t rows, std::size_t cols) : values_(rows * cols), rows_(rows), cols_(cols) {}
  Matrix(std::size_t rows, std::size_t cols, std::vector<float> values)
      : values_(std::move(values)), rows_(rows), cols_(cols) {
    LIMN_CHECK(values_.size() == rows * cols);
  }

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t cols() const { return cols_; }
  [[nodiscard]] bool empty() const { return rows_ == 0; }
  [[nodiscard]] float* data() { return values_.data(); }
  [[nodiscard]] const float* data() const { return values_.data(); }

  [[nodiscard]] std::span<float> row(std::size_t i) { return {values_.data() + i * cols_, cols_}; }
  [[nodiscard]] std::span<const float> row(std::size_t i) const {
    return {values_.data() + i * cols_, cols_};
  }

  [[nodiscard]] MatrixView view() const { return {values_.data(), rows_, cols_}; }
  operator MatrixView() const {
    return view();
  }  // NOLINT: a matrix can be read wherever a view can

 private:
  std::vector<float> values_;
  std::size_t rows_ = 0;
  std::size_t cols_ = 0;
};

}  // namespace limn
