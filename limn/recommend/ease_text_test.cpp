#include "limn/recommend/ease_text.h"

#include <cmath>

#include <gtest/gtest.h>

#include "limn/core/parallel.h"
#include "limn/recommend/test_data.h"

namespace limn {
namespace {

Dense product(const Dense& a, const Dense& b) {
  Dense c(a.size(), std::vector<double>(b.front().size()));
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t k = 0; k < b.size(); ++k) {
      for (std::size_t j = 0; j < c[i].size(); ++j) c[i][j] += a[i][k] * b[k][j];
    }
  }
  return c;
}

// EASE of the texts, with the whole matrix written out.
Dense plain_text_ease(const Matrix& embeddings, double ridge) {
  const std::size_t n = embeddings.rows();
  Dense gram(n, std::vector<double>(n));
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) gram[i][j] = dot(embeddings.row(i), embeddings.row(j));
    gram[i][i] += ridge;
  }
  const Dense p = inverse(gram);
  Dense c(n, std::vector<double>(n));
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) c[i][j] = i == j ? 0 : -p[i][j] / p[j][j];
  }
  return c;
}

TEST(EaseText, ModelsTheTextsAsTheClosedFormDoes) {
  const Matrix embeddings = random_embeddings(40, 12, 3);
  const Dense expected = plain_text_ease(embeddings, 0.7);
  const auto found = fit_text_ease(embeddings, 0.7);
  ASSERT_TRUE(found);
  for (std::size_t i = 0; i < 40; ++i) {
    for (std::size_t j = 0; j < 40; ++j) {
      const double weight = dot(found->left.row(i), found->right.row(j));
      EXPECT_NEAR(i == j ? weight - found->own[j] : weight, expected[i][j], 1e-4);
    }
  }
}

TEST(EaseText, AgreesWithTheClosedForm) {
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    SCOPED_TRACE(seed);
    constexpr std::size_t n = 60;
    const double w = 20;
    const SparseMatrix matrix = random_interactions(150, n, 8, seed);
    Matrix embeddings = random_embeddings(n, 16, seed + 50);
    std::ranges::fill(embeddings.row(7), 0.0F);  // says nothing
    const Dense c = plain_text_ease(embeddings, 0.5);
    const Dense x = dense(matrix);
    Dense gram(n, std::vector<double>(n));
    for (const auto& row : x) {
      for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) gram[i][j] += row[i] * row[j];
      }
    }
    for (std::size_t i = 0; i < n; ++i) gram[i][i] += 5 + 0.25 / 0.75 * gram[i][i] + w;
    const Dense p = inverse(gram);
    const Dense pc = product(p, c);

    const auto found = fit_ease_text(
        matrix, embeddings,
        {.behaviour = {.l2 = 5, .dropout = 0.25, .k = n}, .text_ridge = 0.5, .text_weight = w});
    ASSERT_TRUE(found);
    const Dense b = dense(*found);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        const double expected = i == j ? 0 : w * pc[i][j] - p[i][j] * (1 + w * pc[j][j]) / p[j][j];
        EXPECT_NEAR(b[i][j], expected, 2e-5);
      }
    }
  }
}

TEST(EaseText, GivesAnItemThatNobodyUsedTheWeightsOfItsText) {
  Matrix embeddings = random_embeddings(12, 6, 1);
  std::ranges::copy(embeddings.row(3), embeddings.row(11).begin());  // reads like item 3
  std::vector<Triplet> triplets;
  for (std::uint32_t user = 0; user < 40; ++user) {
    for (std::uint32_t item = 0; item < 11; ++item) {
      if ((user + item) % 3 == 0) triplets.push_back({user, item, 1});
    }
  }
  const SparseMatrix matrix = SparseMatrix::from_triplets(40, 12, std::move(triplets));
  const auto weights = fit_ease_text(matrix, embeddings, {.text_weight = 50});
  ASSERT_TRUE(weights);
  const Dense b = dense(*weights);
  for (std::size_t i = 0; i < 11; ++i) {
    if (i == 3) continue;
    EXPECT_GT(b[3][11], b[i][11]) << i;
  }
  EXPECT_GT(b[3][11], 0);
  const Dense without = dense(*fit_ease(matrix, {}));
  EXPECT_EQ(without[3][11], 0);
}

TEST(EaseText, IsTheSameOnAnyNumberOfThreads) {
  const SparseMatrix matrix = random_interactions(300, 200, 12, 4);
  const Matrix embeddings = random_embeddings(200, 24, 5);
  const std::size_t before = thread_count();
  set_thread_count(1);
  const auto one = fit_ease_text(matrix, embeddings, {});
  set_thread_count(5);
  const auto five = fit_ease_text(matrix, embeddings, {});
  set_thread_count(before);
  EXPECT_TRUE(same_bytes(*one, *five));
}

TEST(EaseText, RefusesWhatIsNoRidge) {
  const SparseMatrix matrix = random_interactions(5, 5, 2, 1);
  const Matrix embeddings = random_embeddings(5, 3, 1);
  EXPECT_FALSE(fit_ease_text(matrix, embeddings, {.text_ridge = 0}));
  EXPECT_FALSE(fit_ease_text(matrix, embeddings, {.text_weight = std::nan("")}));
  EXPECT_FALSE(fit_ease_text(matrix, embeddings, {.behaviour = {.l2 = -1}}));
  EXPECT_FALSE(fit_ease_text(matrix, embeddings, {.behaviour = {.max_items = 4}}));
  EXPECT_EQ(fit_ease_text(SparseMatrix(0, 0), Matrix(), {})->rows(), 0U);
}

}  // namespace
}  // namespace limn
