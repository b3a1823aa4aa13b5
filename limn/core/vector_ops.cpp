// Each kernel is written once, in vector_kernels.inc, and compiled for three instruction sets.
#include "limn/core/vector_ops.h"

#include <cmath>

#include "limn/core/check.h"

namespace limn {
namespace {

#pragma GCC diagnostic ignored "-Wpsabi"  // vectors are passed between functions of this file only

namespace plain {
#include "limn/core/vector_kernels.inc"
}

#pragma GCC push_options
#pragma GCC target("avx2,fma")
namespace avx2 {
#include "limn/core/vector_kernels.inc"
}
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512bw,avx512vl,fma,prefer-vector-width=512")
namespace avx512 {
#include "limn/core/vector_kernels.inc"
}
#pragma GCC pop_options

const VectorKernels& best() {
  static const VectorKernels& kernels = vector_kernels(best_isa());
  return kernels;
}

}  // namespace

const VectorKernels& vector_kernels(Isa isa) {
  switch (isa) {
    case Isa::plain: return plain::kernels;
    case Isa::avx2: return avx2::kernels;
    case Isa::avx512: return avx512::kernels;
  }
  return plain::kernels;
}

float dot(std::span<const float> a, std::span<const float> b) {
  LIMN_CHECK(a.size() == b.size());
  return best().dot(a.data(), b.data(), a.size());
}

float l2_squared(std::span<const float> a, std::span<const float> b) {
  LIMN_CHECK(a.size() == b.size());
  return best().l2_squared(a.data(), b.data(), a.size());
}

void add_scaled(std::span<float> y, float scale, std::span<const float> x) {
  LIMN_CHECK(x.size() == y.size());
  best().add_scaled(y.data(), scale, x.data(), x.size());
}

void scale(std::span<float> x, float scale) {
  for (float& value : x) value *= scale;
}

float l2_norm(std::span<const float> x) {
  return std::sqrt(dot(x, x));
}

float normalize(std::span<float> x) {
  const float length = l2_norm(x);
  const bool usable = length > 0 && std::isfinite(length);
  if (usable) {
    scale(x, 1 / length);
  } else {
    for (float& value : x) value = 0;
  }
  return length;
}

void normalize_rows(Matrix& matrix) {
  for (std::size_t i = 0; i < matrix.rows(); ++i) normalize(matrix.row(i));
}

void multiply(MatrixView matrix, std::span<const float> query, std::span<float> scores) {
  LIMN_CHECK(query.size() == matrix.cols());
  LIMN_CHECK(scores.size() == matrix.rows());
  const auto kernel = best().dot;
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    scores[i] = kernel(matrix.row(i).data(), query.data(), query.size());
  }
}

}  // namespace limn
