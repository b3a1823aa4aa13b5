// NumPy's .npy files: matrices of float32, written and mapped.
#pragma once

#include <filesystem>
#include <utility>

#include "limn/core/file.h"
#include "limn/core/matrix.h"
#include "limn/core/result.h"

namespace limn {

// A matrix that lives in a mapped .npy file, for as long as this does.
class NpyMatrix {
 public:
  // Reads little-endian float32 of two dimensions in C order, format versions 1 to 3.
  // Errors: not_found, unavailable; corrupt when it is anything else, or shorter than it says.
  [[nodiscard]] static Result<NpyMatrix> open(const std::filesystem::path& path);

  // (rows, cols). Does not outlive this.
  [[nodiscard]] MatrixView view() const { return view_; }

 private:
  NpyMatrix(MemoryMap map, MatrixView view) : map_(std::move(map)), view_(view) {}

  MemoryMap map_;
  MatrixView view_;
};

// Writes format version 1.0, which NumPy reads back. Errors: unavailable.
[[nodiscard]] Result<void> write_npy(const std::filesystem::path& path, MatrixView matrix);

}  // namespace limn
