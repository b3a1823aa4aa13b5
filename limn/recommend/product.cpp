// Both sides are cut into strips as wide as a tile of the kernels, one sum's terms after the other,
// so that a tile of c stays in registers while its two strips are read from the first cache.
#include "limn/recommend/product.h"

#include <algorithm>
#include <array>

#include "limn/recommend/factor_kernels.h"

namespace limn {
namespace {

constexpr std::size_t depth = 128;  // terms of a sum that a strip holds

std::size_t strips(std::size_t width) {
  return (width + factor_tile - 1) / factor_tile;
}

// `count` terms from `first` of the strip that begins at `begin` of `width`, to (count, tile).
void pack_strip(const ProductSide& side, std::size_t begin, std::size_t width, std::size_t first,
                std::size_t count, float* to) {
  const std::size_t whole = std::min(factor_tile, width - begin);
  if (whole < factor_tile) std::fill_n(to, count * factor_tile, 0.0F);
  if (!side.transposed) {
    for (std::size_t t = 0; t < count; ++t) {
      const float* const from = side.data + (first + t) * side.stride + begin;
      std::copy_n(from, whole, to + t * factor_tile);
    }
    return;
  }
  for (std::size_t j = 0; j < whole; ++j) {
    const float* const from = side.data + (begin + j) * side.stride + first;
    for (std::size_t t = 0; t < count; ++t) to[t * factor_tile + j] = from[t];
  }
}

// Every strip of a side, one after the other.
void pack(const ProductSide& side, std::size_t width, std::size_t first, std::size_t count,
          float* to) {
  for (std::size_t s = 0; s < strips(width); ++s)
    pack_strip(side, s * factor_tile, width, first, count, to + s * count * factor_tile);
}

// Adds the product of two strips to a tile of c that may reach beyond its edge.
void add_tile(const float* left, const float* right, std::size_t count, const float* weights,
              std::size_t rows, std::size_t cols, float* c, std::size_t c_stride) {
  const auto kernel = factor_kernels().add_outer_tile;
  if (rows == factor_tile && cols == factor_tile) {
    kernel(left, right, factor_tile, count, weights, c, c_stride);
    return;
  }
  alignas(64) std::array<float, factor_tile * factor_tile> tile{};
  for (std::size_t r = 0; r < rows; ++r)
    std::copy_n(c + r * c_stride, cols, tile.data() + r * factor_tile);
  kernel(left, right, factor_tile, count, weights, tile.data(), factor_tile);
  for (std::size_t r = 0; r < rows; ++r)
    std::copy_n(tile.data() + r * factor_tile, cols, c + r * c_stride);
}

// The strips of both sides; kept, as a product of small matrices would spend its time on getting
// them.
float* scratch(std::size_t size) {
  thread_local AlignedFloats kept;
  if (kept.size() < size) kept = AlignedFloats(size);
  return kept.data();
}

}  // namespace

void add_product(const ProductShape& shape, float scale, const ProductSide& a, const ProductSide& b,
                 float* c, std::size_t c_stride) {
  // The kernel sums outer products: it wants a term of all of a's rows in a row.
  const ProductSide left{a.data, a.stride, !a.transposed};
  std::array<float, depth> weights;
  weights.fill(scale);
  float* const lefts = scratch((strips(shape.m) + strips(shape.n)) * factor_tile * depth);
  float* const rights = lefts + strips(shape.m) * factor_tile * depth;
  for (std::size_t first = 0; first < shape.k; first += depth) {
    const std::size_t count = std::min(depth, shape.k - first);
    pack(left, shape.m, first, count, lefts);
    pack(b, shape.n, first, count, rights);
    for (std::size_t i = 0; i < shape.m; i += factor_tile) {
      for (std::size_t j = 0; j < shape.n; j += factor_tile) {
        add_tile(lefts + i * count, rights + j * count, count, weights.data(),
                 std::min(factor_tile, shape.m - i), std::min(factor_tile, shape.n - j),
                 c + i * c_stride + j, c_stride);
      }
    }
  }
}

}  // namespace limn
