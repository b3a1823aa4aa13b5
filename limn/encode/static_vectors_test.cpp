#include "limn/encode/static_vectors.h"

#include <cmath>

#include <gtest/gtest.h>

#include "limn/core/json.h"
#include "limn/core/parallel.h"
#include "limn/core/vector_ops.h"
#include "limn/encode/bert.h"
#include "limn/encode/distill.h"
#include "limn/nn/test_model.h"

namespace limn {
namespace {

// The tokenizer.json of a TestModel.
std::string tokenizer_of(const TestModel& model) {
  JsonObject vocabulary;
  for (std::size_t id = 0; id < model.vocabulary.size(); ++id)
    vocabulary[model.vocabulary[id]] = id;
  const auto special = [](std::string_view token) {
    return JsonObject{{"SpecialToken", JsonObject{{"id", token}, {"type_id", 0}}}};
  };
  return to_text(JsonObject{
      {"normalizer", JsonObject{{"type", "BertNormalizer"},
                                {"clean_text", true},
                                {"handle_chinese_chars", true},
                                {"strip_accents", nullptr},
                                {"lowercase", true}}},
      {"pre_tokenizer", JsonObject{{"type", "BertPreTokenizer"}}},
      {"post_processor",
       JsonObject{
           {"type", "TemplateProcessing"},
           {"single", JsonArray{special("[CLS]"), JsonObject{{"Sequence", JsonObject{{"id", "A"}}}},
                                special("[SEP]")}}}},
      {"model", JsonObject{{"type", "WordPiece"},
                           {"unk_token", "[UNK]"},
                           {"continuing_subword_prefix", "##"},
                           {"max_input_chars_per_word", 100},
                           {"vocab", std::move(vocabulary)}}}});
}

StaticVectors some_vectors(std::size_t dim = 3) {
  const TestModel model(1);
  Matrix vectors(model.vocabulary.size(), dim);
  Random random(7);
  for (std::size_t t = 0; t < vectors.rows(); ++t) {
    for (float& x : vectors.row(t)) x = static_cast<float>(random.normal());
  }
  return {.tokenizer = tokenizer_of(model), .vectors = Int8Rows::quantize(vectors)};
}

constexpr std::size_t id_of_a = 4;  // in TestModel's vocabulary
constexpr std::size_t id_of_b = 5;

TEST(StaticVectors, AreReadAsTheyWereSaved) {
  const TemporaryFolder folder;
  for (const std::size_t dim : {1U, 3U, 64U, 100U}) {
    const StaticVectors saved = some_vectors(dim);
    folder.write("w.limn", save_static(saved));
    const auto read = read_static(folder.path() / "w.limn");
    ASSERT_TRUE(read.has_value()) << read.error().message;
    EXPECT_EQ(read->tokenizer, saved.tokenizer);
    EXPECT_EQ(read->vectors.rows(), saved.vectors.rows());
    EXPECT_EQ(read->vectors.dim(), dim);
    EXPECT_EQ(read->vectors.fingerprint(), saved.vectors.fingerprint());
  }
}

TEST(StaticEncoder, GivesTheDirectionOfTheMeanOfATextsTokens) {
  const StaticVectors vectors = some_vectors();
  const auto encoder = make_static_encoder(vectors, "w");
  ASSERT_TRUE(encoder.has_value()) << encoder.error().message;
  EXPECT_EQ((*encoder)->name(), "static:w");
  std::string long_text;
  for (int i = 0; i < 5000; ++i) long_text += "a b ";
  const std::vector<std::string> texts{"a b", "", "b", long_text};
  const auto found = (*encoder)->encode(texts);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->tokens, 2U + 0 + 1 + 10'000);

  std::vector<float> expected(3, 0.0F);
  add_scaled(expected, 1, vectors.vectors.floats(id_of_a));
  add_scaled(expected, 1, vectors.vectors.floats(id_of_b));
  normalize(expected);
  for (std::size_t c = 0; c < 3; ++c) {
    EXPECT_NEAR(found->embeddings.row(0)[c], expected[c], 1e-6);
    EXPECT_EQ(found->embeddings.row(1)[c], 0);
    EXPECT_NEAR(found->embeddings.row(3)[c], expected[c], 1e-4);  // nothing was cut
  }
}

TEST(StaticEncoder, ReadsAFolderOfModel2VecWithWeightsAndSharedRows) {
  TestModel model(1);
  model.tensors.clear();
  std::vector<float> mapping(20, 0.0F);
  std::vector<float> weights(20, 1.0F);
  mapping[id_of_b] = 1;
  weights[id_of_b] = 4;
  model.tensors["embeddings"] = {{2, 2}, {1, 0, 0, 1}};
  model.tensors["mapping"] = {{20}, mapping};
  model.tensors["weights"] = {{20}, weights};
  const TemporaryFolder folder;
  folder.write("model.safetensors", model.safetensors());
  folder.write("tokenizer.json", tokenizer_of(model));
  const auto encoder = load_static(folder.path());
  ASSERT_TRUE(encoder.has_value()) << encoder.error().message;
  const std::vector<std::string> texts{"a b"};
  const auto found = (*encoder)->encode(texts);
  ASSERT_TRUE(found.has_value());
  EXPECT_NEAR(found->embeddings.row(0)[0], 1 / std::sqrt(17.0), 1e-6);
  EXPECT_NEAR(found->embeddings.row(0)[1], 4 / std::sqrt(17.0), 1e-6);

  mapping[id_of_b] = 2;  // there are two rows
  model.tensors["mapping"].values = mapping;
  folder.write("model.safetensors", model.safetensors());
  const auto refused = load_static(folder.path());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::corrupt);
}

TEST(StaticVectors, SurviveAnyDamageToTheirFile) {
  const TemporaryFolder folder;
  const std::string whole = save_static(some_vectors());
  Random random(3);
  for (int i = 0; i < 300; ++i) {
    std::string spoiled = whole;
    if (i % 2 == 0) {
      spoiled.resize(random.below(whole.size()));
    } else {
      for (int j = 0; j < 4; ++j) {
        spoiled[random.below(i < 200 ? 300 : whole.size())] = static_cast<char>(random.below(256));
      }
    }
    folder.write("w.limn", spoiled);
    const auto encoder = load_static(folder.path() / "w.limn");
    if (i % 2 == 0) {
      EXPECT_FALSE(encoder.has_value());
    }
    if (!encoder) continue;
    const std::vector<std::string> texts{"a b c d"};
    EXPECT_TRUE((*encoder)->encode(texts).has_value());
  }
}

class Distill : public testing::Test {
 protected:
  void SetUp() override {
    const TestModel model(5);
    model.write(folder_);
    folder_.write("tokenizer.json", tokenizer_of(model));
    Random random(11);
    for (int i = 0; i < 60; ++i) {
      std::string text;
      for (int word = 0; word < 6; ++word) text += std::string(1, "abcdefg"[random.below(7)]) + " ";
      texts_.push_back(text);
    }
  }

  // How far the cosines of pairs of texts are from the teacher's, squared, on average.
  [[nodiscard]] double distance_to_teacher(const StaticVectors& vectors) const {
    const auto teacher = load_bert(folder_.path(), {});
    const auto student = make_static_encoder(vectors, "w");
    Matrix right = (*teacher)->encode(texts_)->embeddings;
    const Matrix found = (*student)->encode(texts_)->embeddings;
    // The student knows differences only: what all texts share is taken away.
    std::vector<float> mean(right.cols(), 0.0F);
    for (std::size_t i = 0; i < right.rows(); ++i) add_scaled(mean, 1.0F / 60, right.row(i));
    for (std::size_t i = 0; i < right.rows(); ++i) add_scaled(right.row(i), -1, mean);
    normalize_rows(right);
    double sum = 0;
    for (std::size_t i = 0; i < 60; ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        const double off =
            double{dot(right.row(i), right.row(j))} - double{dot(found.row(i), found.row(j))};
        sum += off * off;
      }
    }
    return sum / (60 * 59 / 2);
  }

  TemporaryFolder folder_;
  std::vector<std::string> texts_;
};

TEST_F(Distill, ComesCloserToItsTeacherWithTextsToLearnFrom) {
  const auto alone = distill(folder_.path(), {}, {.dim = 8});
  ASSERT_TRUE(alone.has_value()) << alone.error().message;
  const auto fitted = distill(folder_.path(), texts_, {.dim = 8});
  ASSERT_TRUE(fitted.has_value()) << fitted.error().message;
  EXPECT_EQ(fitted->vectors.rows(), 20U);
  EXPECT_LT(distance_to_teacher(*fitted), 0.6 * distance_to_teacher(*alone));
}

TEST_F(Distill, GivesTheSameBytesOnAnyNumberOfThreads) {
  const std::size_t before = thread_count();
  std::vector<std::string> files;
  for (const std::size_t threads : {1, 3}) {
    set_thread_count(threads);
    files.push_back(save_static(distill(folder_.path(), texts_, {.dim = 4}).value()));
  }
  set_thread_count(before);
  EXPECT_EQ(files[0], files[1]);
}

}  // namespace
}  // namespace limn
