#include "limn/recommend/product.h"

#include <vector>

#include <gtest/gtest.h>

#include "limn/recommend/test_data.h"

namespace limn {
namespace {

// Where entry (row, col) of a side lies.
std::size_t place(const ProductSide& side, std::size_t row, std::size_t col) {
  return side.transposed ? col * side.stride + row : row * side.stride + col;
}

TEST(Product, OfAnyShapeEitherSideTransposedIsTheSumOfProducts) {
  const ProductShape shapes[] = {{1, 1, 1}, {16, 16, 16}, {17, 3, 5}, {40, 33, 300}, {5, 64, 128}};
  for (const ProductShape& s : shapes) {
    for (const int transposed : {0, 1, 2, 3}) {
      SCOPED_TRACE(testing::Message() << s.m << " " << s.n << " " << s.k << " " << transposed);
      const bool a_turned = (transposed & 1) != 0;
      const bool b_turned = (transposed & 2) != 0;
      const std::size_t a_stride = (a_turned ? s.m : s.k) + 2;
      const std::size_t b_stride = (b_turned ? s.k : s.n) + 1;
      const std::size_t c_stride = s.n + 3;
      const std::vector<float> a_values = random_floats((a_turned ? s.k : s.m) * a_stride, 1);
      const std::vector<float> b_values = random_floats((b_turned ? s.n : s.k) * b_stride, 2);
      const ProductSide a{a_values.data(), a_stride, a_turned};
      const ProductSide b{b_values.data(), b_stride, b_turned};
      std::vector<float> c = random_floats(s.m * c_stride, 3);
      const std::vector<float> before = c;
      add_product(s, -2, a, b, c.data(), c_stride);
      for (std::size_t i = 0; i < s.m; ++i) {
        for (std::size_t j = 0; j < c_stride; ++j) {
          double expected = before[i * c_stride + j];
          for (std::size_t t = 0; t < s.k && j < s.n; ++t)
            expected -= 2.0 * a_values[place(a, i, t)] * b_values[place(b, t, j)];
          ASSERT_NEAR(c[i * c_stride + j], expected, 1e-3) << i << " " << j;
        }
      }
    }
  }
}

}  // namespace
}  // namespace limn
