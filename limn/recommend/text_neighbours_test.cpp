#include "limn/recommend/text_neighbours.h"

#include <gtest/gtest.h>

#include "limn/core/parallel.h"
#include "limn/core/top_k.h"
#include "limn/recommend/test_data.h"

namespace limn {
namespace {

TEST(TextNeighbours, AreTheNearestRowsOfAPlainScan) {
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    SCOPED_TRACE(seed);
    const std::size_t n = 700;  // more than one block either way
    const Matrix embeddings = random_embeddings(n, 16, seed);
    const ItemWeights weights = fit_text_neighbours(embeddings, {.k = 8});
    for (std::size_t i = 0; i < n; i += 7) {
      TopK best(8);
      for (ItemIndex j = 0; j < n; ++j) {
        if (j != i) best.offer(j, dot(embeddings.row(i), embeddings.row(j)));
      }
      const SparseRow row = weights.row(i);
      ASSERT_EQ(row.size(), 8U);
      for (const Scored& expected : best.take()) {
        const auto found = std::find(row.cols.begin(), row.cols.end(), expected.index);
        ASSERT_NE(found, row.cols.end());
        EXPECT_NEAR(row.values[static_cast<std::size_t>(found - row.cols.begin())], expected.score,
                    1e-5);
      }
    }
  }
}

TEST(TextNeighbours, LeaveItemsWithoutTextAlone) {
  Matrix embeddings = random_embeddings(20, 4, 1);
  std::fill(embeddings.row(3).begin(), embeddings.row(3).end(), 0.0F);
  const ItemWeights weights = fit_text_neighbours(embeddings, {.k = 20});
  EXPECT_EQ(weights.row(3).size(), 0U);
  for (const std::vector<double>& row : dense(weights)) EXPECT_EQ(row[3], 0);
}

TEST(TextNeighbours, DropTheUnlike) {
  const ItemWeights weights =
      fit_text_neighbours(random_embeddings(200, 4, 2), {.k = 200, .min_similarity = 0.8F});
  EXPECT_GT(weights.nonzeros(), 0U);
  for (const float value : weights.values()) EXPECT_GT(value, 0.8F);
}

TEST(TextNeighbours, AreTheSameOnAnyNumberOfThreads) {
  const Matrix embeddings = random_embeddings(900, 24, 3);
  const std::size_t before = thread_count();
  set_thread_count(1);
  const ItemWeights one = fit_text_neighbours(embeddings, {});
  set_thread_count(6);
  const ItemWeights six = fit_text_neighbours(embeddings, {});
  set_thread_count(before);
  EXPECT_TRUE(same_bytes(one, six));
}

TEST(TextNeighbours, TakeNoItemsAndOne) {
  EXPECT_EQ(fit_text_neighbours(Matrix(), {}).rows(), 0U);
  EXPECT_EQ(fit_text_neighbours(random_embeddings(1, 4, 1), {}).nonzeros(), 0U);
}

}  // namespace
}  // namespace limn
