#include "limn/encode/bert.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include <gtest/gtest.h>

#include "limn/core/file.h"
#include "limn/core/json.h"
#include "limn/core/parallel.h"
#include "limn/core/vector_ops.h"
#include "limn/encode/chunks.h"
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

const std::filesystem::path small_folder = LIMN_SOURCE_DIR "/limn/nn/testdata/bert";

std::vector<std::string> random_english(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<std::string> made(count);
  for (std::string& text : made) {
    for (std::uint64_t words = 1 + random.below(8); words > 0; --words) {
      for (std::uint64_t letters = 1 + random.below(6); letters > 0; --letters) {
        text += static_cast<char>('a' + random.below(26));
      }
      text += ' ';
    }
  }
  return made;
}

std::unique_ptr<Encoder> load_small(const BertOptions& options) {
  auto loaded = load_bert(small_folder, options);
  EXPECT_TRUE(loaded.has_value()) << loaded.error().message;
  return std::move(*loaded);
}

// The mean and the least cosine of two encodings' rows.
std::pair<double, double> cosines(const Matrix& a, const Matrix& b) {
  double sum = 0;
  double least = 1;
  for (std::size_t i = 0; i < a.rows(); ++i) {
    const double cosine = double{dot(a.row(i), b.row(i))};
    sum += cosine;
    least = std::min(least, cosine);
  }
  return {sum / static_cast<double>(a.rows()), least};
}

TEST(BertPrecisions, HaveFingerprintsOfTheirOwn) {
  const std::vector<std::string> some = random_english(40, 1);
  const auto fp32 = load_small({.precision = "fp32"});
  const auto bf16 = load_small({.precision = "bf16"});
  const auto int8 = load_small({.precision = "int8", .texts = some});
  EXPECT_EQ(bf16->precision(), "bf16");
  EXPECT_EQ(int8->precision(), "int8");
  EXPECT_NE(fp32->fingerprint(), bf16->fingerprint());
  EXPECT_NE(fp32->fingerprint(), int8->fingerprint());
  EXPECT_NE(bf16->fingerprint(), int8->fingerprint());
  EXPECT_TRUE(bf16->calibration().empty());
  EXPECT_FALSE(int8->calibration().empty());
}

TEST(BertPrecisions, KeepWhatTheBuildBeforeHad) {
  const std::vector<std::string> some = random_english(40, 1);
  const std::vector<std::string> others = random_english(60, 2);
  const auto first = load_small({.precision = "int8", .texts = some});
  const std::string calibration = first->calibration();
  const BertBefore before{first->fingerprint(), std::as_bytes(std::span(calibration))};
  EXPECT_NE(load_small({.precision = "int8", .texts = others})->fingerprint(),
            first->fingerprint());
  for (const std::string precision : {"int8", "auto"}) {
    const auto next = load_small({.precision = precision, .texts = others, .before = &before});
    EXPECT_EQ(next->precision(), "int8");
    EXPECT_EQ(next->fingerprint(), first->fingerprint());
    const Matrix expected = first->encode(others)->embeddings;
    const Matrix found = next->encode(others)->embeddings;
    for (std::size_t i = 0; i < found.rows(); ++i) {
      EXPECT_EQ(
          std::memcmp(found.row(i).data(), expected.row(i).data(), found.cols() * sizeof(float)),
          0);
    }
  }
  const auto in_chunks = read_in_chunks(load_small({.precision = "int8", .texts = some}));
  const BertBefore chunked{in_chunks->fingerprint(), before.calibration};
  EXPECT_EQ(load_small({.texts = others, .before = &chunked})->fingerprint(), first->fingerprint());
  EXPECT_EQ(load_small({.precision = "fp32", .before = &before})->precision(), "fp32");
}

TEST(BertPrecisions, AreNotTakenFromAnotherModelOrDamagedBytes) {
  const std::vector<std::string> some = random_english(40, 1);
  const auto first = load_small({.precision = "int8", .texts = some});
  std::string calibration = first->calibration();
  calibration[20] = static_cast<char>(calibration[20] ^ 1);  // of the model's fingerprint
  const BertBefore other{first->fingerprint(), std::as_bytes(std::span(calibration))};
  EXPECT_EQ(load_small({.precision = "int8", .texts = some, .before = &other})->fingerprint(),
            first->fingerprint());
  const BertBefore cut{first->fingerprint(),
                       std::as_bytes(std::span(calibration)).first(calibration.size() / 2)};
  EXPECT_EQ(load_small({.precision = "auto", .texts = some, .before = &cut})->precision(), "fp32");
}

TEST(BertPrecisions, GiveTheSameBytesOnAnyNumberOfThreads) {
  const std::vector<std::string> many = random_english(150, 3);
  const std::size_t threads_before = thread_count();
  for (const std::string precision : {"bf16", "int8"}) {
    SCOPED_TRACE(precision);
    std::vector<Matrix> found;
    for (const std::size_t threads : {1, 3}) {
      set_thread_count(threads);
      found.push_back(
          load_small({.precision = precision, .texts = many})->encode(many)->embeddings);
    }
    EXPECT_EQ(std::memcmp(found[0].data(), found[1].data(),
                          found[0].rows() * found[0].cols() * sizeof(float)),
              0);
  }
  set_thread_count(threads_before);
}

TEST(BertPrecisions, AutoIsFp32ForFewTextsAndNearItForMany) {
  const std::vector<std::string> few = random_english(20, 4);
  EXPECT_EQ(load_small({.texts = few})->precision(), "fp32");
  const std::vector<std::string> many = random_english(6000, 5);
  const auto chosen = load_small({.texts = many});
  const Matrix exact = load_small({.precision = "fp32"})->encode(many)->embeddings;
  if (best_dot_isa() >= DotIsa::avx_vnni) {
    EXPECT_EQ(chosen->precision(), "int8");
  }
  EXPECT_GE(cosines(chosen->encode(many)->embeddings, exact).first, 0.985);
}

TEST(BertPrecisions, KeepTheCosinesOfAllMiniLM) {
  const std::filesystem::path folder = LIMN_SOURCE_DIR "/models/all-MiniLM-L6-v2";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no model folder";
  const auto bytes = read_file(LIMN_SOURCE_DIR "/data/shop/reviews.jsonl");
  ASSERT_TRUE(bytes.has_value()) << bytes.error().message;
  std::vector<std::string> lines;
  for (std::size_t begin = 0, end = 0;
       lines.size() < 100 && (end = bytes->find('\n', begin)) != std::string::npos;
       begin = end + 1) {
    const auto row = parse_json(std::string_view(*bytes).substr(begin, end - begin), "reviews");
    ASSERT_TRUE(row.has_value());
    lines.emplace_back(row->at("text").as_string());
  }
  const Matrix exact = (*load_bert(folder, {.precision = "fp32"}))->encode(lines)->embeddings;
  for (const auto& [precision, mean, least] :
       {std::tuple{"bf16", 0.9999, 0.999}, std::tuple{"int8", 0.99, 0.97}}) {
    SCOPED_TRACE(precision);
    const auto encoder = load_bert(folder, {.precision = precision, .texts = lines});
    ASSERT_TRUE(encoder.has_value()) << encoder.error().message;
    const auto [found_mean, found_least] = cosines((*encoder)->encode(lines)->embeddings, exact);
    EXPECT_GE(found_mean, mean);
    EXPECT_GE(found_least, least);
    RecordProperty(std::string(precision) + "_mean_cosine", std::to_string(found_mean));
  }
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
