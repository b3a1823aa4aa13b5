// One user's list from a catalogue of Gowalla's size: 29,858 users, 40,981 items, 27 events each.
// The list is held against one that adds the parts up in double and sorts all items.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include <benchmark/benchmark.h>

#include "limn/recommend/blend.h"
#include "limn/recommend/factor_model.h"
#include "limn/recommend/gram.h"
#include "limn/recommend/ials.h"
#include "limn/recommend/interactions.h"
#include "limn/recommend/item_knn.h"
#include "limn/recommend/popularity.h"
#include "limn/recommend/rerank.h"
#include "limn/recommend/rp3beta.h"
#include "limn/recommend/test_data.h"

namespace limn {
namespace {

constexpr std::size_t user_count = 29'858;
constexpr std::size_t item_count = 40'981;
constexpr std::size_t events_a_user = 27;
constexpr std::size_t list_length = 10;

// A few items are in many histories, most in few.
TestHistories make_histories() {
  constexpr double skew = 2.5;
  Random random(1);
  TestHistories histories;
  for (std::size_t u = 0; u < user_count; ++u) {
    auto& history = histories.owned.emplace_back();
    for (std::size_t i = 0; i < events_a_user; ++i) {
      const auto item = static_cast<ItemIndex>(item_count * std::pow(random.uniform(), skew));
      history.push_back({.item = item, .weight = 1});
    }
  }
  return histories;
}

struct Places {
  TestHistories histories = make_histories();
  std::vector<History> views = histories.views();
  SparseMatrix used = interactions(views, item_count, {});
  std::vector<float> counts = popularity(views, item_count, {});
  ItemWeights walks = fit_rp3beta(used, {.k = 300});
  ItemWeights cosines = fit_item_knn(used, {.k = 300});
  ItemWeights filter = fit_gram(used, {.k = 300});
};

const Places& places() {
  static const Places made;
  return made;
}

struct Model {
  Popularity popular{places().counts};
  ItemModel rp3beta{"rp3beta", places().walks};
  ItemModel item_knn{"item_knn", places().cosines};
  ItemModel gram{"gram", places().filter};
  FactorBytes factors;
  Matrix products;
  FactorModel ials;
  Blend blend;

  explicit Model(std::size_t dim)
      : factors(fit_ials(places().used, {.dim = dim, .iterations = 1}).items),
        products(factor_gram(factors)),
        ials("ials", factors, products, {}, {}),
        blend({&popular, &rp3beta, &item_knn, &gram, &ials}, weights()) {}
  Model(const Model&) = delete;

  static BlendWeights weights() {
    BlendWeights all;
    all.fill({0.1F, 0.3F, 0.1F, 0.2F, 0.3F});
    return all;
  }
};

std::vector<Scored> make_list(const Model& model, const Query& query) {
  const auto used = used_items(query.history, item_count);
  return recommend_top(query, model.blend, used, {}, {.n = list_length});
}

// The same by the definition.
std::vector<double> plain_scores(const Model& model, const Query& query) {
  const auto used = used_items(query.history, item_count);
  const std::vector<float> weights = Model::weights()[history_bucket(query.history.size())];
  std::vector<double> sums(item_count);
  std::vector<float> scores(item_count);
  for (std::size_t p = 0; p < weights.size(); ++p) {
    model.blend.parts()[p]->score(query, scores);
    const PartScale scale = standard_scale(scores, used);
    for (std::size_t i = 0; i < item_count; ++i)
      sums[i] += weights[p] * scale.factor * (scores[i] - scale.mean);
  }
  for (const HistoryEntry& entry : query.history) sums[entry.item] = -HUGE_VAL;
  return sums;
}

bool list_is_right(const Model& model, const Query& query) {
  const std::vector<Scored> list = make_list(model, query);
  std::vector<double> sums = plain_scores(model, query);
  std::vector<double> best = sums;
  std::ranges::nth_element(best, best.begin() + list_length - 1, std::greater());
  const double least = best[list_length - 1];
  constexpr double rounding = 1e-4;  // of floats, beside scores of 1 and more
  for (const Scored& entry : list) {
    if (std::abs(sums[entry.index] - entry.score) > rounding * (1 + std::abs(entry.score)) ||
        sums[entry.index] < least - rounding)
      return false;
  }
  return list.size() == list_length;
}

void bench_list(benchmark::State& state) {
  const Model model(static_cast<std::size_t>(state.range(0)));
  const auto query_of = [](std::size_t user) {
    return Query{.history = places().histories.owned[user]};
  };
  for (std::size_t user = 0; user < 20; ++user) {
    if (!list_is_right(model, query_of(user)))
      return state.SkipWithError("the list is not that of the definition");
  }
  std::size_t user = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(make_list(model, query_of(user)));
    user = (user + 1) % user_count;
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(bench_list)
    ->ArgName("ials_dim")
    ->Arg(64)
    ->Arg(128)
    ->Arg(256)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace limn
