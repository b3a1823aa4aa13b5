// The weights of a Transformer, packed for this processor's kernels; inside nn only.
#pragma once

#include <vector>

#include "limn/core/result.h"
#include "limn/nn/kernels.h"
#include "limn/nn/tensor_file.h"
#include "limn/nn/transformer.h"

namespace limn {

// y = x W^T + bias.
struct Dense {
  PackedMatrix weights;     // (in, out)
  std::vector<float> bias;  // (out)
};

struct LayerNorm {
  std::vector<float> gain;
  std::vector<float> bias;
};

struct TransformerLayer {
  Dense query_key_value;  // dim -> 3 dim: one product instead of three
  Dense attention_output;
  LayerNorm attention_norm;
  Dense expand;    // dim -> intermediate
  Dense contract;  // intermediate -> dim
  LayerNorm output_norm;
};

struct TransformerWeights {
  Floats words;      // (vocabulary, dim)
  Matrix positions;  // (position_rows(), dim), the row of token type 0 added to each
  // (heads, 2 positions - 1): MPNet's bias of a key that stands j - (positions - 1) tokens after
  // its query, times the square root of a head's width; empty for the others.
  Matrix distances;
  LayerNorm embeddings_norm;
  std::vector<TransformerLayer> layers;
};

// Errors: not_found and corrupt, naming the tensor.
[[nodiscard]] Result<TransformerWeights> load_weights(const TransformerConfig& config,
                                                      const TensorFile& tensors,
                                                      const Kernels& kernels);

}  // namespace limn
