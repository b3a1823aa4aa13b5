#include "limn/recommend/text_map.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "limn/core/parallel.h"
#include "limn/recommend/factor_model.h"
#include "limn/recommend/ials.h"
#include "limn/recommend/test_data.h"

namespace limn {
namespace {

double loss(MatrixView map, MatrixView factors, MatrixView embeddings,
            std::span<const float> confidence, double l2) {
  double total = 0;
  double trace = 0;
  for (std::size_t i = 0; i < factors.rows(); ++i) {
    for (std::size_t j = 0; j < factors.cols(); ++j) {
      double error = factors.row(i)[j];
      for (std::size_t t = 0; t < map.cols(); ++t) error -= map.row(j)[t] * embeddings.row(i)[t];
      total += confidence[i] * error * error;
    }
    for (const float value : embeddings.row(i)) trace += confidence[i] * value * value;
  }
  double norm = 0;
  for (std::size_t j = 0; j < map.rows(); ++j) {
    for (const float value : map.row(j)) norm += value * value;
  }
  return total + l2 * trace / static_cast<double>(map.cols()) * norm;
}

TEST(TextMap, IsWhereTheWeightedErrorIsLeast) {
  const Matrix factors = random_embeddings(80, 5, 1);
  const Matrix embeddings = random_embeddings(80, 9, 2);
  std::vector<float> confidence(80);
  for (std::size_t i = 0; i < 80; ++i) confidence[i] = static_cast<float>(i % 4);
  Matrix map = fit_text_map(factors, embeddings, confidence, {.l2 = 0.2}).value();
  ASSERT_EQ(map.rows(), 5U);
  ASSERT_EQ(map.cols(), 9U);
  for (std::size_t j = 0; j < 5; ++j) {
    for (std::size_t t = 0; t < 9; ++t) {
      const float value = map.row(j)[t];
      map.row(j)[t] = value + 1e-2F;
      const double above = loss(map, factors, embeddings, confidence, 0.2);
      map.row(j)[t] = value - 1e-2F;
      const double below = loss(map, factors, embeddings, confidence, 0.2);
      map.row(j)[t] = value;
      EXPECT_NEAR((above - below) / 2e-2, 0, 1e-3);
    }
  }
}

TEST(TextMap, DoesNotDependOnTheScaleOfTheEmbeddings) {
  const Matrix factors = random_embeddings(60, 4, 3);
  const Matrix embeddings = random_embeddings(60, 7, 4);
  Matrix larger = embeddings;
  for (std::size_t i = 0; i < 60; ++i) scale(larger.row(i), 8);
  const std::vector<float> confidence(60, 1);
  const Matrix small_map = fit_text_map(factors, embeddings, confidence, {}).value();
  const Matrix large_map = fit_text_map(factors, larger, confidence, {}).value();
  const Matrix a = map_texts(small_map, embeddings);
  const Matrix b = map_texts(large_map, larger);
  for (std::size_t i = 0; i < 60; ++i) {
    for (std::size_t j = 0; j < 4; ++j) EXPECT_NEAR(a.row(i)[j], b.row(i)[j], 1e-5);
  }
}

TEST(TextMap, IsTheSameOnAnyNumberOfThreads) {
  const Matrix factors = random_embeddings(5'000, 20, 5);
  const Matrix embeddings = random_embeddings(5'000, 40, 6);
  const std::vector<float> confidence(5'000, 1);
  const std::size_t threads = thread_count();
  set_thread_count(1);
  const Matrix one = fit_text_map(factors, embeddings, confidence, {}).value();
  set_thread_count(4);
  const Matrix four = fit_text_map(factors, embeddings, confidence, {}).value();
  set_thread_count(threads);
  for (std::size_t j = 0; j < 20; ++j) {
    for (std::size_t t = 0; t < 40; ++t) ASSERT_EQ(one.row(j)[t], four.row(j)[t]);
  }
}

TEST(TextMap, RefusesWhatHasNoSolution) {
  const Matrix factors = random_embeddings(5, 3, 1);
  const Matrix embeddings = random_embeddings(5, 4, 2);
  const std::vector<float> nobody(5, 0);
  EXPECT_EQ(fit_text_map(factors, embeddings, nobody, {}).error().code,
            ErrorCode::invalid_argument);
  Matrix broken = embeddings;
  broken.row(2)[1] = NAN;
  EXPECT_FALSE(fit_text_map(factors, broken, std::vector<float>(5, 1), {}).has_value());
}

TEST(BlendFactors, LetsTheWordsSpeakUntilUsersDo) {
  const Matrix factors(4, 1, {1, 1, 1, 1});
  const Matrix mapped(4, 1, {3, 3, 3, 0});
  const std::vector<float> counts{0, 2, 6, 0};
  const Matrix blended = blend_factors(factors, mapped, counts, 2);
  EXPECT_FLOAT_EQ(blended.row(0)[0], 3);
  EXPECT_FLOAT_EQ(blended.row(1)[0], 2);
  EXPECT_FLOAT_EQ(blended.row(2)[0], 1.5);
  EXPECT_FLOAT_EQ(blended.row(3)[0], 1);  // no text
  const Matrix users_only = blend_factors(factors, mapped, counts, 0);
  EXPECT_FLOAT_EQ(users_only.row(0)[0], 3);
  EXPECT_FLOAT_EQ(users_only.row(1)[0], 1);
}

// Two kinds of item, told by the text; the last ten items were used by nobody, and the newcomer has
// only words.
TEST(TextMap, GivesFactorsToNewItemsAndNewUsers) {
  Random random(7);
  constexpr std::uint32_t items = 60;
  std::vector<Triplet> triplets;
  for (std::uint32_t u = 0; u < 80; ++u) {
    for (std::uint32_t i = 0; i < items - 10; ++i) {
      if (i % 2 == u % 2 && random.below(3) == 0) triplets.push_back({u, i, 1});
    }
  }
  const SparseMatrix used = SparseMatrix::from_triplets(80, items, std::move(triplets));
  const IalsOptions options{.dim = 16, .objective = {.unobserved_weight = 0.1, .l2 = 0.02}};
  const IalsFactors fitted = fit_ials(used, options);
  Matrix texts = random_embeddings(items, 12, 8);
  std::vector<float> counts(items);
  for (std::uint32_t i = 0; i < items; ++i) {
    texts.row(i)[i % 2] += 2;  // what the text is about, beside noise
    counts[i] = i < items - 10 ? 13 : 0;
  }
  normalize_rows(texts);
  const Matrix map = fit_text_map(fitted.items, texts, counts, {.l2 = 1}).value();
  const FactorBytes all(blend_factors(fitted.items, map_texts(map, texts), counts, 0));
  const Matrix gram = factor_gram(all);
  const FactorModel model("ials", all, gram, map, {.objective = options.objective});

  std::vector<float> scores(items);
  std::vector<float> words(12);
  words[1] = 1;  // the odd kind
  model.score({.text = words}, scores);
  double odd = 0;
  double even = 0;
  for (std::uint32_t i = items - 10; i < items; ++i) (i % 2 == 1 ? odd : even) += scores[i];
  EXPECT_GT(odd, even + 0.5);
  const std::vector<HistoryEntry> history{{.item = 1, .weight = 1}, {.item = 7, .weight = 1}};
  model.score({.history = history}, scores);
  odd = even = 0;
  for (std::uint32_t i = items - 10; i < items; ++i) (i % 2 == 1 ? odd : even) += scores[i];
  EXPECT_GT(odd, even + 0.5);
}

}  // namespace
}  // namespace limn
