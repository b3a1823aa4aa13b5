#include "limn/recommend/factor_bytes.h"

#include <algorithm>
#include <cmath>

#include "limn/core/check.h"

namespace limn {

FactorBytesView::FactorBytesView(std::span<const std::int8_t> values, std::span<const float> scales,
                                 std::size_t dim)
    : values_(values), scales_(scales), dim_(dim) {
  LIMN_CHECK(values.size() == scales.size() * whole_tiles(dim));
}

void FactorBytesView::copy_row(std::size_t item, std::span<float> to) const {
  LIMN_CHECK(item < rows() && to.size() == dim_);
  const std::int8_t* const from = values_.data() + item * whole_tiles(dim_);
  for (std::size_t j = 0; j < dim_; ++j) to[j] = scales_[item] * static_cast<float>(from[j]);
}

void FactorBytesView::multiply(std::span<const float> x, std::span<float> products) const {
  LIMN_CHECK(x.size() == dim_ && products.size() == rows());
  AlignedFloats filled(whole_tiles(dim_));
  std::ranges::copy(x, filled.data());
  factor_kernels().multiply_bytes({values_.data(), filled.size(), scales_.data(), rows()},
                                  filled.data(), products.data());
}

Matrix FactorBytesView::matrix() const {
  Matrix result(rows(), dim_);
  for (std::size_t item = 0; item < rows(); ++item) copy_row(item, result.row(item));
  return result;
}

FactorBytes::FactorBytes(MatrixView factors)
    : values_(factors.rows() * whole_tiles(factors.cols())),
      scales_(factors.rows()),
      dim_(factors.cols()) {
  constexpr float most = 127;
  for (std::size_t item = 0; item < factors.rows(); ++item) {
    float largest = 0;
    for (const float value : factors.row(item)) largest = std::max(largest, std::abs(value));
    scales_[item] = largest / most;
    if (scales_[item] == 0) continue;
    std::int8_t* const to = values_.data() + item * whole_tiles(dim_);
    for (std::size_t j = 0; j < dim_; ++j) {
      const float steps = std::nearbyint(factors.row(item)[j] / scales_[item]);
      to[j] = static_cast<std::int8_t>(std::clamp(steps, -most, most));
    }
  }
}

}  // namespace limn
