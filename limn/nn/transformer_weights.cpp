// Reads `config.json` and the tensors it speaks of, by the names of BERT or of DistilBERT.
#include "limn/nn/transformer_weights.h"

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "limn/core/json.h"

namespace limn {
namespace {

// Where the parts of a model are called what; {} is the layer's number.
struct Names {
  std::string_view layer;
  std::array<std::string_view, 3> query_key_value;
  std::string_view attention_output;
  std::string_view attention_norm;
  std::string_view expand;
  std::string_view contract;
  std::string_view output_norm;
};

constexpr Names bert_names{"encoder.layer.",
                           {"attention.self.query", "attention.self.key", "attention.self.value"},
                           "attention.output.dense",
                           "attention.output.LayerNorm",
                           "intermediate.dense",
                           "output.dense",
                           "output.LayerNorm"};

constexpr Names distilbert_names{
    "transformer.layer.", {"attention.q_lin", "attention.k_lin", "attention.v_lin"},
    "attention.out_lin",  "sa_layer_norm",
    "ffn.lin1",           "ffn.lin2",
    "output_layer_norm"};

class Reader {
 public:
  Reader(const TransformerConfig& config, const TensorFile& tensors, const Kernels& kernels)
      : config_(config), tensors_(tensors), kernels_(kernels) {
    // A model saved with a head on it has its encoder under a name of its own.
    for (const std::string_view prefix : {"bert.", "distilbert."}) {
      if (tensors.contains(std::string(prefix) + "embeddings.word_embeddings.weight")) {
        prefix_ = prefix;
      }
    }
  }

  Result<Floats> read(const std::string& name, std::vector<std::size_t> shape) const {
    return tensors_.read(prefix_ + name, shape);
  }

  Result<std::vector<float>> read_vector(const std::string& name, std::size_t size) const {
    LIMN_TRY(const Floats values, read(name, {size}));
    return std::vector<float>(values.values().begin(), values.values().end());
  }

  Result<LayerNorm> read_norm(const std::string& name) const {
    // The models converted from TensorFlow keep its words.
    const bool old = tensors_.contains(prefix_ + name + ".gamma");
    LayerNorm norm;
    LIMN_TRY(norm.gain, read_vector(name + (old ? ".gamma" : ".weight"), config_.dim));
    LIMN_TRY(norm.bias, read_vector(name + (old ? ".beta" : ".bias"), config_.dim));
    return norm;
  }

  // Several layers of one input as one, their outputs side by side.
  Result<Dense> read_dense(std::span<const std::string> names, std::size_t in,
                           std::size_t out) const {
    Dense dense;
    std::vector<float> weights;
    for (const std::string& name : names) {
      LIMN_TRY(const Floats part, read(name + ".weight", {out, in}));
      weights.insert(weights.end(), part.values().begin(), part.values().end());
      LIMN_TRY(const std::vector<float> bias, read_vector(name + ".bias", out));
      dense.bias.insert(dense.bias.end(), bias.begin(), bias.end());
    }
    kernels_.pack_transposed(weights.data(), in, dense.bias.size(), in, dense.weights);
    return dense;
  }

  Result<TransformerLayer> read_layer(const Names& names, std::size_t number) const {
    const auto name = [&](std::string_view part) {
      return fmt::format("{}{}.{}", names.layer, number, part);
    };
    const std::array<std::string, 3> query_key_value{name(names.query_key_value[0]),
                                                     name(names.query_key_value[1]),
                                                     name(names.query_key_value[2])};
    const auto one = [&](std::string_view part, std::size_t in, std::size_t out) {
      const std::array<std::string, 1> only{name(part)};
      return read_dense(only, in, out);
    };
    const std::size_t dim = config_.dim;
    const std::size_t intermediate = config_.intermediate;
    TransformerLayer layer;
    LIMN_TRY(layer.query_key_value, read_dense(query_key_value, dim, dim));
    LIMN_TRY(layer.attention_output, one(names.attention_output, dim, dim));
    LIMN_TRY(layer.attention_norm, read_norm(name(names.attention_norm)));
    LIMN_TRY(layer.expand, one(names.expand, dim, intermediate));
    LIMN_TRY(layer.contract, one(names.contract, intermediate, dim));
    LIMN_TRY(layer.output_norm, read_norm(name(names.output_norm)));
    return layer;
  }

  // All our texts are of token type 0, whose row may as well be part of the positions.
  Result<Matrix> read_positions() const {
    LIMN_TRY(const std::vector<float> values,
             read_matrix("embeddings.position_embeddings.weight", config_.positions));
    Matrix positions(config_.positions, config_.dim, values);
    if (config_.token_types == 0) return positions;
    LIMN_TRY(const std::vector<float> types,
             read_matrix("embeddings.token_type_embeddings.weight", config_.token_types));
    for (std::size_t i = 0; i < positions.rows(); ++i) {
      for (std::size_t j = 0; j < config_.dim; ++j) positions.row(i)[j] += types[j];
    }
    return positions;
  }

 private:
  Result<std::vector<float>> read_matrix(const std::string& name, std::size_t rows) const {
    LIMN_TRY(const Floats values, read(name, {rows, config_.dim}));
    return std::vector<float>(values.values().begin(), values.values().end());
  }

  const TransformerConfig& config_;
  const TensorFile& tensors_;
  const Kernels& kernels_;
  std::string prefix_;
};

// What a whole number of config.json may be: nothing that the sizes below could overflow with.
constexpr std::int64_t most = 1 << 24;

class Config {
 public:
  Config(const Json& json, std::string path) : json_(json), path_(std::move(path)) {}

  Result<std::size_t> count(std::string_view key, std::int64_t least = 1) const {
    const Json* value = find(key);
    if (value == nullptr || !value->is_int64() || value->get_int64() < least ||
        value->get_int64() > most) {
      return fail(ErrorCode::corrupt, "cannot read model: {}: {} is missing or not valid", path_,
                  key);
    }
    return static_cast<std::size_t>(value->get_int64());
  }

  [[nodiscard]] std::string text(std::string_view key, std::string_view otherwise) const {
    const Json* value = find(key);
    return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                  : std::string(otherwise);
  }

  [[nodiscard]] double number(std::string_view key, double otherwise) const {
    const Json* value = find(key);
    if (value != nullptr && value->is_double()) return value->get_double();
    if (value != nullptr && value->is_int64()) return static_cast<double>(value->get_int64());
    return otherwise;
  }

  [[nodiscard]] tl::unexpected<Error> unsupported(std::string_view key,
                                                  std::string_view value) const {
    return fail(ErrorCode::invalid_argument, "cannot read model: {}: {} {} is not supported", path_,
                key, value);
  }

 private:
  [[nodiscard]] const Json* find(std::string_view key) const {
    const JsonObject* object = json_.if_object();
    return object == nullptr ? nullptr : object->if_contains(key);
  }

  const Json& json_;
  std::string path_;
};

Result<TransformerConfig> read_sizes(const Config& file, bool distilbert) {
  TransformerConfig config{.distilbert = distilbert};
  LIMN_TRY(config.layers, file.count(distilbert ? "n_layers" : "num_hidden_layers"));
  LIMN_TRY(config.heads, file.count(distilbert ? "n_heads" : "num_attention_heads"));
  LIMN_TRY(config.dim, file.count(distilbert ? "dim" : "hidden_size"));
  LIMN_TRY(config.intermediate, file.count(distilbert ? "hidden_dim" : "intermediate_size"));
  LIMN_TRY(config.vocabulary, file.count("vocab_size"));
  LIMN_TRY(config.positions, file.count("max_position_embeddings", 2));
  if (distilbert) return config;
  LIMN_TRY(config.token_types, file.count("type_vocab_size"));
  return config;
}

}  // namespace

Result<TransformerConfig> read_transformer_config(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "config.json";
  LIMN_TRY(const std::string bytes, read_file(path));
  LIMN_TRY(const Json json, parse_json(bytes, path.string()));
  const Config file(json, path.string());

  const std::string type = file.text("model_type", "none");
  if (type != "bert" && type != "distilbert") {
    return file.unsupported("model_type", type);
  }
  const bool distilbert = type == "distilbert";
  const std::string_view activation_key = distilbert ? "activation" : "hidden_act";
  const std::string activation = file.text(activation_key, "gelu");
  if (activation != "gelu") return file.unsupported(activation_key, activation);
  const std::string position_type = file.text("position_embedding_type", "absolute");
  if (position_type != "absolute") {
    return file.unsupported("position_embedding_type", position_type);
  }

  LIMN_TRY(TransformerConfig config, read_sizes(file, distilbert));
  const double epsilon = file.number("layer_norm_eps", 1e-12);
  if (!(epsilon >= 0 && epsilon < 1)) {
    return file.unsupported("layer_norm_eps", fmt::format("{}", epsilon));
  }
  config.layer_norm_epsilon = static_cast<float>(epsilon);
  if (config.dim % config.heads != 0) {
    return file.unsupported("a number of heads that does not divide the width:",
                            fmt::format("{}", config.heads));
  }
  return config;
}

Result<TransformerWeights> load_weights(const TransformerConfig& config, const TensorFile& tensors,
                                        const Kernels& kernels) {
  const Reader reader(config, tensors, kernels);
  const Names& names = config.distilbert ? distilbert_names : bert_names;
  LIMN_TRY(Floats words,
           reader.read("embeddings.word_embeddings.weight", {config.vocabulary, config.dim}));
  TransformerWeights weights{.words = std::move(words)};
  LIMN_TRY(weights.positions, reader.read_positions());
  LIMN_TRY(weights.embeddings_norm, reader.read_norm("embeddings.LayerNorm"));
  for (std::size_t i = 0; i < config.layers; ++i) {
    LIMN_TRY(TransformerLayer layer, reader.read_layer(names, i));
    weights.layers.push_back(std::move(layer));
  }
  return weights;
}

}  // namespace limn
