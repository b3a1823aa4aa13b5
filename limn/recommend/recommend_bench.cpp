// What a build and a request cost at the size of ml-100k: 943 users, 1,682 items, 100,000 ratings,
// embeddings of 384.
#include <cmath>
#include <numeric>
#include <vector>

#include <benchmark/benchmark.h>

#include "limn/recommend/blend.h"
#include "limn/recommend/choose_weights.h"
#include "limn/recommend/cooccurrence.h"
#include "limn/recommend/ease.h"
#include "limn/recommend/interactions.h"
#include "limn/recommend/item_knn.h"
#include "limn/recommend/popularity.h"
#include "limn/recommend/rerank.h"
#include "limn/recommend/rp3beta.h"
#include "limn/recommend/similar_users.h"
#include "limn/recommend/test_data.h"
#include "limn/recommend/text_neighbours.h"

namespace limn {
namespace {

constexpr std::size_t user_count = 943;
constexpr std::size_t item_count = 1'682;
constexpr std::size_t events_a_user = 106;
constexpr std::size_t dim = 384;

// Everything that a build makes, on random histories: no benchmark here depends on what they say.
struct Shop {
  TestHistories histories = random_histories(user_count, item_count, events_a_user, 1);
  std::vector<History> views = histories.views();
  SparseMatrix used = interactions(views, item_count, {});
  Matrix items = random_embeddings(item_count, dim, 2);
  Matrix users = random_embeddings(user_count, dim, 3);
  ItemWeights neighbours = fit_text_neighbours(items, {});
  ItemWeights ease = *fit_ease(used, {});
  ItemWeights next = fit_cooccurrence(views, item_count, {});
  std::vector<float> counts = popularity(views, item_count, {});

  ItemModel behaviour{"ease", ease};
  ItemModel order{"cooccurrence", next};
  TextRecommender text{items, neighbours, {}};
  SimilarUsers similar{"similar_users", users, used, {}};
  Popularity popular{counts};
  std::vector<const Recommender*> parts = {&behaviour, &order, &text, &similar, &popular};

  [[nodiscard]] Query query(UserIndex user) const {
    return {.history = histories.owned[user],
            .text = items.row(user),
            .user_vector = users.row(user),
            .user = user};
  }
};

const Shop& shop() {
  static const Shop the_shop;
  return the_shop;
}

// (X'X + ridge) x, as `options` have the ridge.
std::vector<double> ridged(SparseView x, const std::vector<double>& own, const EaseOptions& options,
                           const std::vector<double>& v) {
  std::vector<double> result(v.size());
  for (std::size_t u = 0; u < x.rows(); ++u) {
    const SparseRow row = x.row(u);
    double sum = 0;
    for (std::size_t i = 0; i < row.size(); ++i) sum += row.values[i] * v[row.cols[i]];
    for (std::size_t i = 0; i < row.size(); ++i) result[row.cols[i]] += row.values[i] * sum;
  }
  const double own_share = options.dropout / (1 - options.dropout);
  for (std::size_t i = 0; i < v.size(); ++i) result[i] += (options.l2 + own_share * own[i]) * v[i];
  return result;
}

// Column `j` of the inverse, by conjugate gradients.
std::vector<double> inverse_column(SparseView x, const EaseOptions& options, std::size_t j) {
  std::vector<double> own(x.cols());
  for (std::size_t e = 0; e < x.nonzeros(); ++e)
    own[x.indices()[e]] += double{x.values()[e]} * x.values()[e];
  const auto dot_of = [](const auto& a, const auto& b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
  };
  std::vector<double> found(x.cols());
  std::vector<double> residual(x.cols());
  residual[j] = 1;
  std::vector<double> direction = residual;
  for (double error = 1; error > 1e-20;) {
    const std::vector<double> moved = ridged(x, own, options, direction);
    const double step = error / dot_of(direction, moved);
    for (std::size_t i = 0; i < found.size(); ++i) {
      found[i] += step * direction[i];
      residual[i] -= step * moved[i];
    }
    const double next = dot_of(residual, residual);
    for (std::size_t i = 0; i < found.size(); ++i)
      direction[i] = residual[i] + next / error * direction[i];
    error = next;
  }
  return found;
}

// Some weights are what the definition says: -P_ij / P_jj.
bool ease_is_right(SparseView x, SparseView weights, const EaseOptions& options) {
  for (std::size_t i = 0; i < x.cols(); i += x.cols() / 3) {
    const SparseRow row = weights.row(i);
    const std::vector<double> column = inverse_column(x, options, row.cols[0]);
    if (std::abs(row.values[0] + column[i] / column[row.cols[0]]) > 1e-5) return false;
  }
  return true;
}

void bench_fit_ease(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(0));
  const SparseMatrix used = random_interactions(2'000, n, 60, 1);
  EaseOptions options;
  options.max_items = n;
  ItemWeights weights;
  for (auto _ : state) weights = *fit_ease(used, options);
  if (!ease_is_right(used, weights, options))
    state.SkipWithError("the weights are not those of the definition");
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(bench_fit_ease)
    ->ArgName("items")
    ->Arg(1'682)
    ->Arg(4'000)
    ->Arg(12'000)
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

void bench_fit_rp3beta(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(fit_rp3beta(shop().used, {}));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(item_count));
}
BENCHMARK(bench_fit_rp3beta)->Unit(benchmark::kMillisecond);

void bench_fit_item_knn(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(fit_item_knn(shop().used, {}));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(item_count));
}
BENCHMARK(bench_fit_item_knn)->Unit(benchmark::kMillisecond);

void bench_fit_cooccurrence(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(fit_cooccurrence(shop().views, item_count, {}));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(item_count));
}
BENCHMARK(bench_fit_cooccurrence)->Unit(benchmark::kMillisecond);

void bench_fit_text_neighbours(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(fit_text_neighbours(shop().items, {}));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(item_count));
}
BENCHMARK(bench_fit_text_neighbours)->Unit(benchmark::kMillisecond);

void bench_choose_weights(benchmark::State& state) {
  std::vector<std::vector<ItemIndex>> held_out;
  for (UserIndex user = 0; user < user_count; ++user) {
    const auto first = static_cast<ItemIndex>(user % (item_count - 8));
    held_out.push_back({first, first + 1, first + 3, first + 7});
  }
  std::vector<ValidationUser> users;
  for (UserIndex user = 0; user < user_count; ++user) {
    users.push_back({shop().query(user), held_out[user]});
  }
  for (auto _ : state) benchmark::DoNotOptimize(choose_weights(shop().parts, users, {}, {}));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(user_count));
}
BENCHMARK(bench_choose_weights)->Unit(benchmark::kMillisecond);

// One request: five parts, blended, ten items picked from a hundred for diversity.
void bench_recommend_top(benchmark::State& state) {
  BlendWeights weights;
  weights.fill({0.4F, 0.2F, 0.2F, 0.1F, 0.1F});
  const Blend blend(shop().parts, weights);
  UserIndex user = 0;
  for (auto _ : state) {
    const Query query = shop().query(user);
    const auto used = used_items(query.history, item_count);
    benchmark::DoNotOptimize(recommend_top(query, blend, used, {.embeddings = shop().items},
                                           {.n = 10, .diversity = 0.3F}));
    user = (user + 1) % user_count;
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(bench_recommend_top)->Unit(benchmark::kMicrosecond);

void bench_explain_list(benchmark::State& state) {
  BlendWeights weights;
  weights.fill({0.4F, 0.2F, 0.2F, 0.1F, 0.1F});
  const Blend blend(shop().parts, weights);
  UserIndex user = 0;
  std::vector<float> scores(item_count);
  const std::vector<ItemIndex> items = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  for (auto _ : state) {
    const Query query = shop().query(user);
    const auto scales = blend.score_with_scales(query, scores);
    benchmark::DoNotOptimize(blend.explain_items(query, items, scales));
    user = (user + 1) % user_count;
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(bench_explain_list)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace limn
