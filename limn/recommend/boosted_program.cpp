// limn_boosted: what boosted trees over the parts' candidates add to their blend, on a RecBole file
// of ratings.
//
//   limn_boosted RATINGS.inter LIB_LIGHTGBM.so
//
// Of each user's ratings in order of time the last fifth is the test; relevant is a rating of 4 or
// 5; NDCG@10 over all items that are not in the past. The parts (RP3beta, EASE, BM25 item-kNN,
// co-occurrence, iALS, popularity) are fitted to the first three fifths; the fourth has the labels.
// Trees and the blend's weights learn from half of the users' labels, and the gate is the gain on
// the other half. Then the parts are fitted to four fifths, and the test is read once.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "limn/core/random.h"
#include "limn/core/top_k.h"
#include "limn/recommend/blend.h"
#include "limn/recommend/boosted_ranker.h"
#include "limn/recommend/choose_weights.h"
#include "limn/recommend/cooccurrence.h"
#include "limn/recommend/ease.h"
#include "limn/recommend/factor_model.h"
#include "limn/recommend/interactions.h"
#include "limn/recommend/item_knn.h"
#include "limn/recommend/popularity.h"
#include "limn/recommend/rank_features.h"
#include "limn/recommend/ratings_file.h"
#include "limn/recommend/rp3beta.h"

namespace limn {
namespace {

constexpr std::size_t per_part = 100;  // candidates of each part
constexpr std::size_t k = 10;

// What each user did before a moment of her own, and what she liked after it.
struct Split {
  std::vector<std::vector<HistoryEntry>> past;
  std::vector<std::vector<ItemIndex>> liked;
};

Split split_at(const RatingsFile& file, double from, double to) {
  std::vector<std::vector<RatingLine>> lines(file.users);
  for (const RatingLine& line : file.lines) lines[line.user].push_back(line);
  Split split;
  for (const auto& own : lines) {
    const auto first = static_cast<std::size_t>(from * static_cast<double>(own.size()));
    const auto last = static_cast<std::size_t>(to * static_cast<double>(own.size()));
    auto& past = split.past.emplace_back();
    auto& liked = split.liked.emplace_back();
    for (std::size_t i = 0; i < last; ++i) {
      const float weight = own[i].value >= 4 ? 1.0F : own[i].value >= 3 ? 0.4F : 0.0F;
      if (i < first) {
        past.push_back({.item = own[i].item, .weight = weight, .event = 1});
      } else if (own[i].value >= 4) {
        liked.push_back(own[i].item);
      }
    }
  }
  return split;
}

// All parts, fitted to the past of a split.
struct Parts {
  std::vector<History> past;
  SparseMatrix used;
  ItemWeights rp3beta, ease, knn, next;
  Matrix factors, gram;
  std::vector<float> popular;
  std::vector<std::unique_ptr<Recommender>> owned;
  std::vector<const Recommender*> views;

  Parts(const Split& split, std::size_t items)
      : past(split.past.begin(), split.past.end()),
        used(interactions(past, items, {})),
        rp3beta(fit_rp3beta(used, {})),
        ease(fit_ease(used, {}).value()),
        knn(fit_item_knn(used, {})),
        next(fit_cooccurrence(past, items, {})),
        popular(popularity(past, items, {})) {
    const IalsOptions options{.dim = 64, .objective = {.unobserved_weight = 0.1, .l2 = 0.003}};
    factors = FactorBytes(fit_ials(used, options).items);
    gram = factor_gram(factors);
    owned.push_back(std::make_unique<ItemModel>("rp3beta", rp3beta));
    owned.push_back(std::make_unique<ItemModel>("ease", ease));
    owned.push_back(std::make_unique<ItemModel>("item_knn", knn));
    owned.push_back(std::make_unique<ItemModel>("cooccurrence", next));
    owned.push_back(std::make_unique<FactorModel>("ials", factors, gram, MatrixView(),
                                                  FactorModelOptions{options.objective, 1}));
    owned.push_back(std::make_unique<Popularity>(popular));
    for (const auto& part : owned) views.push_back(part.get());
  }

  [[nodiscard]] Matrix scores(const Query& query) const {
    Matrix scores(views.size(), popular.size());
    for (std::size_t part = 0; part < views.size(); ++part) {
      views[part]->score(query, scores.row(part));
    }
    return scores;
  }
};

struct UserList {
  std::vector<ItemIndex> candidates;
  Matrix features;
};

UserList list_of(const Parts& parts, const Split& split, std::size_t user) {
  const Query query{.history = split.past[user]};
  const Matrix scores = parts.scores(query);
  const auto used = used_items(query.history, parts.popular.size());
  UserList list{.candidates = rank_candidates(scores, used, per_part)};
  list.features = rank_features(scores, used, list.candidates, query,
                                {.log_popularity = parts.popular, .next = parts.next});
  return list;
}

double ndcg(std::span<const ItemIndex> ranked, std::span<const ItemIndex> liked) {
  double gain = 0;
  double ideal = 0;
  for (std::size_t i = 0; i < std::min(k, liked.size()); ++i) {
    ideal += 1 / std::log2(2.0 + static_cast<double>(i));
  }
  for (std::size_t i = 0; i < std::min(k, ranked.size()); ++i) {
    if (std::ranges::find(liked, ranked[i]) == liked.end()) continue;
    gain += 1 / std::log2(2.0 + static_cast<double>(i));
  }
  return gain / ideal;
}

std::vector<ItemIndex> by_score(std::span<const ItemIndex> items, std::span<const float> scores) {
  std::vector<ItemIndex> ranked;
  for (const Scored& best : top_k(scores, k)) ranked.push_back(items[best.index]);
  return ranked;
}

struct Compared {
  std::vector<double> blend;
  std::vector<double> trees;
};

// NDCG of both for the users whose number is `remainder` modulo `modulus`.
Result<Compared> compare(const Parts& parts, const Split& split, const Blend& blend,
                         const BoostedRanker& ranker, std::size_t modulus, std::size_t remainder) {
  Compared compared;
  for (std::size_t user = 0; user < split.past.size(); ++user) {
    if (split.liked[user].empty() || user % modulus != remainder) continue;
    const UserList list = list_of(parts, split, user);
    std::vector<float> all(parts.popular.size());
    blend.score({.history = split.past[user]}, all);
    std::vector<float> blended;
    for (const ItemIndex item : list.candidates) blended.push_back(all[item]);
    LIMN_TRY(const auto boosted, ranker.score(list.features));
    compared.blend.push_back(ndcg(by_score(list.candidates, blended), split.liked[user]));
    compared.trees.push_back(ndcg(by_score(list.candidates, boosted), split.liked[user]));
  }
  return compared;
}

// The means, and the 95 % interval of their difference by 2,000 bootstrap draws of users.
void print(const char* name, const Compared& compared) {
  const std::size_t n = compared.blend.size();
  double blend = 0;
  double trees = 0;
  for (std::size_t i = 0; i < n; ++i) {
    blend += compared.blend[i];
    trees += compared.trees[i];
  }
  Random random(1);
  std::vector<double> draws(2'000);
  for (double& draw : draws) {
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t user = random.below(n);
      draw += compared.trees[user] - compared.blend[user];
    }
  }
  std::ranges::sort(draws);
  const auto users = static_cast<double>(n);
  std::printf(
      "%-28s %zu users, ndcg@10: blend %.4f, trees %.4f, difference %+.4f (%+.4f to %+.4f)\n", name,
      n, blend / users, trees / users, (trees - blend) / users, draws[50] / users,
      draws[1949] / users);
}

struct Learnt {
  BlendWeights weights;
  BoostedRanker ranker;
};

Result<Learnt> learn(const Parts& parts, const Split& split, const std::string& library) {
  std::vector<ValidationUser> validation;
  std::vector<float> values;
  std::vector<float> labels;
  std::vector<std::int32_t> sizes;
  std::size_t columns = 0;
  for (std::size_t user = 0; user < split.past.size(); user += 2) {
    if (split.liked[user].empty()) continue;
    validation.push_back({{.history = split.past[user]}, split.liked[user]});
    const UserList list = list_of(parts, split, user);
    columns = list.features.cols();
    sizes.push_back(static_cast<std::int32_t>(list.candidates.size()));
    for (std::size_t c = 0; c < list.candidates.size(); ++c) {
      const auto row = list.features.row(c);
      values.insert(values.end(), row.begin(), row.end());
      const bool liked =
          std::ranges::find(split.liked[user], list.candidates[c]) != split.liked[user].end();
      labels.push_back(liked ? 1 : 0);
    }
  }
  const Matrix features(labels.size(), columns, std::move(values));
  LIMN_TRY(auto ranker, BoostedRanker::fit(library, {features, labels, sizes}, {}));
  return Learnt{choose_weights(parts.views, validation, {}, {}).weights, std::move(ranker)};
}

Result<void> run(const std::string& ratings, const std::string& library) {
  LIMN_TRY(const auto file, read_ratings(ratings));
  const Split inner = split_at(file, 0.6, 0.8);
  const Parts inner_parts(inner, file.items.size());
  LIMN_TRY(const auto learnt, learn(inner_parts, inner, library));
  const Blend inner_blend(inner_parts.views, learnt.weights);
  LIMN_TRY(const auto gate, compare(inner_parts, inner, inner_blend, learnt.ranker, 2, 1));
  print("gate (the other half)", gate);

  const Split outer = split_at(file, 0.8, 1);
  const Parts parts(outer, file.items.size());
  const Blend blend(parts.views, learnt.weights);
  LIMN_TRY(const auto test, compare(parts, outer, blend, learnt.ranker, 1, 0));
  print("test", test);
  return {};
}

}  // namespace
}  // namespace limn

int main(int count, char** values) {
  if (count < 3) {
    std::fprintf(stderr, "limn_boosted RATINGS.inter LIB_LIGHTGBM.so\n");
    return 2;
  }
  const auto outcome = limn::run(values[1], values[2]);
  if (!outcome) std::fprintf(stderr, "%s\n", outcome.error().message.c_str());
  return outcome ? 0 : 1;
}
