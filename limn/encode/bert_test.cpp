#include "limn/encode/bert.h"

#include <cmath>

#include <gtest/gtest.h>

#include "limn/core/json.h"
#include "limn/core/parallel.h"
#include "limn/core/vector_ops.h"
#include "limn/nn/test_model.h"

namespace limn {
namespace {

Result<std::unique_ptr<Encoder>> load(const TestModel& model, const BertOptions& options = {}) {
  const TemporaryFolder folder;
  model.write(folder);
  return load_bert(folder.path(), options);
}

const std::vector<std::string> texts{"a b c", "", "b", "a a a a a a a a a a a a", "zzz", "[SEP] a"};

TEST(Bert, GivesNormalizedRowsInOrder) {
  const auto encoder = load(TestModel(1));
  ASSERT_TRUE(encoder.has_value()) << encoder.error().message;
  EXPECT_EQ((*encoder)->dim(), 8U);
  EXPECT_EQ((*encoder)->precision(), "fp32");
  const auto all = (*encoder)->encode(texts);
  ASSERT_TRUE(all.has_value());
  EXPECT_EQ(all->tokens, 5U + 2 + 3 + 10 + 3 + 4);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto one = (*encoder)->encode({&texts[i], 1});
    ASSERT_TRUE(one.has_value());
    for (std::size_t j = 0; j < 8; ++j) {
      EXPECT_EQ(one->embeddings.row(0)[j], all->embeddings.row(i)[j]);
    }
    EXPECT_NEAR(l2_norm(all->embeddings.row(i)), texts[i].empty() ? 0 : 1, 1e-6);
  }
}

TEST(Bert, EmbedsATextWithoutTokensWhenAsked) {
  const auto encoder = load(TestModel(1), {.embed_empty = true});
  ASSERT_TRUE(encoder.has_value());
  EXPECT_NEAR(l2_norm((*encoder)->encode(texts)->embeddings.row(1)), 1, 1e-6);
}

TEST(Bert, LeavesRoomForThePromptInEveryChunk) {
  const auto encoder = load(TestModel(1), {.prompt = "a b "});
  ASSERT_TRUE(encoder.has_value()) << encoder.error().message;
  const std::string text = "c d e f. g c d e. f a. b c d e f g a b c";
  const std::vector<Chunk> chunks = (*encoder)->chunks(text);
  EXPECT_GT(chunks.size(), 2U);
  std::vector<std::string> pieces;
  for (const Chunk& chunk : chunks) {
    EXPECT_GE(chunk.tokens, 1U);
    EXPECT_LE(chunk.tokens, 10U - 2 - 2);  // positions, the first and the last token, the prompt
    pieces.emplace_back(piece(text, chunk.span));
  }
  EXPECT_EQ((*encoder)->encode(pieces)->long_texts, 0U);
  EXPECT_EQ((*encoder)->encode({&text, 1})->long_texts, 1U);
}

TEST(Bert, GivesTheSameBytesOnAnyNumberOfThreads) {
  const auto encoder = load(TestModel(2));
  ASSERT_TRUE(encoder.has_value());
  std::vector<std::string> many;
  Random random(2);
  for (int i = 0; i < 500; ++i) {
    std::string text;
    for (std::uint64_t j = random.below(12); j > 0; --j)
      text += "abcdefgx"[random.below(8)], text += ' ';
    many.push_back(text);
  }
  const std::size_t before = thread_count();
  std::vector<Matrix> found;
  for (const std::size_t threads : {1, 2, 5}) {
    set_thread_count(threads);
    found.push_back((*encoder)->encode(many)->embeddings);
  }
  set_thread_count(before);
  const std::size_t bytes = many.size() * 8 * sizeof(float);
  EXPECT_EQ(std::memcmp(found[0].data(), found[1].data(), bytes), 0);
  EXPECT_EQ(std::memcmp(found[0].data(), found[2].data(), bytes), 0);
}

TEST(Bert, PoolsTheFirstTokenWhenTheFolderSaysSo) {
  TestModel model(1);
  const auto mean = load(model);
  model.pooling = R"({"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false})";
  const auto first = load(model);
  ASSERT_TRUE(mean && first);
  EXPECT_NE((*mean)->encode(texts)->embeddings.row(0)[0],
            (*first)->encode(texts)->embeddings.row(0)[0]);
  EXPECT_NE((*mean)->fingerprint(), (*first)->fingerprint());

  model.pooling = R"({"pooling_mode_lasttoken": true})";
  const auto most = load(model);
  ASSERT_FALSE(most.has_value());
  EXPECT_NE(most.error().message.find("pooling_mode_lasttoken"), std::string::npos);
}

TEST(Bert, HasAFingerprintOfEveryWeight) {
  TestModel model(1);
  const auto before = load(model);
  const auto again = load(model);
  model.tensors.at("encoder.layer.1.output.dense.bias").values[3] += 1e-3F;
  const auto after = load(model);
  ASSERT_TRUE(before && again && after);
  EXPECT_EQ((*before)->fingerprint(), (*again)->fingerprint());
  EXPECT_NE((*before)->fingerprint(), (*after)->fingerprint());
}

TEST(Bert, RefusesWhatItCannotRun) {
  const auto error_of = [](const TestModel& model, const BertOptions& options = {}) {
    const auto loaded = load(model, options);
    return loaded ? std::string() : loaded.error().message;
  };
  EXPECT_NE(error_of(TestModel(1), {.precision = "int4"}).find("int4"), std::string::npos);
  EXPECT_NE(error_of(TestModel(1), {.max_length = 11}).find("2 to 10"), std::string::npos);
  TestModel model(1);
  model.vocabulary.push_back("more");
  EXPECT_NE(error_of(model).find("21 tokens"), std::string::npos);
  EXPECT_FALSE(load_bert("/nonexistent", {}).has_value());
}

TEST(Bert, SurvivesDamagedWeights) {
  TestModel model(1);
  for (auto& [name, tensor] : model.tensors) {
    tensor.values[0] = std::numeric_limits<float>::quiet_NaN();
    tensor.values[1] = std::numeric_limits<float>::infinity();
  }
  const auto encoder = load(model);
  ASSERT_TRUE(encoder.has_value());
  const auto all = (*encoder)->encode(texts);
  ASSERT_TRUE(all.has_value());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    for (const float value : all->embeddings.row(i)) EXPECT_TRUE(std::isfinite(value));
  }
}

// Rows of little-endian floats or ints, unpacked from an .npz by Python's own zip module.
std::string npy_values(const std::filesystem::path& npz, const std::string& member) {
  return output_of("python3 -c \"import sys, zipfile; b = zipfile.ZipFile('" + npz.string() +
                   "').read('" + member +
                   "'); sys.stdout.buffer.write(b[10 + b[8] + 256 * b[9]:])\" 2>/dev/null");
}

TEST(Bert, EqualsSentenceTransformersOnAllMiniLM) {
  const std::filesystem::path folder = LIMN_SOURCE_DIR "/models/all-MiniLM-L6-v2";
  const std::filesystem::path expected = LIMN_SOURCE_DIR "/../shared/expected";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no model folder";
  if (!std::filesystem::exists(expected)) GTEST_SKIP() << "no expected embeddings";
  const std::string lines = npy_values(expected / "embeddings_expected.npz", "line.npy");
  const std::string values = npy_values(expected / "embeddings_expected.npz", "embedding.npy");
  if (lines.empty() || values.empty()) GTEST_SKIP() << "no python3 to unpack the embeddings";

  const auto encoder = load_bert(folder, {.embed_empty = true});
  ASSERT_TRUE(encoder.has_value()) << encoder.error().message;
  const std::string rows =
      output_of("gzip -dc '" + (expected / "wordpiece_expected.jsonl.gz").string() + "'");
  std::vector<std::string> all;
  for (std::size_t end = 0, begin = 0; (end = rows.find('\n', begin)) != std::string::npos;
       begin = end + 1) {
    const auto row = parse_json(std::string_view(rows).substr(begin, end - begin), "expected");
    ASSERT_TRUE(row.has_value());
    all.emplace_back(row->at("t").as_string());
  }

  std::vector<std::int32_t> numbers(lines.size() / 4);
  std::memcpy(numbers.data(), lines.data(), numbers.size() * 4);
  std::vector<float> embeddings(values.size() / 4);
  std::memcpy(embeddings.data(), values.data(), embeddings.size() * 4);
  ASSERT_EQ(embeddings.size(), numbers.size() * 384);
  std::vector<std::string> chosen;
  for (const std::int32_t number : numbers)
    chosen.push_back(all.at(static_cast<std::size_t>(number)));

  const auto found = (*encoder)->encode(chosen);
  ASSERT_TRUE(found.has_value());
  float worst = 0;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const std::span<const float> row = found->embeddings.row(i);
    const std::span<const float> other = std::span<const float>(embeddings).subspan(i * 384, 384);
    for (std::size_t j = 0; j < 384; ++j) worst = std::max(worst, std::abs(row[j] - other[j]));
    EXPECT_GT(dot(row, other) / l2_norm(other), 0.99999F) << chosen[i];
  }
  EXPECT_LT(worst, 1e-4F);
  RecordProperty("largest_difference", std::to_string(worst));
}

}  // namespace
}  // namespace limn
