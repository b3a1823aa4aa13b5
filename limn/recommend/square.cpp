// Column-major as LAPACK wants it: a row-major call would transpose twice. float is enough as the
// ridge keeps the matrix well conditioned.
#include "limn/recommend/square.h"

#include <algorithm>

#include <lapacke.h>

#include "limn/core/parallel.h"
#include "limn/recommend/blas.h"

namespace limn {
namespace {

// Side of the square tiles that a transposition goes by: two of them fit the first cache.
constexpr std::size_t tile = 64;

// Copies the lower triangle to the upper one, by tiles: columns of 12,000 floats alias in the
// cache.
void mirror(Square& square) {
  const std::size_t n = square.n();
  parallel_for(n, tile, [&](std::size_t begin, std::size_t end) {
    for (std::size_t rows = begin; rows < n; rows += tile) {
      for (std::size_t j = begin; j < end; ++j) {
        for (std::size_t i = std::max(rows, j + 1); i < std::min(n, rows + tile); ++i) {
          square.column(i)[j] = square.column(j)[i];
        }
      }
    }
  });
}

// Some processors get kernels from OpenBLAS 0.3.21 whose triangular solve (strsm) reads beyond its
// memory where the order is odd, and the program dies of it. So the order is always even.
bool invert_even(Square& square) {
  use_one_blas_thread();
  const auto n = static_cast<lapack_int>(square.n());
  return LAPACKE_spotrf_work(LAPACK_COL_MAJOR, 'L', n, square.data(), n) == 0 &&
         LAPACKE_spotri_work(LAPACK_COL_MAJOR, 'L', n, square.data(), n) == 0;
}

// By way of a matrix with one row and column more, of the unit matrix: they change nothing else.
bool invert_odd(Square& square) {
  const std::size_t n = square.n();
  Square wider(n + 1);
  for (std::size_t j = 0; j < n; ++j) std::ranges::copy(square.column(j), wider.column(j).begin());
  wider.column(n)[n] = 1;
  if (!invert_even(wider)) return false;
  for (std::size_t j = 0; j < n; ++j)
    std::ranges::copy(wider.column(j).first(n), square.column(j).begin());
  return true;
}

}  // namespace

Square lower_gram(SparseView interactions) {
  const SparseMatrix users_of_item = transpose(interactions);
  Square result(interactions.cols());
  parallel_for(result.n(), tile, [&](std::size_t begin, std::size_t end) {
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
  if (!(square.n() % 2 == 0 ? invert_even(square) : invert_odd(square))) return false;
  mirror(square);
  return true;
}

}  // namespace limn
