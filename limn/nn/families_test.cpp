// Models of each family, random and small, against what Hugging Face's libraries made of them
// (tools/make_test_models.py).
#include <cmath>

#include <gtest/gtest.h>

#include "limn/core/file.h"
#include "limn/core/json.h"
#include "limn/core/random.h"
#include "limn/nn/test_support.h"
#include "limn/nn/tokenizer.h"
#include "limn/nn/transformer.h"

namespace limn {
namespace {

class Families : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(LIMN_SOURCE_DIR "/limn/nn/testdata") / GetParam();
    const auto bytes = read_file(folder_ / "expected.json");
    ASSERT_TRUE(bytes.has_value()) << bytes.error().message;
    auto json = parse_json(*bytes, "expected.json");
    ASSERT_TRUE(json.has_value()) << json.error().message;
    expected_ = std::move(*json);
  }

  std::filesystem::path folder_;
  Json expected_;
};

std::vector<TokenId> ids_of(const Json& row) {
  std::vector<TokenId> ids;
  for (const Json& id : row.at("ids").as_array())
    ids.push_back(static_cast<TokenId>(id.as_int64()));
  return ids;
}

TEST_P(Families, HaveTheIdsOfHuggingFaceTokenizers) {
  const auto tokenizer = Tokenizer::open(folder_);
  ASSERT_TRUE(tokenizer.has_value()) << tokenizer.error().message;
  const std::size_t most = expected_.at("max_length").to_number<std::size_t>();
  for (const Json& row : expected_.at("texts").as_array()) {
    const std::string text(row.at("text").as_string());
    EXPECT_EQ(tokenizer->ids(text, most), ids_of(row)) << to_text(row.at("text"));
  }
}

// Once every word of a text was met, nothing is cut anew; a tokenizer that has met none is the
// measure.
TEST_P(Families, HaveTheSameIdsForWordsTheyRemember) {
  const auto tokenizer = Tokenizer::open(folder_);
  ASSERT_TRUE(tokenizer.has_value());
  for (int turn = 0; turn < 2; ++turn) {
    std::string joined;
    for (const Json& row : expected_.at("texts").as_array()) {
      joined += std::string(row.at("text").as_string()) + " ";
      const auto fresh = Tokenizer::open(folder_);
      EXPECT_EQ(tokenizer->pieces(joined), fresh->pieces(joined)) << joined;
      if (joined.size() > 2000) joined.clear();
    }
  }
}

TEST_P(Families, HaveTheRowsOfHuggingFaceTransformers) {
  const auto config = read_transformer_config(folder_);
  ASSERT_TRUE(config.has_value()) << config.error().message;
  auto tensors = TensorFile::open(folder_);
  ASSERT_TRUE(tensors.has_value()) << tensors.error().message;
  const auto transformer = Transformer::load(*config, std::move(*tensors));
  ASSERT_TRUE(transformer.has_value()) << transformer.error().message;
  for (const Json& shown : expected_.at("shown").as_array()) {
    const Json& text =
        expected_.at("texts").as_array().at(static_cast<std::size_t>(shown.at("text").as_int64()));
    const std::vector<TokenId> ids = ids_of(text);
    const std::span<const TokenId> view(ids);
    const Matrix found = transformer->forward({&view, 1});
    for (const Json& row : shown.at("rows").as_array()) {
      const auto index = row.at(0).to_number<std::size_t>();
      const JsonArray& values = row.at(1).as_array();
      ASSERT_EQ(values.size(), found.cols());
      for (std::size_t j = 0; j < found.cols(); ++j) {
        EXPECT_NEAR(found.row(index)[j], values[j].to_number<double>(), 1e-4)
            << "token " << index << " of " << to_text(text.at("text"));
      }
    }
  }
}

TEST_P(Families, SurviveDamagedTokenizers) {
  const auto whole = read_file(folder_ / "tokenizer.json");
  ASSERT_TRUE(whole.has_value());
  const TemporaryFolder folder;
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::string damaged = *whole;
    for (std::uint64_t i = 1 + random.below(3); i > 0; --i) {
      // Most often another of the characters that JSON and base64 are made of, so that it parses.
      constexpr std::string_view likely = "0123456789ABCDEFabcdef/+-.,:\"[]{} ";
      damaged[random.below(damaged.size())] = random.below(8) == 0
                                                  ? static_cast<char>(random.below(256))
                                                  : likely[random.below(likely.size())];
    }
    folder.write("tokenizer.json", damaged);
    const auto tokenizer = Tokenizer::open(folder.path());
    if (!tokenizer) continue;
    for (const Json& row : expected_.at("texts").as_array()) {
      const std::vector<TokenId> ids = tokenizer->ids(std::string(row.at("text").as_string()), 32);
      EXPECT_LE(ids.size(), 32U);
      for (const TokenId id : ids) EXPECT_LT(id, tokenizer->vocabulary_size());
    }
  }
}

TEST_P(Families, SurviveAnyBytes) {
  const auto tokenizer = Tokenizer::open(folder_);
  ASSERT_TRUE(tokenizer.has_value());
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::string text;
    for (std::uint64_t i = random.below(60); i > 0; --i) {
      text += static_cast<char>(random.below(256));
    }
    for (const TokenId id : tokenizer->ids(text, 16)) EXPECT_LT(id, tokenizer->vocabulary_size());
  }
}

INSTANTIATE_TEST_SUITE_P(All, Families,
                         testing::Values("bert", "distilbert", "roberta", "xlm_roberta", "bge_m3",
                                         "mpnet"),
                         [](const auto& tested) { return std::string(tested.param); });

TEST(FamilyConfigs, NameWhatIsNotSupported) {
  const std::filesystem::path folder = LIMN_SOURCE_DIR "/limn/nn/testdata";
  const std::vector<std::tuple<std::string, std::string, Json>> spoiled{
      {"mpnet", "relative_attention_num_buckets", 2},
      {"mpnet", "relative_attention_num_buckets", 4096},
      {"mpnet", "hidden_act", "gelu_new"},
      {"roberta", "pad_token_id", 153},
      {"roberta", "pad_token_id", -1},
      {"roberta", "is_decoder", true},
      {"xlm_roberta", "max_position_embeddings", 3}};
  for (const auto& [family, key, value] : spoiled) {
    const auto bytes = read_file(folder / family / "config.json");
    ASSERT_TRUE(bytes.has_value());
    auto config = parse_json(*bytes, "config.json");
    ASSERT_TRUE(config.has_value());
    config->as_object()[key] = value;
    const TemporaryFolder other;
    other.write("config.json", to_text(*config));
    const auto read = read_transformer_config(other.path());
    ASSERT_FALSE(read.has_value()) << key;
    if (key != "max_position_embeddings") {
      EXPECT_NE(read.error().message.find(key), std::string::npos) << read.error().message;
    }
  }
}

}  // namespace
}  // namespace limn
