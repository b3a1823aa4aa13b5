// Static embeddings: one vector a token; a text is the mean of its tokens' vectors.
//
// Reads a thousand texts and more in the time a Transformer needs for one, and knows no word order.
// distill.h makes them from a Transformer; folders of Model2Vec hold them too.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "limn/core/result.h"
#include "limn/encode/encoder.h"
#include "limn/encode/int8_rows.h"

namespace limn {

struct StaticVectors {
  std::string tokenizer;  // the bytes of a tokenizer.json
  Int8Rows vectors;       // (tokens, dim): row t is what token t adds to the mean, weight included
};

// As the bytes of one safetensors file: `embeddings`, each row in eight bits a number, `scales`,
// the value of 1 in each row, and `tokenizer`. About tokens * (dim + 4) bytes and the tokenizer's.
[[nodiscard]] std::string save_static(const StaticVectors& vectors);

// A file that save_static() made, or a folder of Model2Vec: `model.safetensors` with `embeddings`
// (F32, F16, BF16 or I8) and perhaps `weights` and `mapping` by token, and `tokenizer.json`. Its
// vectors too are kept in eight bits: the cosine to what they were is above .9999.
// Errors: not_found; corrupt, naming the file and the tensor; invalid_argument where the tokenizer
// is of a kind that is not supported.
[[nodiscard]] Result<StaticVectors> read_static(const std::filesystem::path& path);

// An encoder of these vectors, called "static:" and `name`. A text is read whole, however long. On
// AVX-512 some 70 ns a token, most of it the tokenizer's.
// Errors: those of the tokenizer; corrupt where there are fewer vectors than tokens.
[[nodiscard]] Result<std::unique_ptr<Encoder>> make_static_encoder(StaticVectors vectors,
                                                                   std::string_view name);

// read_static() and make_static_encoder(), called by the file's name.
[[nodiscard]] Result<std::unique_ptr<Encoder>> load_static(const std::filesystem::path& path);

}  // namespace limn
