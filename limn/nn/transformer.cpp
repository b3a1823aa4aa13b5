// Texts of any lengths are run together: a token's row needs no other row in all steps but
// attention, so the rows of a batch stand one under the other, and no time goes into padding.
#include "limn/nn/transformer.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "limn/core/check.h"
#include "limn/nn/kernels.h"
#include "limn/nn/transformer_weights.h"

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

}  // namespace

struct Transformer::State {
  TransformerConfig config;
  TensorFile tensors;
  const Kernels& kernels;
  TransformerWeights weights;

  // y = activation(dense(x)), or with `add`, y += dense(x), for `rows` rows.
  void apply(const Dense& dense, const float* x, std::size_t rows, float* y, bool add,
             Activation activation) const {
    kernels.multiply({.a = x,
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
      kernels.layer_norm(x.row(i).data(), x.cols(), norm.gain.data(), norm.bias.data(),
                         config.layer_norm_epsilon);
    }
  }

  Matrix embed(std::span<const std::span<const TokenId>> texts, std::size_t tokens) const {
    Matrix x(tokens, config.dim);
    const std::span<const float> words = weights.words.values();
    std::size_t row = 0;
    for (const std::span<const TokenId> text : texts) {
      std::size_t next = config.padding ? *config.padding + 1 : 0;
      for (std::size_t i = 0; i < text.size(); ++i, ++row) {
        LIMN_CHECK(text[i] < config.vocabulary);
        const std::span<const float> word = words.subspan(text[i] * config.dim, config.dim);
        const bool padding = config.padding == text[i];
        const std::span<const float> position = weights.positions.row(padding ? text[i] : next++);
        const std::span<float> sum = x.row(row);
        for (std::size_t j = 0; j < config.dim; ++j) sum[j] = word[j] + position[j];
      }
    }
    apply(weights.embeddings_norm, x);
    return x;
  }

  // Adds to a token's scores, before they are scaled, what MPNet's head thinks of each distance.
  void add_distances(std::size_t head, std::size_t token, std::size_t length, float* scores) const {
    const float* const bias = weights.distances.row(head).data() + config.positions - 1 - token;
    for (std::size_t i = 0; i < length; ++i) scores[i] += bias[i];
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
    const float scale = 1 / std::sqrt(static_cast<float>(width));
    const std::size_t panels = (length + kernels.panel_cols - 1) / kernels.panel_cols;
    const std::size_t scores_stride = panels * kernels.panel_cols;
    work.scores.resize(attention_rows * scores_stride);
    for (std::size_t begin = 0; begin < length; begin += attention_rows) {
      const std::size_t count = std::min(attention_rows, length - begin);
      kernels.multiply({.a = queries + begin * stride,
                        .a_stride = stride,
                        .m = count,
                        .b = &work.keys,
                        .c = work.scores.data(),
                        .c_stride = scores_stride,
                        .c_has_whole_panels = true});
      for (std::size_t i = 0; i < count; ++i) {
        float* const scores = work.scores.data() + i * scores_stride;
        if (config.relative_buckets != 0) add_distances(head / width, begin + i, length, scores);
        kernels.softmax(scores, length, scale);
      }
      kernels.multiply({.a = work.scores.data(),
                        .a_stride = scores_stride,
                        .m = count,
                        .b = &work.values,
                        .c = context + begin * config.dim + head,
                        .c_stride = config.dim});
    }
  }

  void run(const TransformerLayer& layer, std::span<const std::span<const TokenId>> texts,
           Matrix& x, Workspace& work) const {
    const std::size_t rows = x.rows();
    float* const joined = work.query_key_value.data();
    float* const context = work.context.data();
    float* const expanded = work.expanded.data();
    apply(layer.query_key_value, x.data(), rows, joined, false, Activation::none);
    std::size_t row = 0;
    for (const std::span<const TokenId> text : texts) {
      for (std::size_t head = 0; head < config.dim; head += config.dim / config.heads) {
        attend(joined + row * 3 * config.dim, text.size(), head, context + row * config.dim, work);
      }
      row += text.size();
    }
    apply(layer.attention_output, context, rows, x.data(), true, Activation::none);
    apply(layer.attention_norm, x);
    apply(layer.expand, x.data(), rows, expanded, false, Activation::gelu);
    apply(layer.contract, expanded, rows, x.data(), true, Activation::none);
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
  static thread_local Workspace work;
  work.query_key_value.resize(tokens * 3 * config.dim);
  work.context.resize(tokens * config.dim);
  work.expanded.resize(tokens * config.intermediate);
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
