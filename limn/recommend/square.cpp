// float is enough as the ridge keeps the matrix well conditioned.
#include "limn/recommend/square.h"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include <lapacke.h>

#include "limn/core/parallel.h"
#include "limn/recommend/blas.h"
#include "limn/recommend/product.h"

namespace limn {
namespace {

// Side of the square tiles that a transposition goes by: two of them fit the first cache.
constexpr std::size_t block = 64;

// Copies the lower triangle to the upper one, by tiles: columns of 12,000 floats alias in the
// cache.
void mirror(Square& square) {
  const std::size_t n = square.n();
  parallel_for(n, block, [&](std::size_t begin, std::size_t end) {
    for (std::size_t rows = begin; rows < n; rows += block) {
      for (std::size_t j = begin; j < end; ++j) {
        for (std::size_t i = std::max(rows, j + 1); i < std::min(n, rows + block); ++i) {
          square.column(i)[j] = square.column(j)[i];
        }
      }
    }
  });
}

// The inverse of a positive definite matrix A = L L', by square tiles: three steps whose tasks are
// all products A B' of column-major tiles, shared by the threads. What is added to what, and in
// which order, depends on the tiles alone.
//
// L takes the place of A's lower triangle, U = L'^-1 that of its upper one, and A^-1 = U U' that of
// L; the tiles on the diagonal, which both have, are kept aside.
class TiledInverse {
 public:
  explicit TiledInverse(Square& square)
      : values_(square.data()),
        stride_(square.stride()),
        side_(square.n() < many_rows ? small_side : large_side),
        tiles_((stride_ + side_ - 1) / side_) {}

  // Answers whether the matrix was positive definite.
  bool run() {
    if (!factor()) return false;
    invert_factor();
    multiply_factors();
    return true;
  }

 private:
  // Smaller tiles share small matrices evenly, larger ones are quicker to multiply.
  static constexpr std::size_t many_rows = 4096;
  static constexpr std::size_t small_side = 128;
  static constexpr std::size_t large_side = 256;

  // The inverse of a tile of L on the diagonal, its lower triangle, and its transpose: (rows,
  // rows), column-major, zeros in the other triangle.
  struct Diagonal {
    std::vector<float> lower;
    std::vector<float> upper;
  };

  [[nodiscard]] float* at(std::size_t i, std::size_t j) {
    return values_ + j * side_ * stride_ + i * side_;
  }
  [[nodiscard]] std::size_t rows(std::size_t i) const {
    return std::min(side_, stride_ - i * side_);
  }

  // c (rows(i), rows(j)), a column every c_stride, += scale * a b' for a (rows(i), rows(k)) and b
  // (rows(j), rows(k)). Of row-major matrices, which add_product() multiplies, it is b a'.
  void add(std::size_t i, std::size_t j, std::size_t k, float scale, const float* a,
           std::size_t a_stride, const float* b, std::size_t b_stride, float* c,
           std::size_t c_stride) {
    add_product({rows(j), rows(i), rows(k)}, scale, {b, b_stride, true}, {a, a_stride, false}, c,
                c_stride);
  }

  // tile := scale * tile * m' for `tile` (rows(i), rows(k)) of the matrix and m (rows(k), rows(k)).
  void multiply(std::size_t i, std::size_t k, float scale, float* tile, const float* m) {
    std::vector<float> before;
    for (std::size_t c = 0; c < rows(k); ++c) {
      float* const column = tile + c * stride_;
      before.insert(before.end(), column, column + rows(i));
      std::fill_n(column, rows(i), 0.0F);
    }
    add(i, k, k, scale, before.data(), rows(i), m, rows(k), tile, stride_);
  }

  // L, tile column by tile column.
  bool factor() {
    for (std::size_t k = 0; k < tiles_; ++k) {
      if (!factor_diagonal(k)) return false;
      const std::size_t left = tiles_ - k - 1;
      for_each(left, [&](std::size_t i) {
        multiply(k + 1 + i, k, 1, at(k + 1 + i, k), diagonals_[k].lower.data());
      });
      for_each(left * (left + 1) / 2, [&](std::size_t pair) {
        const auto [i, j] = pair_of(pair);
        add(k + 1 + i, k + 1 + j, k, -1, at(k + 1 + i, k), stride_, at(k + 1 + j, k), stride_,
            at(k + 1 + i, k + 1 + j), stride_);
      });
    }
    return true;
  }

  bool factor_diagonal(std::size_t k) {
    const std::size_t n = rows(k);
    Diagonal& diagonal = diagonals_.emplace_back();
    diagonal.lower.resize(n * n);
    diagonal.upper.resize(n * n);
    for (std::size_t c = 0; c < n; ++c)
      std::copy_n(at(k, k) + c * stride_ + c, n - c, diagonal.lower.data() + c * n + c);
    const auto order = static_cast<lapack_int>(n);
    float* const lower = diagonal.lower.data();
    if (LAPACKE_spotrf_work(LAPACK_COL_MAJOR, 'L', order, lower, order) != 0) return false;
    if (LAPACKE_strtri_work(LAPACK_COL_MAJOR, 'L', 'N', order, lower, order) != 0) return false;
    for (std::size_t c = 0; c < n; ++c) {
      for (std::size_t r = c; r < n; ++r) diagonal.upper[r * n + c] = diagonal.lower[c * n + r];
    }
    return true;
  }

  // U, tile column by tile column: from L U' = 1, column i is -(sum over m of column m times L_im')
  // times the inverse of L_ii'.
  void invert_factor() {
    for (std::size_t i = 0; i < tiles_; ++i) {
      for_each(i, [&](std::size_t j) {
        float* const tile = at(j, i);
        for (std::size_t c = 0; c < rows(i); ++c) std::fill_n(tile + c * stride_, rows(j), 0.0F);
        add(j, i, j, 1, diagonals_[j].upper.data(), rows(j), at(i, j), stride_, tile, stride_);
        for (std::size_t m = j + 1; m < i; ++m)
          add(j, i, m, 1, at(j, m), stride_, at(i, m), stride_, tile, stride_);
        multiply(j, i, -1, tile, diagonals_[i].lower.data());
      });
    }
  }

  // U U', its lower triangle.
  void multiply_factors() {
    for_each(tiles_ * (tiles_ + 1) / 2, [&](std::size_t pair) {
      const auto [i, j] = pair_of(pair);
      float* const tile = at(i, j);
      for (std::size_t c = 0; c < rows(j); ++c) std::fill_n(tile + c * stride_, rows(i), 0.0F);
      const float* const own = diagonals_[i].upper.data();
      if (i == j) {
        add(i, i, i, 1, own, rows(i), own, rows(i), tile, stride_);
      } else {
        add(i, j, i, 1, own, rows(i), at(j, i), stride_, tile, stride_);
      }
      for (std::size_t m = i + 1; m < tiles_; ++m)
        add(i, j, m, 1, at(i, m), stride_, at(j, m), stride_, tile, stride_);
    });
  }

  static void for_each(std::size_t n, const std::function<void(std::size_t)>& task) {
    parallel_for(n, 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) task(i);
    });
  }

  // The pairs (i, j) with j <= i, in order.
  static std::pair<std::size_t, std::size_t> pair_of(std::size_t place) {
    std::size_t i = 0;
    while (place > i) place -= ++i;
    return {i, place};
  }

  float* values_;
  std::size_t stride_;
  std::size_t side_;   // of a tile
  std::size_t tiles_;  // in a row
  std::vector<Diagonal> diagonals_;
};

}  // namespace

Square lower_gram(SparseView interactions) {
  const SparseMatrix users_of_item = transpose(interactions);
  Square result(interactions.cols());
  parallel_for(result.n(), block, [&](std::size_t begin, std::size_t end) {
    for (std::size_t j = begin; j < end; ++j) {
      const std::span<float> column = result.column(j);
      const SparseRow users = users_of_item.row(j);
      for (std::size_t u = 0; u < users.size(); ++u) {
        const SparseRow items = interactions.row(users.cols[u]);
        const auto first = std::lower_bound(items.cols.begin(), items.cols.end(), j);
        for (auto i = static_cast<std::size_t>(first - items.cols.begin()); i < items.size(); ++i) {
          column[items.cols[i]] += users.values[u] * items.values[i];
        }
      }
    }
  });
  return result;
}

void add_ridge(Square& square, double l2, double dropout) {
  const double own = dropout / (1 - dropout);
  for (std::size_t j = 0; j < square.n(); ++j) {
    float& diagonal = square.column(j)[j];
    diagonal = static_cast<float>(diagonal + l2 + own * diagonal);
  }
}

bool invert(Square& square) {
  use_one_blas_thread();
  // What fills the tiles up is a unit matrix, which changes nothing else.
  for (std::size_t j = square.n(); j < square.stride(); ++j)
    square.data()[j * square.stride() + j] = 1;
  if (!TiledInverse(square).run()) return false;
  mirror(square);
  return true;
}

}  // namespace limn
