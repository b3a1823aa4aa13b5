// Texts of any lengths are run together: a token's row needs no other row in all steps but
// attention, so the rows of a batch stand one under the other, and no time goes into padding.
#include "limn/nn/transformer.h"

#include <utility>

#include "limn/core/check.h"
#include "limn/nn/transformer_layers.h"
#include "limn/nn/transformer_weights.h"

namespace limn {

std::string_view precision_name(Precision precision) {
  switch (precision) {
    case Precision::fp32: return "fp32";
    case Precision::bf16: return "bf16";
    case Precision::int8: return "int8";
  }
  return "fp32";
}

struct Transformer::State {
  TransformerConfig config;
  TransformerOptions options;
  TensorFile tensors;
  EmbeddingTensors embeddings;
  std::unique_ptr<const TransformerLayers> layers;

  // The sums of each token's word and position: (tokens, dim).
  Matrix embed(std::span<const std::span<const TokenId>> texts, std::size_t tokens) const {
    Matrix x(tokens, config.dim);
    const std::span<const float> words = embeddings.words.values();
    std::size_t row = 0;
    for (const std::span<const TokenId> text : texts) {
      std::size_t next = config.padding ? *config.padding + 1 : 0;
      for (std::size_t i = 0; i < text.size(); ++i, ++row) {
        LIMN_CHECK(text[i] < config.vocabulary);
        const std::span<const float> word = words.subspan(text[i] * config.dim, config.dim);
        const bool padding = config.padding == text[i];
        const std::span<const float> position =
            embeddings.positions.row(padding ? text[i] : next++);
        const std::span<float> sum = x.row(row);
        for (std::size_t j = 0; j < config.dim; ++j) sum[j] = word[j] + position[j];
      }
    }
    return x;
  }
};

Transformer::Transformer(std::unique_ptr<const State> state) : state_(std::move(state)) {}
Transformer::Transformer(Transformer&&) noexcept = default;
Transformer& Transformer::operator=(Transformer&&) noexcept = default;
Transformer::~Transformer() = default;

Result<Transformer> Transformer::load(const TransformerConfig& config, TensorFile tensors,
                                      const TransformerOptions& options) {
  LIMN_TRY(EmbeddingTensors embeddings, read_embeddings(config, tensors));
  auto state = std::make_unique<State>(
      State{config, options, std::move(tensors), std::move(embeddings), nullptr});
  if (options.precision == Precision::fp32) {
    LIMN_TRY(state->layers, make_fp32_layers(config, state->tensors, state->embeddings));
  } else {
    LIMN_TRY(state->layers, make_low_layers(config, state->tensors, state->embeddings, options));
  }
  return Transformer(std::move(state));
}

Matrix Transformer::run(std::span<const std::span<const TokenId>> texts, Calibration* seen) const {
  const TransformerConfig& config = state_->config;
  std::size_t tokens = 0;
  for (const std::span<const TokenId> text : texts) {
    LIMN_CHECK(1 <= text.size());
    LIMN_CHECK(text.size() <= config.positions);
    tokens += text.size();
  }
  if (tokens == 0) return Matrix(0, config.dim);
  Matrix x = state_->embed(texts, tokens);
  state_->layers->run(texts, x, seen);
  return x;
}

Matrix Transformer::forward(std::span<const std::span<const TokenId>> texts) const {
  return run(texts, nullptr);
}

void Transformer::calibrate(std::span<const std::span<const TokenId>> texts,
                            Calibration& seen) const {
  LIMN_CHECK(state_->options.precision == Precision::fp32);
  static_cast<void>(run(texts, &seen));
}

const TransformerConfig& Transformer::config() const {
  return state_->config;
}

const TensorFile& Transformer::tensors() const {
  return state_->tensors;
}

}  // namespace limn
