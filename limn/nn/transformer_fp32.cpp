// The layers in fp32, on the kernels of kernels.h.
#include <algorithm>
#include <cmath>
#include <utility>

#include "limn/nn/kernels.h"
#include "limn/nn/transformer_layers.h"

namespace limn {
namespace {

// A text's queries are met with its keys this many at a time, so that their scores stay in the
// first cache: 24 rows of 256 floats are 24 KiB. A multiple of all tiles' rows.
constexpr std::size_t attention_rows = 24;

// What a call of forward() works in. A thread keeps it for the next call: to get and clear this
// much memory for each batch took 2 % of the time.
struct Workspace {
  std::vector<float> query_key_value;  // (tokens, 3 dim)
  std::vector<float> context;          // (tokens, dim): what attention gathered
  std::vector<float> expanded;         // (tokens, intermediate)
  std::vector<float> scores;           // (attention_rows, length up to whole panels), of one head
  PackedMatrix keys;
  PackedMatrix values;
};

// y = x W^T + bias.
struct Dense {
  PackedMatrix weights;     // (in, out)
  std::vector<float> bias;  // (out)
};

struct Fp32Layer {
  Dense query_key_value;
  Dense attention_output;
  LayerNorm attention_norm;
  Dense expand;
  Dense contract;
  LayerNorm output_norm;
};

// Raises each column's largest magnitude to those in `rows`, a row every most.size() floats.
void see(const float* rows, std::size_t count, std::size_t columns, std::vector<float>& most) {
  most.resize(columns, 0.0F);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < columns; ++j) {
      most[j] = std::max(most[j], std::abs(rows[i * columns + j]));
    }
  }
}

class Fp32Layers final : public TransformerLayers {
 public:
  Fp32Layers(const TransformerConfig& config, const EmbeddingTensors& embeddings,
             const Kernels& kernels)
      : config_(config), embeddings_(embeddings), kernels_(kernels) {}

  void add(LayerTensors tensors) {
    layers_.push_back({.query_key_value = packed(std::move(tensors.query_key_value)),
                       .attention_output = packed(std::move(tensors.attention_output)),
                       .attention_norm = std::move(tensors.attention_norm),
                       .expand = packed(std::move(tensors.expand)),
                       .contract = packed(std::move(tensors.contract)),
                       .output_norm = std::move(tensors.output_norm)});
  }

  void run(std::span<const std::span<const TokenId>> texts, Matrix& x,
           Calibration* seen) const override {
    static thread_local Workspace work;
    work.query_key_value.resize(x.rows() * 3 * config_.dim);
    work.context.resize(x.rows() * config_.dim);
    work.expanded.resize(x.rows() * config_.intermediate);
    apply(embeddings_.norm, x);
    if (seen != nullptr) seen->layers.resize(layers_.size());
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      run(layers_[i], texts, x, work, seen == nullptr ? nullptr : &seen->layers[i]);
    }
  }

 private:
  Dense packed(DenseTensors tensors) const {
    Dense dense{.weights = {}, .bias = std::move(tensors.bias)};
    const std::size_t out = dense.bias.size();
    const std::size_t in = tensors.weights.size() / out;
    kernels_.pack_transposed(tensors.weights.data(), in, out, in, dense.weights);
    return dense;
  }

  // y = activation(dense(x)), or with `add`, y += dense(x), for `rows` rows.
  void apply(const Dense& dense, const float* x, std::size_t rows, float* y, bool add,
             Activation activation) const {
    kernels_.multiply({.a = x,
                       .a_stride = dense.weights.rows(),
                       .m = rows,
                       .b = &dense.weights,
                       .bias = dense.bias.data(),
                       .add = add,
                       .activation = activation,
                       .c = y,
                       .c_stride = dense.weights.cols()});
  }

  void apply(const LayerNorm& norm, Matrix& x) const {
    for (std::size_t i = 0; i < x.rows(); ++i) {
      kernels_.layer_norm(x.row(i).data(), x.cols(), norm.gain.data(), norm.bias.data(),
                          config_.layer_norm_epsilon);
    }
  }

  // Adds to a token's scores, before they are scaled, what MPNet's head thinks of each distance.
  void add_distances(std::size_t head, std::size_t token, std::size_t length, float* scores) const {
    const float* const bias =
        embeddings_.distances.row(head).data() + config_.positions - 1 - token;
    for (std::size_t i = 0; i < length; ++i) scores[i] += bias[i];
  }

  // One head of one text: each token gathers the values of all, weighted by how its query meets
  // their keys. `rows` is the text's part of query_key_value, `head` the head's first column.
  void attend(const float* rows, std::size_t length, std::size_t head, float* context,
              Workspace& work) const {
    const std::size_t width = config_.dim / config_.heads;
    const std::size_t stride = 3 * config_.dim;
    const float* queries = rows + head;
    kernels_.pack_transposed(queries + config_.dim, stride, length, width, work.keys);
    kernels_.pack(queries + 2 * config_.dim, stride, length, width, work.values);
    const float scale = 1 / std::sqrt(static_cast<float>(width));
    const std::size_t panels = (length + kernels_.panel_cols - 1) / kernels_.panel_cols;
    const std::size_t scores_stride = panels * kernels_.panel_cols;
    work.scores.resize(attention_rows * scores_stride);
    for (std::size_t begin = 0; begin < length; begin += attention_rows) {
      const std::size_t count = std::min(attention_rows, length - begin);
      kernels_.multiply({.a = queries + begin * stride,
                         .a_stride = stride,
                         .m = count,
                         .b = &work.keys,
                         .c = work.scores.data(),
                         .c_stride = scores_stride,
                         .c_has_whole_panels = true});
      for (std::size_t i = 0; i < count; ++i) {
        float* const scores = work.scores.data() + i * scores_stride;
        if (config_.relative_buckets != 0) add_distances(head / width, begin + i, length, scores);
        kernels_.softmax(scores, length, scale);
      }
      kernels_.multiply({.a = work.scores.data(),
                         .a_stride = scores_stride,
                         .m = count,
                         .b = &work.values,
                         .c = context + begin * config_.dim + head,
                         .c_stride = config_.dim});
    }
  }

  void run(const Fp32Layer& layer, std::span<const std::span<const TokenId>> texts, Matrix& x,
           Workspace& work, Calibration::Layer* seen) const {
    const std::size_t rows = x.rows();
    float* const joined = work.query_key_value.data();
    float* const context = work.context.data();
    float* const expanded = work.expanded.data();
    if (seen != nullptr) see(x.data(), rows, config_.dim, seen->input);
    apply(layer.query_key_value, x.data(), rows, joined, false, Activation::none);
    std::size_t row = 0;
    for (const std::span<const TokenId> text : texts) {
      for (std::size_t head = 0; head < config_.dim; head += config_.dim / config_.heads) {
        attend(joined + row * 3 * config_.dim, text.size(), head, context + row * config_.dim,
               work);
      }
      row += text.size();
    }
    if (seen != nullptr) see(context, rows, config_.dim, seen->attended);
    apply(layer.attention_output, context, rows, x.data(), true, Activation::none);
    apply(layer.attention_norm, x);
    if (seen != nullptr) see(x.data(), rows, config_.dim, seen->normed);
    apply(layer.expand, x.data(), rows, expanded, false, Activation::gelu);
    if (seen != nullptr) see(expanded, rows, config_.intermediate, seen->expanded);
    apply(layer.contract, expanded, rows, x.data(), true, Activation::none);
    apply(layer.output_norm, x);
  }

  TransformerConfig config_;
  const EmbeddingTensors& embeddings_;
  const Kernels& kernels_;
  std::vector<Fp32Layer> layers_;
};

}  // namespace

Result<std::unique_ptr<const TransformerLayers>> make_fp32_layers(
    const TransformerConfig& config, const TensorFile& tensors,
    const EmbeddingTensors& embeddings) {
  auto layers = std::make_unique<Fp32Layers>(config, embeddings, kernels(best_isa()));
  for (std::size_t i = 0; i < config.layers; ++i) {
    LIMN_TRY(LayerTensors tensors_of_layer, read_layer(config, tensors, i));
    layers->add(std::move(tensors_of_layer));
    tensors.release();
  }
  return layers;
}

}  // namespace limn
