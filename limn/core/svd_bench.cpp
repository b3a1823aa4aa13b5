#include <cmath>

#include <benchmark/benchmark.h>

#include "limn/core/random.h"
#include "limn/core/svd.h"

namespace limn {
namespace {

// Columns as skewed as words are: the square of a uniform number.
SparseMatrix random_counts(std::size_t rows, std::size_t cols, std::size_t per_row) {
  Random random(1);
  std::vector<Triplet> triplets;
  for (std::uint32_t i = 0; i < rows; ++i) {
    for (std::size_t e = 0; e < per_row; ++e) {
      const double place = random.uniform() * random.uniform();
      triplets.push_back({i, static_cast<std::uint32_t>(place * static_cast<double>(cols)), 1});
    }
  }
  return SparseMatrix::from_triplets(rows, cols, std::move(triplets));
}

// Of the first and last few columns, each with each: 1 with itself, 0 with the others.
bool orthonormal(const Matrix& columns) {
  constexpr std::size_t few = 4;
  for (std::size_t a = 0; a < few; ++a) {
    for (const std::size_t b : {a, (a + 1) % few, columns.cols() - 1 - a}) {
      double sum = 0;
      for (std::size_t i = 0; i < columns.rows(); ++i) {
        sum += static_cast<double>(columns.row(i)[a]) * columns.row(i)[b];
      }
      if (std::abs(sum - (a == b ? 1 : 0)) > 1e-3) return false;
    }
  }
  return true;
}

void bench_randomized_svd(benchmark::State& state) {
  const SparseMatrix a = random_counts(static_cast<std::size_t>(state.range(0)),
                                       static_cast<std::size_t>(state.range(1)), 120);
  Svd found;
  for (auto _ : state) found = randomized_svd(a, static_cast<std::size_t>(state.range(2)));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(a.nonzeros()));
  if (!orthonormal(found.u) || !orthonormal(found.v)) state.SkipWithError("not orthonormal");
}
BENCHMARK(bench_randomized_svd)
    ->ArgNames({"n", "m", "rank"})
    ->Args({2'000, 5'000, 128})
    ->Args({25'000, 50'000, 128})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
}  // namespace limn
