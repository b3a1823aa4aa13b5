// Which precision a Transformer runs in, and the scales of int8; inside encode only.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "limn/core/matrix.h"
#include "limn/core/result.h"
#include "limn/encode/bert.h"
#include "limn/nn/tokenizer.h"
#include "limn/nn/transformer.h"

namespace limn {

// A Transformer, and what int8's scales were made of (bytes; empty in other precisions).
struct ReadyTransformer {
  Transformer transformer;
  Precision precision = Precision::fp32;
  std::string calibration;
};

struct PrecisionQuestion {
  std::filesystem::path folder;  // of the weights
  TransformerConfig config;
  std::uint64_t model = 0;             // the fingerprint of the model in fp32
  std::string precision;               // "auto", "fp32", "bf16" or "int8"
  const BertBefore* before = nullptr;  // may be null
  // The tokens of some of the texts to come, and about how many tokens all of them have.
  std::vector<std::vector<TokenId>> sample;
  std::size_t tokens = 0;
  // A text's embedding from its rows, normalized.
  std::function<void(MatrixView, std::span<float>)> pool;
};

// The fingerprint of embeddings by `model` in this precision.
[[nodiscard]] std::uint64_t precise_fingerprint(std::uint64_t model, Precision precision,
                                                std::string_view calibration);

// Loads the Transformer in the precision that was asked for. int8 takes its scales from
// `before`, if those are of this model, else from the sample. auto keeps the precision of `before`,
// if its embeddings are of this model; else it is the fastest here whose embeddings of the sample
// are near fp32's, or fp32 if there are too few tokens for the trial to pay.
// Errors: those of Transformer::load(); invalid_argument names an unknown precision.
[[nodiscard]] Result<ReadyTransformer> load_precise(const PrecisionQuestion& question);

// Some of the texts, evenly spread, at most `tokens` tokens of them.
[[nodiscard]] std::vector<std::size_t> sampled_texts(std::span<const std::string> texts);

}  // namespace limn
