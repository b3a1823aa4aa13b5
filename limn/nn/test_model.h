// A tiny model folder with random weights, for tests.
#pragma once

#include <cstring>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "limn/core/json.h"
#include "limn/core/random.h"
#include "limn/nn/test_support.h"

namespace limn {

struct TestTensor {
  std::vector<std::size_t> shape;
  std::vector<float> values;
};

// BERT with 2 layers of width 8, 2 heads, 12 between, 10 positions and 20 tokens. A test may spoil
// any part before it is written.
struct TestModel {
  std::map<std::string, TestTensor> tensors;
  JsonObject config;
  std::vector<std::string> vocabulary{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "a",   "b", "c",
                                      "d",     "e",     "f",     "g",     "##a", "h", "i",
                                      "j",     "k",     "l",     "m",     "n",   "o"};
  std::string pooling = R"({"pooling_mode_mean_tokens": true})";

  explicit TestModel(std::uint64_t seed) {
    config = {{"model_type", "bert"}, {"num_hidden_layers", 2},        {"num_attention_heads", 2},
              {"hidden_size", 8},     {"intermediate_size", 12},       {"vocab_size", 20},
              {"type_vocab_size", 2}, {"max_position_embeddings", 10}, {"layer_norm_eps", 1e-12},
              {"hidden_act", "gelu"}};
    Random random(seed);
    const auto add = [&](const std::string& name, std::vector<std::size_t> shape) {
      std::size_t size = 1;
      for (const std::size_t side : shape) size *= side;
      TestTensor tensor{std::move(shape), std::vector<float>(size)};
      for (float& value : tensor.values) value = static_cast<float>(random.normal() * 0.7);
      tensors.emplace(name, std::move(tensor));
    };
    const auto add_dense = [&](const std::string& name, std::size_t out, std::size_t in) {
      add(name + ".weight", {out, in});
      add(name + ".bias", {out});
    };
    const auto add_norm = [&](const std::string& name) {
      add(name + ".weight", {8});
      add(name + ".bias", {8});
    };
    add("embeddings.word_embeddings.weight", {20, 8});
    add("embeddings.position_embeddings.weight", {10, 8});
    add("embeddings.token_type_embeddings.weight", {2, 8});
    add_norm("embeddings.LayerNorm");
    for (const std::string layer : {"encoder.layer.0.", "encoder.layer.1."}) {
      for (const std::string part : {"query", "key", "value"}) {
        add_dense(layer + "attention.self." + part, 8, 8);
      }
      add_dense(layer + "attention.output.dense", 8, 8);
      add_norm(layer + "attention.output.LayerNorm");
      add_dense(layer + "intermediate.dense", 12, 8);
      add_dense(layer + "output.dense", 8, 12);
      add_norm(layer + "output.LayerNorm");
    }
  }

  [[nodiscard]] std::string safetensors() const {
    JsonObject header;
    std::string data;
    for (const auto& [name, tensor] : tensors) {
      const std::size_t begin = data.size();
      data.append(reinterpret_cast<const char*>(tensor.values.data()),
                  tensor.values.size() * sizeof(float));
      JsonArray shape;
      for (const std::size_t side : tensor.shape) shape.emplace_back(side);
      header[name] = {{"dtype", "F32"}, {"shape", shape}, {"data_offsets", {begin, data.size()}}};
    }
    const std::string text = to_text(header);
    const std::uint64_t length = text.size();
    std::string file(sizeof(length), '\0');
    std::memcpy(file.data(), &length, sizeof(length));
    return file + text + data;
  }

  void write(const TemporaryFolder& folder) const {
    folder.write("model.safetensors", safetensors());
    folder.write("config.json", to_text(config));
    std::string lines;
    for (const std::string& token : vocabulary) lines += token + "\n";
    folder.write("vocab.txt", lines);
    folder.write("1_Pooling/config.json", pooling);
  }
};

}  // namespace limn
