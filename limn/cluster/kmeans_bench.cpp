// k-means against the machine's GEMM: how much of what a library's sgemm reaches on the same shape
// does a step of ours reach? The product is the least that a step must compute. OpenBLAS does not
// know every processor: tools/bench tells it what this one can do.
#include <cmath>
#include <cstring>
#include <limits>

#include <benchmark/benchmark.h>
#include <cblas.h>

#include "limn/cluster/assign.h"
#include "limn/cluster/kmeans.h"
#include "limn/cluster/seeding.h"
#include "limn/core/parallel.h"
#include "limn/core/random.h"
#include "limn/core/stopwatch.h"
#include "limn/core/vector_ops.h"

namespace limn {
namespace {

constexpr std::size_t dim = 384;

// Texts lie around topics: `topics` random directions and noise of the same length.
Matrix topical_points(std::size_t n, std::size_t topics, std::uint64_t seed) {
  Random random(seed);
  Matrix centers(topics, dim);
  for (std::size_t i = 0; i < topics * dim; ++i) {
    centers.data()[i] = static_cast<float>(random.normal());
  }
  Matrix points(n, dim);
  for (std::size_t i = 0; i < n; ++i) {
    const std::span<const float> center = centers.row(random.below(topics));
    for (std::size_t d = 0; d < dim; ++d) {
      points.row(i)[d] = center[d] + static_cast<float>(random.normal());
    }
  }
  normalize_rows(points);
  return points;
}

// Points of which a double-precision loop finds a nearer centroid, of 2,000 looked at.
int wrong_labels(MatrixView points, MatrixView centroids, std::span<const std::uint32_t> labels) {
  int wrong = 0;
  Random random(1);
  const auto similarity = [&](std::size_t i, std::size_t c) {
    double sum = 0;
    for (std::size_t d = 0; d < dim; ++d) {
      sum += static_cast<double>(points.row(i)[d]) * centroids.row(c)[d];
    }
    return sum;
  };
  for (int sample = 0; sample < 2'000; ++sample) {
    const std::size_t i = random.below(points.rows());
    const double own = similarity(i, labels[i]);
    double best = own;
    for (std::size_t c = 0; c < centroids.rows(); ++c) best = std::max(best, similarity(i, c));
    wrong += best > own + 1e-6 ? 1 : 0;
  }
  return wrong;
}

// points (n, dim) times centroids (k, dim) transposed, in slices whose product stays in the cache.
void sgemm_in_slices(MatrixView points, MatrixView centroids, std::vector<float>& product) {
  constexpr std::size_t slice = 1'024;
  const auto k = static_cast<int>(centroids.rows());
  product.resize(slice * centroids.rows());
  for (std::size_t begin = 0; begin < points.rows(); begin += slice) {
    const auto rows = static_cast<int>(std::min(slice, points.rows() - begin));
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, rows, k, dim, 1, points.row(begin).data(),
                dim, centroids.data(), dim, 0, product.data(), k);
  }
}

// One Lloyd step (assignment and update) and one sgemm, turn by turn, on one thread.
void bench_step(benchmark::State& state) {
  openblas_set_num_threads(1);
  set_thread_count(1);
  const auto n = static_cast<std::size_t>(state.range(0));
  const auto k = static_cast<std::size_t>(state.range(1));
  const Matrix points = topical_points(n, k, 1);
  const KMeansOptions no_step{.k = k, .max_iterations = 0, .restarts = 1, .swap_trials = 0};
  const KMeansOptions steps{
      .k = k, .max_iterations = 4, .tolerance = -1, .restarts = 1, .swap_trials = 0};

  double gemm = std::numeric_limits<double>::infinity();
  double assignment = gemm;
  double step = gemm;
  Clustering found;
  std::vector<float> product;
  for (auto _ : state) {
    Stopwatch watch;
    found = kmeans(points, no_step);
    const double start = watch.seconds();
    watch = {};
    found = kmeans(points, steps);
    step = std::min(step, (watch.seconds() - start) / 4);
    watch = {};
    benchmark::DoNotOptimize(assign(points, found.centroids));
    assignment = std::min(assignment, watch.seconds());
    watch = {};
    sgemm_in_slices(points, found.centroids, product);
    gemm = std::min(gemm, watch.seconds());
  }
  const double flop = 2.0 * static_cast<double>(n) * static_cast<double>(k) * dim;
  state.counters["gemm_gflops"] = flop / gemm / 1e9;
  state.counters["assign_of_gemm"] = gemm / assignment;
  state.counters["step_of_gemm"] = gemm / step;
  state.counters["steps_per_s"] = 1 / step;
  if (wrong_labels(points, found.centroids, found.labels) > 0) state.SkipWithError("wrong labels");
}
BENCHMARK(bench_step)
    ->ArgNames({"n", "k"})
    ->Args({100'000, 64})
    ->Args({100'000, 256})
    ->Args({100'000, 1'024})
    ->Iterations(3)
    ->Unit(benchmark::kMillisecond);

void bench_seeding(benchmark::State& state) {
  set_thread_count(1);
  const Matrix points = topical_points(static_cast<std::size_t>(state.range(0)), 256, 1);
  const auto k = static_cast<std::size_t>(state.range(1));
  for (auto _ : state) benchmark::DoNotOptimize(seed_rows(points, k, /*seed=*/1));
  state.SetItemsProcessed(state.iterations() * state.range(1));
}
BENCHMARK(bench_seeding)
    ->ArgNames({"n", "k"})
    ->Args({1'682, 24})
    ->Args({100'000, 256})
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace limn
