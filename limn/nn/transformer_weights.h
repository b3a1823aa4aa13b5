// The weights of a Transformer as floats, layer by layer; inside nn only.
#pragma once

#include <vector>

#include "limn/core/result.h"
#include "limn/nn/tensor_file.h"
#include "limn/nn/transformer.h"

namespace limn {

// y = x W^T + bias.
struct DenseTensors {
  std::vector<float> weights;  // (out, in)
  std::vector<float> bias;     // (out)

  [[nodiscard]] std::size_t out() const { return bias.size(); }
  [[nodiscard]] std::size_t in() const { return weights.size() / bias.size(); }
};

struct LayerNorm {
  std::vector<float> gain;
  std::vector<float> bias;
};

struct LayerTensors {
  DenseTensors query_key_value;  // dim -> 3 dim: one product instead of three
  DenseTensors attention_output;
  LayerNorm attention_norm;
  DenseTensors expand;    // dim -> intermediate
  DenseTensors contract;  // intermediate -> dim
  LayerNorm output_norm;
};

// What is there beside the layers.
struct EmbeddingTensors {
  Floats words;      // (vocabulary, dim)
  Matrix positions;  // (position_rows(), dim), the row of token type 0 added to each
  // (heads, 2 positions - 1): MPNet's bias of a key that stands j - (positions - 1) tokens after
  // its query, times the square root of a head's width; empty for the others.
  Matrix distances;
  LayerNorm norm;
};

// Errors of both: not_found and corrupt, naming the tensor.
[[nodiscard]] Result<EmbeddingTensors> read_embeddings(const TransformerConfig& config,
                                                       const TensorFile& tensors);
[[nodiscard]] Result<LayerTensors> read_layer(const TransformerConfig& config,
                                              const TensorFile& tensors, std::size_t number);

}  // namespace limn
