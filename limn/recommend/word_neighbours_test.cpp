#include "limn/recommend/word_neighbours.h"

#include <cmath>

#include <gtest/gtest.h>

#include "limn/core/parallel.h"
#include "limn/recommend/test_data.h"

namespace limn {
namespace {

// BM25 of every text against every text, a word of the query counted once, over its own score.
Dense plain_bm25(const Dense& counts, double k1, double b) {
  const std::size_t n = counts.size();
  const std::size_t words = counts.front().size();
  std::vector<double> frequency(words);
  std::vector<double> length(n);
  double total = 0;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t w = 0; w < words; ++w) {
      frequency[w] += counts[i][w] > 0 ? 1 : 0;
      length[i] += counts[i][w];
    }
    total += length[i];
  }
  const auto score = [&](std::size_t query, std::size_t text) {
    double sum = 0;
    for (std::size_t w = 0; w < words; ++w) {
      if (counts[query][w] == 0 || counts[text][w] == 0) continue;
      const double idf =
          std::log1p((static_cast<double>(n) - frequency[w] + 0.5) / (frequency[w] + 0.5));
      const double damping = k1 * (1 - b + b * length[text] / (total / static_cast<double>(n)));
      sum += idf * counts[text][w] * (k1 + 1) / (counts[text][w] + damping);
    }
    return sum;
  };
  Dense result(n, std::vector<double>(n));
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      if (i != j && score(i, j) > 0) result[i][j] = score(i, j) / score(i, i);
    }
  }
  return result;
}

TEST(WordNeighbours, AgreesWithThePlainBm25) {
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    SCOPED_TRACE(seed);
    const SparseMatrix counts = random_interactions(30, 60, 9, seed);
    const Dense expected = plain_bm25(dense(counts), 1.5, 0.6);
    const Dense found =
        dense(fit_word_neighbours(counts, {.k1 = 1.5, .b = 0.6, .query_words = 60}));
    for (std::size_t i = 0; i < 30; ++i) {
      for (std::size_t j = 0; j < 30; ++j) EXPECT_NEAR(found[i][j], expected[i][j], 1e-5);
    }
  }
}

TEST(WordNeighbours, LooksForTheRarestWordsOnly) {
  // Item 0 says a common word and a rare one; with one word a query, the rare one alone counts.
  const SparseMatrix counts = SparseMatrix::from_triplets(
      5, 2, {{0, 0, 1}, {0, 1, 1}, {1, 0, 1}, {2, 0, 1}, {3, 0, 1}, {4, 1, 1}});
  const Dense found = dense(fit_word_neighbours(counts, {.query_words = 1}));
  EXPECT_EQ(found[0][1], 0);
  EXPECT_GT(found[0][4], 0);
}

TEST(WordNeighbours, GivesEqualTextsWeightOne) {
  const SparseMatrix counts =
      SparseMatrix::from_triplets(3, 3, {{0, 0, 2}, {0, 1, 1}, {1, 0, 2}, {1, 1, 1}, {2, 2, 1}});
  const Dense found = dense(fit_word_neighbours(counts, {}));
  EXPECT_NEAR(found[0][1], 1, 1e-6);
  EXPECT_NEAR(found[1][0], 1, 1e-6);
  EXPECT_EQ(found[0][2], 0);
}

TEST(WordNeighbours, IsTheSameOnAnyNumberOfThreadsAndTakesNothing) {
  const SparseMatrix counts = random_interactions(400, 300, 12, 4);
  const std::size_t before = thread_count();
  set_thread_count(1);
  const SparseMatrix one = fit_word_neighbours(counts, {});
  set_thread_count(5);
  const SparseMatrix five = fit_word_neighbours(counts, {});
  set_thread_count(before);
  EXPECT_TRUE(same_bytes(one, five));
  EXPECT_EQ(fit_word_neighbours(SparseMatrix(0, 0), {}).rows(), 0U);
  EXPECT_EQ(fit_word_neighbours(SparseMatrix(3, 0), {}).nonzeros(), 0U);
}

}  // namespace
}  // namespace limn
