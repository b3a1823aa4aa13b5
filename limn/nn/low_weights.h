// A layer's weights in bf16 or in 8 bits; inside nn only.
#pragma once

#include <vector>

#include "limn/nn/low_precision.h"
#include "limn/nn/transformer.h"
#include "limn/nn/transformer_weights.h"

namespace limn {

[[nodiscard]] constexpr std::size_t whole_blocks(std::size_t n) {
  return (n + operand_block - 1) / operand_block * operand_block;
}

// y = x W^T + bias, W in bf16 or in 8 bits.
struct LowDense {
  PackedOperand weights;
  // bf16: the bias. int8: what the zero points of x add up to, as whole numbers.
  std::vector<float> start;
  std::vector<float> column_scale;  // int8, as bias filled up to whole blocks
  std::vector<float> bias;
  std::vector<float> smoothing;  // int8: what x is multiplied with before it is rounded
};

struct LowLayer {
  LowDense query_key_value;
  LowDense attention_output;
  LayerNorm attention_norm;
  LowDense expand;
  LowDense contract;
  LayerNorm output_norm;
  std::vector<float> gelu_scale;  // int8: (intermediate, filled up): to 8 bits
  float gelu_zero = 0;
};

// In bf16.
[[nodiscard]] LowLayer halved(LayerTensors tensors);

// In 8 bits, with the scales of what the calibration has seen. O(the weights).
[[nodiscard]] LowLayer quantized(LayerTensors tensors, const Calibration::Layer& seen);

}  // namespace limn
