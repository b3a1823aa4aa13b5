// int8: weights have a scale per output; operands one per row, made from the row, but for those of
// the feed-forward's second half, whose scale comes from the calibration, so that GELU can write
// them as they come. Columns with large values are made smaller and their weights larger by the
// same factor (SmoothQuant: Xiao et al., 2023, equation 4): by half where rows have their own
// scales, as there, and by three quarters where all share one. That took the cosine of
// all-MiniLM-L6-v2's embeddings to fp32's from .988 to .998.
#include "limn/nn/low_weights.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "limn/core/check.h"

namespace limn {
namespace {

constexpr float row_migration = 0.5F;
constexpr float shared_migration = 0.75F;
constexpr float zero_point = 128;       // stands for 0 in operands that have a scale per row
constexpr float lowest_gelu = 0.1701F;  // GELU is nowhere below -0.17

std::vector<float> filled_up(const std::vector<float>& values) {
  std::vector<float> filled = values;
  filled.resize(whole_blocks(values.size()), 0.0F);
  return filled;
}

// For each input column the factor of its values; the weights get the reciprocal.
std::vector<float> smoothing_of(const DenseTensors& tensors, std::span<const float> most,
                                float migration) {
  const std::size_t in = tensors.in();
  LIMN_CHECK(most.size() == in);
  std::vector<float> largest(in, 0.0F);
  for (std::size_t i = 0; i < tensors.weights.size(); ++i) {
    largest[i % in] = std::max(largest[i % in], std::abs(tensors.weights[i]));
  }
  std::vector<float> smoothing(in);
  for (std::size_t j = 0; j < in; ++j) {
    const float factor = std::pow(std::max(largest[j], 1e-5F), 1 - migration) /
                         std::pow(std::max(most[j], 1e-5F), migration);
    smoothing[j] = std::isfinite(factor) ? factor : 1;
  }
  return smoothing;
}

// Quantizes `tensors`, whose operands are counted in `unit` from `zero` (their unit is the row's
// where it is 1), each column times `smoothing`.
LowDense quantized(const DenseTensors& tensors, std::vector<float> smoothing, float unit,
                   float zero) {
  const std::size_t in = tensors.in();
  const std::size_t out = tensors.out();
  LowDense dense{.bias = filled_up(tensors.bias), .smoothing = std::move(smoothing)};
  dense.column_scale.resize(whole_blocks(out), 0.0F);
  std::vector<std::int32_t> start(whole_blocks(out), 0);
  std::vector<std::int8_t> weights(in * out);
  std::vector<float> row(in);
  for (std::size_t i = 0; i < out; ++i) {
    float largest = 1e-20F;
    for (std::size_t j = 0; j < in; ++j) {
      const float weight = tensors.weights[i * in + j] / dense.smoothing[j];
      row[j] = std::isfinite(weight) ? weight : 0;
      largest = std::max(largest, std::abs(row[j]));
    }
    std::int32_t sum = 0;
    for (std::size_t j = 0; j < in; ++j) {
      const auto whole = static_cast<std::int8_t>(std::lrint(row[j] / largest * 127));
      weights[i * in + j] = whole;
      sum += whole;
    }
    dense.column_scale[i] = largest / 127 * unit;
    start[i] = -static_cast<std::int32_t>(zero) * sum;
  }
  dense.start.resize(start.size());
  std::transform(start.begin(), start.end(), dense.start.begin(),
                 [](std::int32_t value) { return std::bit_cast<float>(value); });
  dense.weights = pack_int8(weights, out, in);
  return dense;
}

LowDense halved(const DenseTensors& tensors) {
  return {.weights = pack_bf16(tensors.weights, tensors.out(), tensors.in()),
          .start = filled_up(tensors.bias)};
}

}  // namespace

LowLayer halved(LayerTensors tensors) {
  return {.query_key_value = halved(tensors.query_key_value),
          .attention_output = halved(tensors.attention_output),
          .attention_norm = std::move(tensors.attention_norm),
          .expand = halved(tensors.expand),
          .contract = halved(tensors.contract),
          .output_norm = std::move(tensors.output_norm)};
}

// The second half's operands have one unit: the smallest with which the largest of the
// calibration's values, and GELU's lowest, fit into 8 bits.
LowLayer quantized(LayerTensors tensors, const Calibration::Layer& seen) {
  LowLayer layer{.attention_norm = std::move(tensors.attention_norm),
                 .output_norm = std::move(tensors.output_norm)};
  const auto by_row = [](const DenseTensors& dense, std::span<const float> most) {
    return quantized(dense, smoothing_of(dense, most, row_migration), 1, zero_point);
  };
  layer.query_key_value = by_row(tensors.query_key_value, seen.input);
  layer.attention_output = by_row(tensors.attention_output, seen.attended);
  layer.expand = by_row(tensors.expand, seen.normed);

  std::vector<float> smoothing = smoothing_of(tensors.contract, seen.expanded, shared_migration);
  float highest = 1e-20F;
  float lowest = 1e-20F;
  for (std::size_t j = 0; j < smoothing.size(); ++j) {
    highest = std::max(highest, seen.expanded[j] * smoothing[j]);
    lowest = std::max(lowest, std::min(seen.expanded[j], lowest_gelu) * smoothing[j]);
  }
  const float unit = (highest + lowest) / 254;
  layer.gelu_zero = std::ceil(lowest / unit);
  layer.gelu_scale.resize(whole_blocks(smoothing.size()), 0.0F);
  for (std::size_t j = 0; j < smoothing.size(); ++j) layer.gelu_scale[j] = smoothing[j] / unit;
  layer.contract = quantized(tensors.contract, std::move(smoothing), unit, layer.gelu_zero);
  return layer;
}

}  // namespace limn
