#include "limn/recommend/square.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "limn/core/parallel.h"
#include "limn/recommend/test_data.h"

namespace limn {
namespace {

// The greatest difference of `square` times `inverse` from the unit matrix, over some columns.
double distance_from_unit(const Square& square, const Square& inverse) {
  double greatest = 0;
  const std::size_t n = square.n();
  for (std::size_t j = 0; j < n; j += 97) {
    for (std::size_t i = 0; i < n; ++i) {
      double sum = 0;
      for (std::size_t k = 0; k < n; ++k) {
        const double value = i >= k ? square.column(k)[i] : square.column(i)[k];
        sum += value * inverse.column(j)[k];
      }
      greatest = std::max(greatest, std::abs(sum - (i == j ? 1 : 0)));
    }
  }
  return greatest;
}

// Orders of one tile and of several, the last one not whole.
TEST(Square, InvertsAnyOrder) {
  for (const std::size_t items :
       {std::size_t{1}, std::size_t{7}, std::size_t{330}, std::size_t{331}, std::size_t{333}}) {
    SCOPED_TRACE(items);
    const SparseMatrix interactions = random_interactions(200, items, 5, items);
    Square square = lower_gram(interactions);
    add_ridge(square, 10, 0.1);
    Square inverse = square;
    ASSERT_TRUE(invert(inverse));
    EXPECT_LT(distance_from_unit(square, inverse), 1e-4);
  }
}

TEST(Square, InvertsToTheSameBytesOnAnyNumberOfThreads) {
  Square square = lower_gram(random_interactions(400, 401, 9, 1));
  add_ridge(square, 10, 0.1);
  const std::size_t threads = thread_count();
  std::vector<Square> inverses;
  for (const std::size_t count : {std::size_t{1}, std::size_t{3}}) {
    set_thread_count(count);
    inverses.push_back(square);
    EXPECT_TRUE(invert(inverses.back()));
  }
  set_thread_count(threads);
  for (std::size_t j = 0; j < square.n(); ++j)
    EXPECT_TRUE(std::ranges::equal(inverses[0].column(j), inverses[1].column(j))) << j;
}

TEST(Square, SaysThatAMatrixIsNotPositiveDefinite) {
  for (const std::size_t n : {std::size_t{2}, std::size_t{3}}) {
    Square square(n);
    for (std::size_t j = 0; j < n; ++j) square.column(j)[j] = j == 0 ? -1.0F : 1.0F;
    EXPECT_FALSE(invert(square));
  }
}

}  // namespace
}  // namespace limn
