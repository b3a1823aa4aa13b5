// The layers of a Transformer in one of its precisions; inside nn only.
#pragma once

#include <memory>
#include <span>

#include "limn/core/matrix.h"
#include "limn/core/result.h"
#include "limn/nn/tensor_file.h"
#include "limn/nn/transformer.h"
#include "limn/nn/transformer_weights.h"

namespace limn {

class TransformerLayers {
 public:
  TransformerLayers() = default;
  TransformerLayers(const TransformerLayers&) = delete;
  TransformerLayers& operator=(const TransformerLayers&) = delete;
  virtual ~TransformerLayers() = default;

  // Makes the last layer's rows of the sums of word and position embeddings, text after text:
  // (tokens, dim). Adds to `seen` (may be null) what the products' left sides hold.
  virtual void run(std::span<const std::span<const TokenId>> texts, Matrix& x,
                   Calibration* seen) const = 0;
};

// Read the layers from `tensors` and pack them; `embeddings` has to outlive the answer.
[[nodiscard]] Result<std::unique_ptr<const TransformerLayers>> make_fp32_layers(
    const TransformerConfig& config, const TensorFile& tensors, const EmbeddingTensors& embeddings);

// The same in bf16, or in int8 with `calibration`.
[[nodiscard]] Result<std::unique_ptr<const TransformerLayers>> make_low_layers(
    const TransformerConfig& config, const TensorFile& tensors, const EmbeddingTensors& embeddings,
    const TransformerOptions& options);

}  // namespace limn
