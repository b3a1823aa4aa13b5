#include "limn/recommend/square.h"

#include <cmath>

#include <gtest/gtest.h>

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

// Orders beyond the size of LAPACK's blocks (64 and more), where it solves by strsm; an odd one
// ended the program on some processors.
TEST(Square, InvertsEvenAndOddOrders) {
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

TEST(Square, SaysThatAMatrixIsNotPositiveDefinite) {
  for (const std::size_t n : {std::size_t{2}, std::size_t{3}}) {
    Square square(n);
    for (std::size_t j = 0; j < n; ++j) square.column(j)[j] = j == 0 ? -1.0F : 1.0F;
    EXPECT_FALSE(invert(square));
  }
}

}  // namespace
}  // namespace limn
