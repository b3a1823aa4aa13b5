// Arithmetic on rows of floats, with kernels chosen by the processor at run time.
//
// All functions may be called from any thread. The result of a sum depends on the kernel in its
// last bits, never on the number of threads.
#pragma once

#include <span>

#include "limn/core/cpu.h"
#include "limn/core/matrix.h"

namespace limn {

// Sum of a[i] * b[i]. Requires equal lengths.
[[nodiscard]] float dot(std::span<const float> a, std::span<const float> b);

// Squared Euclidean distance. Requires equal lengths.
[[nodiscard]] float l2_squared(std::span<const float> a, std::span<const float> b);

// y += scale * x. Requires equal lengths.
void add_scaled(std::span<float> y, float scale, std::span<const float> x);

// x *= scale.
void scale(std::span<float> x, float scale);

// Euclidean length.
[[nodiscard]] float l2_norm(std::span<const float> x);

// Scales to length 1; a row of zeros, or one that is not finite, becomes (stays) all zero. Returns
// the old length.
float normalize(std::span<float> x);
void normalize_rows(Matrix& matrix);

// scores[i] = dot(matrix.row(i), query): an exact scan, at the speed of the memory.
// Requires query of matrix.cols() and scores of matrix.rows().
void multiply(MatrixView matrix, std::span<const float> query, std::span<float> scores);

// The kernels of one instruction set, for tests and benchmarks; the functions above use
// best_isa()'s.
struct VectorKernels {
  float (*dot)(const float* a, const float* b, std::size_t n);
  float (*l2_squared)(const float* a, const float* b, std::size_t n);
  void (*add_scaled)(float* y, float scale, const float* x, std::size_t n);
};

// Requires `isa` to be one of supported_isas().
[[nodiscard]] const VectorKernels& vector_kernels(Isa isa);

}  // namespace limn
