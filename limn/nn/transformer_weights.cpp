// Reads `config.json` and the tensors it speaks of, by the names of the model's family.
#include "limn/nn/transformer_weights.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <optional>
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

constexpr Names mpnet_names{
    "encoder.layer.",     {"attention.attn.q", "attention.attn.k", "attention.attn.v"},
    "attention.attn.o",   "attention.LayerNorm",
    "intermediate.dense", "output.dense",
    "output.LayerNorm"};

const Names& names_of(TransformerFamily family) {
  switch (family) {
    case TransformerFamily::distilbert: return distilbert_names;
    case TransformerFamily::mpnet: return mpnet_names;
    case TransformerFamily::bert:
    case TransformerFamily::roberta: return bert_names;
  }
  return bert_names;
}

// The bucket of MPNet (and of T5: Raffel et al., 2020, section 2.1) for a key that stands
// `distance` tokens after its query: half of the buckets for each side, the near half of them for
// one distance each, the far ones growing with the logarithm up to 128 tokens. In float, as
// PyTorch computes it, so that the edges fall where they did in training.
std::size_t bucket_of(std::ptrdiff_t distance, std::size_t buckets) {
  constexpr float farthest = 128;
  const std::size_t side = buckets / 2;
  const std::size_t exact = side / 2;
  const auto steps = static_cast<std::size_t>(std::abs(distance));
  std::size_t bucket = steps;
  if (steps >= exact) {
    const auto first = static_cast<float>(exact);
    const float share = std::log(static_cast<float>(steps) / first) /
                        static_cast<float>(std::log(static_cast<double>(farthest / first)));
    bucket = exact + static_cast<std::size_t>(share * static_cast<float>(side - exact));
    bucket = std::min(bucket, side - 1);
  }
  return bucket + (distance > 0 ? side : 0);
}

class Reader {
 public:
  Reader(const TransformerConfig& config, const TensorFile& tensors)
      : config_(config), tensors_(tensors) {
    // A model saved with a head on it has its encoder under a name of its own.
    for (const std::string_view prefix : {"bert.", "distilbert.", "roberta.", "mpnet."}) {
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
  Result<DenseTensors> read_dense(std::span<const std::string> names, std::size_t in,
                                  std::size_t out) const {
    DenseTensors dense;
    for (const std::string& name : names) {
      LIMN_TRY(const Floats part, read(name + ".weight", {out, in}));
      dense.weights.insert(dense.weights.end(), part.values().begin(), part.values().end());
      LIMN_TRY(const std::vector<float> bias, read_vector(name + ".bias", out));
      dense.bias.insert(dense.bias.end(), bias.begin(), bias.end());
    }
    return dense;
  }

  Result<LayerTensors> read_layer(const Names& names, std::size_t number) const {
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
    LayerTensors layer;
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
             read_matrix("embeddings.position_embeddings.weight", config_.position_rows()));
    Matrix positions(config_.position_rows(), config_.dim, values);
    if (config_.token_types == 0) return positions;
    LIMN_TRY(const std::vector<float> types,
             read_matrix("embeddings.token_type_embeddings.weight", config_.token_types));
    for (std::size_t i = 0; i < positions.rows(); ++i) {
      for (std::size_t j = 0; j < config_.dim; ++j) positions.row(i)[j] += types[j];
    }
    return positions;
  }

  // The bias of every distance that two tokens of a text can have.
  Result<Matrix> read_distances() const {
    LIMN_TRY(const Floats table, read("encoder.relative_attention_bias.weight",
                                      {config_.relative_buckets, config_.heads}));
    const std::size_t positions = config_.positions;
    const float scale = std::sqrt(static_cast<float>(config_.dim / config_.heads));
    Matrix distances(config_.heads, 2 * positions - 1);
    for (std::size_t j = 0; j < distances.cols(); ++j) {
      const auto distance =
          static_cast<std::ptrdiff_t>(j) - static_cast<std::ptrdiff_t>(positions - 1);
      const std::size_t bucket = bucket_of(distance, config_.relative_buckets);
      for (std::size_t head = 0; head < config_.heads; ++head) {
        distances.row(head)[j] = scale * table.values()[bucket * config_.heads + head];
      }
    }
    return distances;
  }

 private:
  Result<std::vector<float>> read_matrix(const std::string& name, std::size_t rows) const {
    LIMN_TRY(const Floats values, read(name, {rows, config_.dim}));
    return std::vector<float>(values.values().begin(), values.values().end());
  }

  const TransformerConfig& config_;
  const TensorFile& tensors_;
  std::string prefix_;
};

// What a whole number of config.json may be: nothing that the sizes below could overflow with.
constexpr std::int64_t most = 1 << 24;

class Config {
 public:
  Config(const Json& json, std::string path) : json_(json), path_(std::move(path)) {}

  Result<std::size_t> count(std::string_view key, std::int64_t least = 1) const {
    const Json* value = member(json_, key);
    if (value == nullptr || !value->is_int64() || value->get_int64() < least ||
        value->get_int64() > most) {
      return fail(ErrorCode::corrupt, "cannot read model: {}: {} is missing or not valid", path_,
                  key);
    }
    return static_cast<std::size_t>(value->get_int64());
  }

  [[nodiscard]] std::string text(std::string_view key, std::string_view otherwise) const {
    return text_member(json_, key, otherwise);
  }

  [[nodiscard]] bool has(std::string_view key) const { return member(json_, key) != nullptr; }

  [[nodiscard]] bool flag(std::string_view key) const { return flag_member(json_, key, false); }

  [[nodiscard]] double number(std::string_view key, double otherwise) const {
    const Json* value = member(json_, key);
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
  const Json& json_;
  std::string path_;
};

std::optional<TransformerFamily> family_of(std::string_view model_type) {
  if (model_type == "bert") return TransformerFamily::bert;
  if (model_type == "distilbert") return TransformerFamily::distilbert;
  if (model_type == "mpnet") return TransformerFamily::mpnet;
  if (model_type == "roberta" || model_type == "xlm-roberta" || model_type == "camembert") {
    return TransformerFamily::roberta;
  }
  return std::nullopt;
}

// The table of positions has rows up to the padding's that no text uses.
Result<void> read_positions(const Config& file, TransformerConfig& config) {
  LIMN_TRY(config.positions, file.count("max_position_embeddings", 2));
  const bool mpnet = config.family == TransformerFamily::mpnet;
  if (!mpnet && config.family != TransformerFamily::roberta) return {};
  std::size_t padding = 1;  // MPNet's, whatever its file says
  if (!mpnet && file.has("pad_token_id")) {
    LIMN_TRY(padding, file.count("pad_token_id", 0));
  }
  if (config.positions < padding + 3 || config.vocabulary <= padding) {
    return file.unsupported("pad_token_id", fmt::format("{}", padding));
  }
  config.padding = static_cast<TokenId>(padding);
  config.positions -= padding + 1;
  return {};
}

Result<void> read_buckets(const Config& file, TransformerConfig& config) {
  const std::string_view key = "relative_attention_num_buckets";
  std::size_t buckets = 32;
  if (file.has(key)) {
    LIMN_TRY(buckets, file.count(key));
  }
  // Half of a side's buckets hold one distance each, and of the others the last begins at 128.
  if (buckets < 4 || buckets > 256) return file.unsupported(key, fmt::format("{}", buckets));
  config.relative_buckets = buckets;
  return {};
}

Result<TransformerConfig> read_sizes(const Config& file, TransformerFamily family) {
  const bool distilbert = family == TransformerFamily::distilbert;
  TransformerConfig config{.family = family};
  LIMN_TRY(config.layers, file.count(distilbert ? "n_layers" : "num_hidden_layers"));
  LIMN_TRY(config.heads, file.count(distilbert ? "n_heads" : "num_attention_heads"));
  LIMN_TRY(config.dim, file.count(distilbert ? "dim" : "hidden_size"));
  LIMN_TRY(config.intermediate, file.count(distilbert ? "hidden_dim" : "intermediate_size"));
  LIMN_TRY(config.vocabulary, file.count("vocab_size"));
  LIMN_TRY_VOID(read_positions(file, config));
  if (family == TransformerFamily::mpnet) LIMN_TRY_VOID(read_buckets(file, config));
  if (family == TransformerFamily::bert || family == TransformerFamily::roberta) {
    LIMN_TRY(config.token_types, file.count("type_vocab_size"));
  }
  return config;
}

// Settings that change what is computed, and that we do not compute.
Result<void> check_settings(const Config& file, TransformerFamily family) {
  const bool distilbert = family == TransformerFamily::distilbert;
  const std::string_view activation_key = distilbert ? "activation" : "hidden_act";
  const std::string activation = file.text(activation_key, "gelu");
  if (activation != "gelu") return file.unsupported(activation_key, activation);
  const std::string position_type = file.text("position_embedding_type", "absolute");
  if (position_type != "absolute") {
    return file.unsupported("position_embedding_type", position_type);
  }
  if (file.flag("is_decoder")) return file.unsupported("is_decoder", "true");
  return {};
}

}  // namespace

Result<TransformerConfig> read_transformer_config(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "config.json";
  LIMN_TRY(const std::string bytes, read_file(path));
  LIMN_TRY(const Json json, parse_json(bytes, path.string()));
  const Config file(json, path.string());

  const std::string type = file.text("model_type", "none");
  const std::optional<TransformerFamily> family = family_of(type);
  if (!family) return file.unsupported("model_type", type);
  LIMN_TRY_VOID(check_settings(file, *family));
  LIMN_TRY(TransformerConfig config, read_sizes(file, *family));
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

Result<EmbeddingTensors> read_embeddings(const TransformerConfig& config,
                                         const TensorFile& tensors) {
  const Reader reader(config, tensors);
  LIMN_TRY(Floats words,
           reader.read("embeddings.word_embeddings.weight", {config.vocabulary, config.dim}));
  EmbeddingTensors embeddings{.words = std::move(words)};
  LIMN_TRY(embeddings.positions, reader.read_positions());
  if (config.relative_buckets != 0) {
    LIMN_TRY(embeddings.distances, reader.read_distances());
  }
  LIMN_TRY(embeddings.norm, reader.read_norm("embeddings.LayerNorm"));
  return embeddings;
}

Result<LayerTensors> read_layer(const TransformerConfig& config, const TensorFile& tensors,
                                std::size_t number) {
  return Reader(config, tensors).read_layer(names_of(config.family), number);
}

}  // namespace limn
