// Matrix products on one thread, by the kernels of this processor.
//
// OpenBLAS takes a processor that is newer than itself for one of 2004 and is then five times
// slower; what decides how long a fit takes does not depend on that.
#pragma once

#include <cstddef>

namespace limn {

// One side of a product: a row every `stride` floats; or its transpose, stored so.
struct ProductSide {
  const float* data = nullptr;
  std::size_t stride = 0;
  bool transposed = false;
};

struct ProductShape {
  std::size_t m = 0;
  std::size_t n = 0;
  std::size_t k = 0;
};

// c (m, n), a row every c_stride, += scale * a b for a (m, k) and b (k, n). 2 m n k flops; each sum
// goes from the first k to the last.
void add_product(const ProductShape& shape, float scale, const ProductSide& a, const ProductSide& b,
                 float* c, std::size_t c_stride);

}  // namespace limn
