// bf16 and int8 against fp32, on small random models of each family.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include <gtest/gtest.h>

#include "limn/core/random.h"
#include "limn/nn/test_model.h"
#include "limn/nn/test_support.h"
#include "limn/nn/transformer.h"

namespace limn {
namespace {

using Texts = std::vector<std::vector<TokenId>>;

Texts random_texts(const TransformerConfig& config, std::size_t count, std::uint64_t seed) {
  Random random(seed);
  Texts texts(count);
  for (std::vector<TokenId>& text : texts) {
    for (std::size_t i = 1 + random.below(config.positions); i > 0; --i) {
      text.push_back(static_cast<TokenId>(random.below(config.vocabulary)));
    }
  }
  return texts;
}

std::vector<std::span<const TokenId>> views_of(const Texts& texts) {
  return {texts.begin(), texts.end()};
}

double cosine(std::span<const float> a, std::span<const float> b) {
  double ab = 0;
  double aa = 0;
  double bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += static_cast<double>(a[i]) * b[i];
    aa += static_cast<double>(a[i]) * a[i];
    bb += static_cast<double>(b[i]) * b[i];
  }
  return ab / std::sqrt(aa * bb);
}

class Precisions : public testing::TestWithParam<std::tuple<const char*, DotIsa>> {
 protected:
  void SetUp() override {
    const auto [family, isa] = GetParam();
    folder_ = std::filesystem::path(LIMN_SOURCE_DIR "/limn/nn/testdata") / family;
    const auto config = read_transformer_config(folder_);
    ASSERT_TRUE(config.has_value()) << config.error().message;
    config_ = *config;
    texts_ = random_texts(config_, 12, 1);
  }

  Transformer load(const TransformerOptions& options) const {
    auto tensors = TensorFile::open(folder_);
    EXPECT_TRUE(tensors.has_value());
    auto transformer = Transformer::load(config_, std::move(*tensors), options);
    EXPECT_TRUE(transformer.has_value()) << transformer.error().message;
    return std::move(*transformer);
  }

  Transformer load(Precision precision) const {
    if (precision == Precision::bf16) {
      return load({.precision = precision, .isa = std::get<DotIsa>(GetParam())});
    }
    Calibration seen;
    load(TransformerOptions{}).calibrate(views_of(random_texts(config_, 30, 2)), seen);
    return load(
        {.precision = precision, .calibration = &seen, .isa = std::get<DotIsa>(GetParam())});
  }

  std::filesystem::path folder_;
  TransformerConfig config_;
  Texts texts_;
};

// Each text's sum of rows. A single row may be far off: that of a token whose embedding is all but
// zero is the rounding of the others, made larger by the norms.
Matrix pooled(const Transformer& transformer, const Texts& texts) {
  Matrix sums(texts.size(), transformer.config().dim);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::span<const TokenId> text(texts[i]);
    const Matrix rows = transformer.forward({&text, 1});
    for (std::size_t r = 0; r < rows.rows(); ++r) {
      for (std::size_t j = 0; j < rows.cols(); ++j) sums.row(i)[j] += rows.row(r)[j];
    }
  }
  return sums;
}

TEST_P(Precisions, AreNearFp32) {
  const Matrix exact = pooled(load(TransformerOptions{}), texts_);
  for (const auto& [precision, least] :
       {std::pair{Precision::bf16, 0.9995}, std::pair{Precision::int8, 0.98}}) {
    SCOPED_TRACE(precision_name(precision));
    const Matrix found = pooled(load(precision), texts_);
    for (std::size_t i = 0; i < exact.rows(); ++i) {
      EXPECT_GE(cosine(found.row(i), exact.row(i)), least) << "text " << i;
    }
  }
}

TEST_P(Precisions, GiveATextTheSameBytesInAnyBatch) {
  for (const Precision precision : {Precision::bf16, Precision::int8}) {
    SCOPED_TRACE(precision_name(precision));
    const Transformer transformer = load(precision);
    const auto views = views_of(texts_);
    const Matrix together = transformer.forward(views);
    std::size_t row = 0;
    for (const std::span<const TokenId> text : views) {
      const Matrix alone = transformer.forward({&text, 1});
      for (std::size_t i = 0; i < alone.rows(); ++i, ++row) {
        EXPECT_EQ(std::memcmp(alone.row(i).data(), together.row(row).data(),
                              alone.cols() * sizeof(float)),
                  0);
      }
    }
  }
}

std::string name_of(const testing::TestParamInfo<Precisions::ParamType>& info) {
  return std::string(std::get<0>(info.param)) + "_" +
         std::string(dot_isa_name(std::get<1>(info.param)));
}

INSTANTIATE_TEST_SUITE_P(All, Precisions,
                         testing::Combine(testing::Values("bert", "distilbert", "roberta",
                                                          "xlm_roberta", "bge_m3", "mpnet"),
                                          testing::ValuesIn(supported_dot_isas())),
                         name_of);

// A head of 4 numbers and rows of 8 and 12 fill no register and no tile.
TEST(SmallPrecisions, ReadNothingThatIsNotThere) {
  TestModel damaged(1);
  for (auto& [name, tensor] : damaged.tensors) {
    for (float& value : tensor.values) value = std::numeric_limits<float>::quiet_NaN();
  }
  const TestModel model(2);
  const TemporaryFolder folder;
  const TemporaryFolder damaged_folder;
  model.write(folder);
  damaged.write(damaged_folder);
  const auto config = read_transformer_config(folder.path());
  ASSERT_TRUE(config.has_value());
  const Texts texts = random_texts(*config, 20, 3);
  const auto load = [&](const TemporaryFolder& from, Precision precision, Calibration& seen) {
    const auto open = [&](const TransformerOptions& options) {
      return std::move(*Transformer::load(*config, *TensorFile::open(from.path()), options));
    };
    if (seen.layers.empty()) open({}).calibrate(views_of(texts), seen);
    return open({.precision = precision, .calibration = &seen});
  };
  for (const Precision precision : {Precision::bf16, Precision::int8}) {
    SCOPED_TRACE(precision_name(precision));
    Calibration seen;
    Calibration damaged_seen;
    const Transformer whole = load(folder, precision, seen);
    const Matrix before = whole.forward(views_of(texts));
    static_cast<void>(load(damaged_folder, precision, damaged_seen).forward(views_of(texts)));
    const Matrix after = whole.forward(views_of(texts));
    for (std::size_t i = 0; i < before.rows(); ++i) {
      EXPECT_EQ(std::memcmp(before.row(i).data(), after.row(i).data(), 8 * sizeof(float)), 0);
      for (const float value : before.row(i)) EXPECT_TRUE(std::isfinite(value));
    }
  }
}

}  // namespace
}  // namespace limn
