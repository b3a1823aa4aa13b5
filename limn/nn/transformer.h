// Transformer: the encoder of the BERT family, run on a processor in fp32, bf16 or int8.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "limn/core/cpu.h"
#include "limn/core/matrix.h"
#include "limn/core/result.h"
#include "limn/nn/tensor_file.h"
#include "limn/nn/tokenizer.h"

namespace limn {

// Whose tensors and embeddings they are. RoBERTa's are those of XLM-RoBERTa and CamemBERT too.
enum class TransformerFamily { bert, distilbert, roberta, mpnet };

// The numbers of a `config.json`.
struct TransformerConfig {
  TransformerFamily family = TransformerFamily::bert;
  std::size_t layers = 0;
  std::size_t heads = 0;         // divides dim
  std::size_t dim = 0;           // of a token's row ("hidden_size")
  std::size_t intermediate = 0;  // width of the feed-forward layers
  std::size_t vocabulary = 0;
  std::size_t positions = 0;    // the longest text, in tokens
  std::size_t token_types = 0;  // 0 for DistilBERT and MPNet, which have none
  float layer_norm_epsilon = 1e-12F;
  // RoBERTa and MPNet count the tokens of a text from the padding's id + 1 on, and give a padding
  // token within the text the position of its own id: the rows below the first are not used else.
  std::optional<TokenId> padding;
  std::size_t relative_buckets = 0;  // of MPNet's bias by distance; 0: none

  // The rows of the table of positions.
  [[nodiscard]] std::size_t position_rows() const {
    return positions + (padding ? *padding + 1 : 0);
  }
};

// Errors: not_found; corrupt; invalid_argument names a model type or a setting that is not
// supported.
[[nodiscard]] Result<TransformerConfig> read_transformer_config(
    const std::filesystem::path& folder);

// What the products' operands are rounded to. Sums, residuals, norms and softmax are fp32 always;
// int8 has bf16 in attention.
enum class Precision { fp32, bf16, int8 };

[[nodiscard]] std::string_view precision_name(Precision precision);  // "fp32", "bf16", "int8"

// The largest magnitudes that the columns of each product's left side had in a sample of texts,
// which int8's scales are made of.
struct Calibration {
  struct Layer {
    std::vector<float> input;     // (dim): of queries, keys and values
    std::vector<float> attended;  // (dim): of the attention's output
    std::vector<float> normed;    // (dim): of the feed-forward's first half
    std::vector<float> expanded;  // (intermediate): of its second
  };
  std::vector<Layer> layers;
};

struct TransformerOptions {
  Precision precision = Precision::fp32;
  const Calibration* calibration = nullptr;  // int8 needs it, of this model
  DotIsa isa = best_dot_isa();               // for bf16 and int8; one of supported_dot_isas()
};

// BERT (Devlin et al., 2019): embeddings, then layers of attention and feed-forward, each with a
// residual and a layer norm. May be used by many threads at once; each call runs on its own thread.
class Transformer {
 public:
  // Copies and packs what it needs but the word embeddings, which stay in `tensors`; the memory of
  // the pages that were read is given back.
  // Errors: not_found and corrupt, naming the tensor.
  [[nodiscard]] static Result<Transformer> load(const TransformerConfig& config, TensorFile tensors,
                                                const TransformerOptions& options = {});

  Transformer(Transformer&&) noexcept;
  Transformer& operator=(Transformer&&) noexcept;
  ~Transformer();

  // The last layer's rows of all tokens, text after text: (tokens, dim). Texts see only themselves,
  // and nothing is padded.
  // Requires 1 to config().positions ids a text, each below config().vocabulary.
  // About (24 dim + 4 length) * dim flops a token and layer (BERT's intermediate = 4 dim).
  [[nodiscard]] Matrix forward(std::span<const std::span<const TokenId>> texts) const;

  // Adds what these texts show to `seen`, which is empty at first. Requires fp32.
  void calibrate(std::span<const std::span<const TokenId>> texts, Calibration& seen) const;

  [[nodiscard]] const TransformerConfig& config() const;
  [[nodiscard]] const TensorFile& tensors() const;

 private:
  struct State;
  Matrix run(std::span<const std::span<const TokenId>> texts, Calibration* seen) const;
  explicit Transformer(std::unique_ptr<const State> state);

  std::unique_ptr<const State> state_;
};

}  // namespace limn
