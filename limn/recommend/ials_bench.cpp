// iALS on made pairs, with the loss beside, and a user folded in. tools/bench_als.py has the peer.
#include <cstdint>
#include <vector>

#include <benchmark/benchmark.h>

#include "limn/core/parallel.h"
#include "limn/recommend/factor_model.h"
#include "limn/recommend/ials.h"
#include "limn/recommend/mf.h"
#include "limn/recommend/test_data.h"
#include "limn/recommend/text_map.h"

namespace limn {
namespace {

const SparseMatrix& pairs() {
  static const SparseMatrix made = random_interactions(10'000, 4'000, 50, 1);
  return made;
}

// Iterations a second of one thread; a block of dim solves each row exactly.
void bench_fit_ials(benchmark::State& state) {
  const IalsOptions options{.dim = static_cast<std::size_t>(state.range(0)),
                            .block = static_cast<std::size_t>(state.range(1)),
                            .iterations = 3};
  const std::size_t threads = thread_count();
  set_thread_count(1);
  IalsFactors factors;
  for (auto _ : state) factors = fit_ials(pairs(), options);
  set_thread_count(threads);
  state.counters["loss"] = ials_loss(pairs(), factors, options.objective);
  state.SetItemsProcessed(state.iterations() * options.iterations);
}
BENCHMARK(bench_fit_ials)
    ->ArgNames({"dim", "block"})
    ->Args({64, 16})
    ->Args({64, 32})
    ->Args({64, 64})
    ->Args({128, 32})
    ->Args({256, 32})
    ->Unit(benchmark::kMillisecond);

struct FoldIn {
  FactorBytes items{random_embeddings(40'000, 128, 1)};
  Matrix gram = factor_gram(items);
  FactorModel model{"ials", items, gram, {}, {}};
  std::vector<HistoryEntry> history;

  explicit FoldIn(std::size_t events) {
    for (std::size_t h = 0; h < events; ++h) {
      history.push_back({.item = static_cast<ItemIndex>(h * 37), .weight = 1});
    }
  }
};

void bench_fold_in(benchmark::State& state) {
  const FoldIn user(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(user.model.fold_in({.history = user.history}));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(bench_fold_in)->ArgName("events")->Arg(10)->Arg(100)->Unit(benchmark::kMicrosecond);

void bench_explain_factors(benchmark::State& state) {
  const FoldIn user(100);
  for (auto _ : state) benchmark::DoNotOptimize(user.model.explain({.history = user.history}, 7));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(bench_explain_factors)->Unit(benchmark::kMicrosecond);

void bench_fit_text_map(benchmark::State& state) {
  const Matrix factors = random_embeddings(25'000, 128, 1);
  const Matrix texts = random_embeddings(25'000, 384, 2);
  const std::vector<float> confidence(25'000, 1);
  for (auto _ : state) benchmark::DoNotOptimize(fit_text_map(factors, texts, confidence, {}));
  state.SetItemsProcessed(state.iterations() * 25'000);
}
BENCHMARK(bench_fit_text_map)->Unit(benchmark::kMillisecond);

void bench_fit_mf(benchmark::State& state) {
  std::vector<Rating> ratings;
  for (UserIndex user = 0; user < pairs().rows(); ++user) {
    for (const ItemIndex item : pairs().row(user).cols) {
      ratings.push_back({user, item, static_cast<float>(1 + (user * 7 + item * 3) % 5)});
    }
  }
  const MfOptions options{.iterations = 3};
  double error = 0;
  for (auto _ : state) error = rating_rmse(fit_mf(ratings, 10'000, 4'000, options), ratings);
  state.counters["rmse"] = error;
  state.SetItemsProcessed(state.iterations() * options.iterations);
}
BENCHMARK(bench_fit_mf)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace limn
