// Texts of any lengths are run together: a token's row needs no other row in all steps but
// attention, so the rows of a batch stand one under the other, and no time goes into padding.
#include "limn/nn/transformer.h"

#include <cmath>
#include <utility>

#include "limn/core/check.h"
#include "limn/nn/kernels.h"
#include "limn/nn/transformer_weights.h"

namespace limn {
namespace {

// What one call of forward() works in.
struct Workspace {
  Matrix query_key_value;  // (tokens, 3 dim)
  Matrix context;          // (tokens, dim): what attention gathered
  Matrix expanded;         // (tokens, intermediate)
  std::vector<float> scores;
  PackedMatrix keys;
  PackedMatrix values;
};

}  // namespace

struct Transformer::State {
  TransformerConfig config;
  TensorFile tensors;
  const Kernels& kernels;
  TransformerWeights weights;

  void apply(const Dense& dense, const Matrix& x, Matrix& y, bool add,
             Activation activation) const {
    kernels.multiply({.a = x.data(),
                      .a_stride = x.cols(),
                      .m = x.rows(),
                      .b = &dense.weights,
                      .bias = dense.bias.data(),
                      .add = add,
                      .activation = activation,
                      .c = y.data(),
                      .c_stride = y.cols()});
  }

  void apply(const LayerNorm& norm, Matrix& x) const {
    for (std::size_t i = 0; i < x.rows(); ++i) {
      kernels.layer_norm(x.row(i).data(), x.cols(), norm.gain.data(), norm.bias.data(),
                         config.layer_norm_epsilon);
    }
  }

  Matrix embed(std::span<const std::span<const TokenId>> texts, std::size_t tokens) const {
    Matrix x(tokens, config.dim);
    const std::span<const float> words = weights.words.values();
    std::size_t row = 0;
    for (const std::span<const TokenId> text : texts) {
      for (std::size_t i = 0; i < text.size(); ++i, ++row) {
        LIMN_CHECK(text[i] < config.vocabulary);
        const std::span<const float> word = words.subspan(text[i] * config.dim, config.dim);
        const std::span<const float> position = weights.positions.row(i);
        const std::span<float> sum = x.row(row);
        for (std::size_t j = 0; j < config.dim; ++j) sum[j] = word[j] + position[j];
      }
    }
    apply(weights.embeddings_norm, x);
    return x;
  }

  // One head of one text: each token gathers the values of all, weighted by how its query meets
  // their keys. `rows` is the text's part of query_key_value, `head` the head's first column.
  void attend(const float* rows, std::size_t length, std::size_t head, float* context,
              Workspace& work) const {
    const std::size_t width = config.dim / config.heads;
    const std::size_t stride = 3 * config.dim;
    const float* queries = rows + head;
    kernels.pack_transposed(queries + config.dim, stride, length, width, work.keys);
    kernels.pack(queries + 2 * config.dim, stride, length, width, work.values);
    work.scores.resize(length * length);
    kernels.multiply({.a = queries,
                      .a_stride = stride,
                      .m = length,
                      .b = &work.keys,
                      .c = work.scores.data(),
                      .c_stride = length});
    const float scale = 1 / std::sqrt(static_cast<float>(width));
    for (std::size_t i = 0; i < length; ++i) {
      kernels.softmax(work.scores.data() + i * length, length, scale);
    }
    kernels.multiply({.a = work.scores.data(),
                      .a_stride = length,
                      .m = length,
                      .b = &work.values,
                      .c = context + head,
                      .c_stride = config.dim});
  }

  void run(const TransformerLayer& layer, std::span<const std::span<const TokenId>> texts,
           Matrix& x, Workspace& work) const {
    apply(layer.query_key_value, x, work.query_key_value, false, Activation::none);
    std::size_t row = 0;
    for (const std::span<const TokenId> text : texts) {
      for (std::size_t head = 0; head < config.dim; head += config.dim / config.heads) {
        attend(work.query_key_value.row(row).data(), text.size(), head,
               work.context.row(row).data(), work);
      }
      row += text.size();
    }
    apply(layer.attention_output, work.context, x, true, Activation::none);
    apply(layer.attention_norm, x);
    apply(layer.expand, x, work.expanded, false, Activation::gelu);
    apply(layer.contract, work.expanded, x, true, Activation::none);
    apply(layer.output_norm, x);
  }
};

Transformer::Transformer(std::unique_ptr<const State> state) : state_(std::move(state)) {}
Transformer::Transformer(Transformer&&) noexcept = default;
Transformer& Transformer::operator=(Transformer&&) noexcept = default;
Transformer::~Transformer() = default;

Result<Transformer> Transformer::load(const TransformerConfig& config, TensorFile tensors) {
  const Kernels& best = kernels(best_isa());
  LIMN_TRY(TransformerWeights weights, load_weights(config, tensors, best));
  return Transformer(
      std::make_unique<const State>(State{config, std::move(tensors), best, std::move(weights)}));
}

Matrix Transformer::forward(std::span<const std::span<const TokenId>> texts) const {
  const TransformerConfig& config = state_->config;
  std::size_t tokens = 0;
  for (const std::span<const TokenId> text : texts) {
    LIMN_CHECK(1 <= text.size());
    LIMN_CHECK(text.size() <= config.positions);
    tokens += text.size();
  }
  if (tokens == 0) return Matrix(0, config.dim);

  Matrix x = state_->embed(texts, tokens);
  Workspace work{.query_key_value = Matrix(tokens, 3 * config.dim),
                 .context = Matrix(tokens, config.dim),
                 .expanded = Matrix(tokens, config.intermediate)};
  for (const TransformerLayer& layer : state_->weights.layers) state_->run(layer, texts, x, work);
  return x;
}

const TransformerConfig& Transformer::config() const {
  return state_->config;
}

const TensorFile& Transformer::tensors() const {
  return state_->tensors;
}

}  // namespace limn
