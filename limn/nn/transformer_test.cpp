#include "limn/nn/transformer.h"

#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "limn/nn/test_model.h"

namespace limn {
namespace {

using Row = std::vector<double>;
using Rows = std::vector<Row>;

// BERT by its definition, one text at a time, in double precision.
class Reference {
 public:
  explicit Reference(const TestModel& model) : model_(model) {}

  [[nodiscard]] Rows forward(std::span<const TokenId> text) const {
    Rows x;
    for (std::size_t i = 0; i < text.size(); ++i) {
      Row row(8);
      for (std::size_t j = 0; j < 8; ++j) {
        row[j] = values("embeddings.word_embeddings.weight")[text[i] * 8 + j] +
                 values("embeddings.position_embeddings.weight")[i * 8 + j] +
                 values("embeddings.token_type_embeddings.weight")[j];
      }
      x.push_back(norm(row, "embeddings.LayerNorm"));
    }
    for (const std::string layer : {"encoder.layer.0.", "encoder.layer.1."}) x = run(layer, x);
    return x;
  }

 private:
  [[nodiscard]] const std::vector<float>& values(const std::string& name) const {
    return model_.tensors.at(name).values;
  }

  [[nodiscard]] Row dense(const Row& x, const std::string& name) const {
    const std::vector<float>& bias = values(name + ".bias");
    Row y(bias.begin(), bias.end());
    for (std::size_t i = 0; i < y.size(); ++i) {
      for (std::size_t j = 0; j < x.size(); ++j) {
        y[i] += values(name + ".weight")[i * x.size() + j] * x[j];
      }
    }
    return y;
  }

  [[nodiscard]] Row norm(Row x, const std::string& name) const {
    const double n = static_cast<double>(x.size());
    const double mean = std::accumulate(x.begin(), x.end(), 0.0) / n;
    double variance = 0;
    for (const double value : x) variance += (value - mean) * (value - mean) / n;
    for (std::size_t i = 0; i < x.size(); ++i) {
      x[i] = (x[i] - mean) / std::sqrt(variance + 1e-12) * values(name + ".weight")[i] +
             values(name + ".bias")[i];
    }
    return x;
  }

  [[nodiscard]] Rows attend(const std::string& layer, const Rows& x) const {
    Rows context(x.size(), Row(8, 0.0));
    for (std::size_t i = 0; i < x.size(); ++i) {
      const Row query = dense(x[i], layer + "attention.self.query");
      for (std::size_t head = 0; head < 8; head += 4) {
        Row weights;
        for (const Row& other : x) {
          const Row key = dense(other, layer + "attention.self.key");
          double score = 0;
          for (std::size_t j = head; j < head + 4; ++j) score += query[j] * key[j];
          weights.push_back(std::exp(score / 2));
        }
        const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
        for (std::size_t other = 0; other < x.size(); ++other) {
          const Row value = dense(x[other], layer + "attention.self.value");
          for (std::size_t j = head; j < head + 4; ++j) {
            context[i][j] += weights[other] / total * value[j];
          }
        }
      }
    }
    return context;
  }

  [[nodiscard]] Rows run(const std::string& layer, const Rows& x) const {
    const Rows context = attend(layer, x);
    Rows y;
    for (std::size_t i = 0; i < x.size(); ++i) {
      Row sum = dense(context[i], layer + "attention.output.dense");
      for (std::size_t j = 0; j < 8; ++j) sum[j] += x[i][j];
      sum = norm(sum, layer + "attention.output.LayerNorm");
      Row wide = dense(sum, layer + "intermediate.dense");
      for (double& value : wide) value *= 0.5 * (1 + std::erf(value / std::sqrt(2.0)));
      Row out = dense(wide, layer + "output.dense");
      for (std::size_t j = 0; j < 8; ++j) out[j] += sum[j];
      y.push_back(norm(out, layer + "output.LayerNorm"));
    }
    return y;
  }

  const TestModel& model_;
};

Result<Transformer> load(const TestModel& model) {
  const TemporaryFolder folder;
  model.write(folder);
  LIMN_TRY(const TransformerConfig config, read_transformer_config(folder.path()));
  LIMN_TRY(TensorFile tensors, TensorFile::open(folder.path()));
  return Transformer::load(config, std::move(tensors));
}

std::vector<std::vector<TokenId>> random_texts(Random& random, std::size_t count) {
  std::vector<std::vector<TokenId>> texts(count);
  for (std::vector<TokenId>& text : texts) {
    text.resize(1 + random.below(10));
    for (TokenId& id : text) id = static_cast<TokenId>(random.below(20));
  }
  return texts;
}

TEST(Transformer, EqualsItsDefinition) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    SCOPED_TRACE(seed);
    const TestModel model(seed);
    const auto transformer = load(model);
    ASSERT_TRUE(transformer.has_value()) << transformer.error().message;
    Random random(seed);
    const auto texts = random_texts(random, 7);
    const std::vector<std::span<const TokenId>> views(texts.begin(), texts.end());
    const Matrix found = transformer->forward(views);

    std::size_t row = 0;
    for (const auto& text : texts) {
      for (const Row& expected : Reference(model).forward(text)) {
        for (std::size_t j = 0; j < 8; ++j) EXPECT_NEAR(found.row(row)[j], expected[j], 2e-5);
        ++row;
      }
    }
    EXPECT_EQ(row, found.rows());
  }
}

TEST(Transformer, GivesATextTheSameBytesInAnyBatch) {
  const auto transformer = load(TestModel(1));
  ASSERT_TRUE(transformer.has_value());
  Random random(1);
  const auto texts = random_texts(random, 20);
  const std::vector<std::span<const TokenId>> views(texts.begin(), texts.end());
  const Matrix together = transformer->forward(views);
  std::size_t row = 0;
  for (const std::span<const TokenId> text : views) {
    const Matrix alone = transformer->forward({&text, 1});
    for (std::size_t i = 0; i < alone.rows(); ++i, ++row) {
      for (std::size_t j = 0; j < 8; ++j) EXPECT_EQ(alone.row(i)[j], together.row(row)[j]);
    }
  }
}

TEST(Transformer, ReadsTheNamesOfDistilBert) {
  const TestModel bert(3);
  TestModel distilbert(3);
  const std::vector<std::pair<std::string, std::string>> renamed{
      {"attention.self.query", "attention.q_lin"},
      {"attention.self.key", "attention.k_lin"},
      {"attention.self.value", "attention.v_lin"},
      {"attention.output.dense", "attention.out_lin"},
      {"attention.output.LayerNorm", "sa_layer_norm"},
      {"intermediate.dense", "ffn.lin1"},
      {"output.LayerNorm", "output_layer_norm"},
      {"output.dense", "ffn.lin2"},
      {"encoder.layer", "transformer.layer"}};
  distilbert.tensors.clear();
  for (const auto& [bert_name, tensor] : bert.tensors) {
    std::string name = bert_name;
    for (const auto& [from, to] : renamed) {
      if (const auto at = name.find(from); at != std::string::npos) {
        name.replace(at, from.size(), to);
      }
    }
    distilbert.tensors.emplace("distilbert." + name, tensor);
  }
  // DistilBERT has no token types: the row of type 0 becomes part of the positions.
  TestTensor& positions = distilbert.tensors.at("distilbert.embeddings.position_embeddings.weight");
  const std::vector<float>& types =
      bert.tensors.at("embeddings.token_type_embeddings.weight").values;
  for (std::size_t i = 0; i < positions.values.size(); ++i) positions.values[i] += types[i % 8];
  distilbert.config = {{"model_type", "distilbert"},
                       {"n_layers", 2},
                       {"n_heads", 2},
                       {"dim", 8},
                       {"hidden_dim", 12},
                       {"vocab_size", 20},
                       {"activation", "gelu"},
                       {"max_position_embeddings", 10}};

  const auto one = load(bert);
  const auto other = load(distilbert);
  ASSERT_TRUE(one.has_value());
  ASSERT_TRUE(other.has_value()) << other.error().message;
  const std::vector<TokenId> text{2, 5, 9, 3};
  const std::span<const TokenId> view(text);
  const Matrix expected = one->forward({&view, 1});
  const Matrix found = other->forward({&view, 1});
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t j = 0; j < 8; ++j) EXPECT_EQ(found.row(i)[j], expected.row(i)[j]);
  }
}

TEST(Transformer, NamesTheTensorThatIsMissingOrWrong) {
  for (const auto& [name, tensor] : TestModel(1).tensors) {
    TestModel missing(1);
    missing.tensors.erase(name);
    const auto without = load(missing);
    ASSERT_FALSE(without.has_value()) << name;
    EXPECT_NE(without.error().message.find(name), std::string::npos) << without.error().message;

    TestModel wrong(1);
    wrong.tensors.at(name).shape.push_back(1);
    const auto bent = load(wrong);
    ASSERT_FALSE(bent.has_value()) << name;
    EXPECT_NE(bent.error().message.find(name), std::string::npos) << bent.error().message;
  }
}

TEST(Transformer, RefusesConfigsThatDoNotFit) {
  const std::vector<std::pair<std::string, Json>> spoiled{
      {"hidden_size", 4611686018427387904},
      {"hidden_size", 16},
      {"hidden_size", -8},
      {"hidden_size", "8"},
      {"num_hidden_layers", 16000000},
      {"num_hidden_layers", 0},
      {"num_attention_heads", 3},
      {"intermediate_size", 16777216},
      {"vocab_size", 16777216},
      {"max_position_embeddings", 1},
      {"hidden_act", "relu"},
      {"model_type", "t5"},
      {"layer_norm_eps", -1.0},
      {"position_embedding_type", "relative_key"}};
  for (const auto& [key, value] : spoiled) {
    TestModel model(1);
    model.config[key] = value;
    const auto loaded = load(model);
    ASSERT_FALSE(loaded.has_value()) << key;
    EXPECT_FALSE(loaded.error().message.empty());
  }
}

}  // namespace
}  // namespace limn
