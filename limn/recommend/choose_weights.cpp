// Choosing blend weights. Each part scores each validation user once; what is kept is the union of
// the parts' best candidates with their standardised scores, so that trying a set of weights is a
// small sum and a top ten. Then one weight after the other is moved to the best value of a grid,
// from two starts, until none improves NDCG. With four or five weights and hundreds of users this
// is as good as gradient methods on a smoothed measure, and it optimises the measure itself.
#include "limn/recommend/choose_weights.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <optional>
#include <utility>

#include "limn/core/check.h"
#include "limn/core/parallel.h"
#include "limn/core/random.h"
#include "limn/core/sorted.h"
#include "limn/core/top_k.h"
#include "limn/recommend/weight_search.h"

namespace limn {
namespace {

using Weights = PartWeights;
using Found = FoundWeights;
using Sample = WeightSample;
using Samples = WeightSamples;

// Buckets with fewer users borrow longer histories, cut to the newest so many events.
constexpr std::size_t enough_users = 200;
constexpr std::array<std::size_t, history_bucket_count> cut_lengths = {0, 2, 7, SIZE_MAX};

// A newcomer about whom the chosen parts know nothing must still get a list.
constexpr float newcomer_floor = 0.05F;

constexpr std::size_t users_per_chunk = 8;

// Everyone's weights, from two starts.
Found weights_of_all(const Samples& samples, std::span<const double> alone,
                     const std::vector<bool>& left_out, std::size_t k) {
  Found found = better_of(search_weights(samples, best_part(alone, left_out).weights, left_out, k),
                          search_weights(samples, all_alike(left_out), left_out, k));
  found.weights = scaled_to_sum_1(std::move(found.weights));
  return found;
}

// One bucket's weights: its own search, drawn towards everyone's where it has few users.
Weights weights_of_bucket(const Samples& samples, const Weights& global,
                          const std::vector<bool>& left_out, const ChooseOptions& options) {
  if (samples.empty()) return global;
  const std::size_t k = options.k;
  const Found own = search_weights(samples, global, left_out, k);
  const auto count = static_cast<double>(samples.size());
  const Weights drawn =
      mixed(scaled_to_sum_1(own.weights), global, count / (count + options.shrink_users));
  Found found =
      better_of({global, mean_ndcg(samples, global, k)}, {drawn, mean_ndcg(samples, drawn, k)});
  found =
      better_of(std::move(found), best_part(ndcg_of_parts(samples, global.size(), k), left_out));
  return found.weights;
}

// Scores one query of the user and keeps what the search needs. `used` marks what is no candidate.
Sample make_sample(std::span<const Recommender* const> parts, const Query& query,
                   const ValidationUser& user, std::span<const std::uint8_t> used,
                   std::size_t candidate_count) {
  const std::span<const ItemIndex> held_out = user.held_out;
  const std::vector<std::uint8_t> seen_by_parts = used_items(query.history, used.size());
  std::vector<std::vector<float>> scores(parts.size(), std::vector<float>(used.size()));
  std::vector<PartScale> scales;
  std::vector<ItemIndex> candidates;
  for (std::size_t p = 0; p < parts.size(); ++p) {
    parts[p]->score(query, scores[p]);
    scales.push_back(standard_scale(scores[p], seen_by_parts));
    if (scales[p].factor == 0 || !user.candidates.empty()) continue;
    TopK best(std::min(candidate_count, used.size()));
    for (ItemIndex item = 0; item < used.size(); ++item) {
      if (used[item] == 0) best.offer(item, scores[p][item]);
    }
    for (const Scored& scored : best.take()) candidates.push_back(scored.index);
  }
  for (const ItemIndex item : user.candidates) {
    if (used[item] == 0) candidates.push_back(item);
  }
  sort_unique(candidates);

  Sample sample;
  sample.held_out_count = held_out.size();
  sample.candidates = candidates.size();
  for (std::uint32_t place = 0; place < candidates.size(); ++place) {
    const ItemIndex item = candidates[place];
    const bool liked = std::find(held_out.begin(), held_out.end(), item) != held_out.end();
    if (liked) sample.held_out.push_back(place);
  }
  for (std::size_t p = 0; p < parts.size(); ++p) {
    for (const ItemIndex item : candidates) {
      const double above = scales[p].factor == 0 ? 0.0 : scores[p][item] - scales[p].mean;
      sample.standardized.push_back(static_cast<float>(scales[p].factor * above));
    }
  }
  return sample;
}

// A user whose newest `length` events alone are known.
struct Case {
  std::size_t user = 0;
  std::size_t length = SIZE_MAX;
};

std::vector<Sample> make_samples(std::span<const Recommender* const> parts,
                                 std::span<const ValidationUser> users, std::span<const Case> cases,
                                 std::span<const std::uint8_t> excluded, std::size_t candidates) {
  std::vector<Sample> samples(cases.size());
  parallel_for(cases.size(), users_per_chunk, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const ValidationUser& user = users[cases[i].user];
      std::vector<std::uint8_t> used = used_items(user.query.history, parts.front()->item_count());
      for (std::size_t item = 0; item < excluded.size(); ++item) used[item] |= excluded[item];

      Query query = user.query;
      if (cases[i].length < query.history.size()) {
        query.history = query.history.last(cases[i].length);
        query.user_vector = {};  // made of the whole history
        query.memo = nullptr;    // likewise
      }
      samples[i] = make_sample(parts, query, user, used, candidates);
    }
  });
  return samples;
}

// At most max_users of the users that have something held out, in their order.
std::vector<std::size_t> sampled_users(std::span<const ValidationUser> users,
                                       const ChooseOptions& options) {
  std::vector<std::size_t> sampled;
  for (std::size_t u = 0; u < users.size(); ++u) {
    if (!users[u].held_out.empty()) sampled.push_back(u);
  }
  if (sampled.size() > options.max_users) {
    Random random(options.seed);
    random.shuffle(std::span<std::size_t>(sampled));
    sampled.resize(options.max_users);
    std::sort(sampled.begin(), sampled.end());
  }
  return sampled;
}

// For each bucket without enough users: longer histories, cut short.
std::array<std::vector<Case>, history_bucket_count> cut_cases(
    std::span<const ValidationUser> users, std::span<const std::size_t> sampled) {
  std::array<std::vector<Case>, history_bucket_count> cases;
  for (std::size_t bucket = 0; bucket < history_bucket_count; ++bucket) {
    std::size_t own = 0;
    for (const std::size_t user : sampled) {
      const std::size_t of_user = history_bucket(users[user].query.history.size());
      if (of_user == bucket) own += 1;
      if (of_user > bucket) cases[bucket].push_back({user, cut_lengths[bucket]});
    }
    const std::size_t missing = enough_users - std::min(enough_users, own);
    cases[bucket].resize(std::min(cases[bucket].size(), missing));
  }
  return cases;
}

// (parts): whether each must earn its place; none where no other would be left.
std::vector<bool> gated_parts(std::span<const Recommender* const> parts,
                              const ChooseOptions& options) {
  std::vector<bool> gated;
  for (const Recommender* const part : parts) {
    const auto& names = options.gated;
    gated.push_back(std::find(names.begin(), names.end(), part->name()) != names.end());
  }
  const bool all = std::find(gated.begin(), gated.end(), false) == gated.end();
  return all ? std::vector<bool>(parts.size(), false) : gated;
}

// (parts): what `untried` says of each.
Weights untried_weights(std::span<const Recommender* const> parts, const ChooseOptions& options) {
  Weights weights;
  for (const Recommender* const part : parts) {
    const auto found = options.untried.find(part->name());
    weights.push_back(found == options.untried.end() ? 0 : found->second);
  }
  if (std::ranges::none_of(weights, [](float weight) { return weight > 0; }))
    return all_alike(std::vector<bool>(parts.size(), false));
  return scaled_to_sum_1(std::move(weights));
}

Samples pointers(std::span<const Sample> samples) {
  Samples result;
  for (const Sample& sample : samples) result.push_back(&sample);
  return result;
}

}  // namespace

ChosenWeights choose_weights(std::span<const Recommender* const> parts,
                             std::span<const ValidationUser> users,
                             std::span<const std::uint8_t> excluded, const ChooseOptions& options) {
  LIMN_CHECK(!parts.empty());
  LIMN_CHECK(excluded.empty() || excluded.size() == parts.front()->item_count());
  const std::vector<std::size_t> sampled = sampled_users(users, options);
  const auto samples_of = [&](std::span<const Case> cases) {
    return make_samples(parts, users, cases, excluded, options.candidates);
  };
  std::vector<Case> whole;
  for (const std::size_t user : sampled) whole.push_back({user});
  const std::vector<Sample> samples = samples_of(whole);

  ChosenWeights chosen;
  const std::vector<bool> none(parts.size(), false);
  const std::vector<bool> gated = gated_parts(parts, options);
  Weights global = untried_weights(parts, options);
  Weights plain = global;
  chosen.part_ndcg.resize(parts.size());
  if (!sampled.empty()) {
    const Samples everyone = pointers(samples);
    chosen.part_ndcg = ndcg_of_parts(everyone, parts.size(), options.k);
    Found found = weights_of_all(everyone, chosen.part_ndcg, none, options.k);
    global = found.weights;
    if (gated != none) {
      Found without = weights_of_all(everyone, chosen.part_ndcg, gated, options.k);
      plain = without.weights;
      if (!surely_better(everyone, global, plain, options.k)) found = std::move(without);
    }
    chosen.ndcg = found.ndcg;
  }

  const auto cut = cut_cases(users, sampled);
  for (std::size_t bucket = 0; bucket < history_bucket_count; ++bucket) {
    const std::vector<Sample> cut_samples = samples_of(cut[bucket]);
    Samples of_bucket = pointers(cut_samples);
    for (std::size_t i = 0; i < sampled.size(); ++i) {
      if (history_bucket(users[sampled[i]].query.history.size()) != bucket) continue;
      of_bucket.push_back(&samples[i]);
      chosen.users[bucket] += 1;
    }
    Weights weights = weights_of_bucket(of_bucket, global, none, options);
    if (gated != none && !of_bucket.empty()) {
      Weights without = weights_of_bucket(of_bucket, plain, gated, options);
      if (!surely_better(of_bucket, weights, without, options.k)) weights = std::move(without);
    }
    if (bucket == 0) {
      for (float& weight : weights) weight = std::max(weight, newcomer_floor);
    }
    chosen.weights[bucket] = scaled_to_sum_1(std::move(weights));
  }
  return chosen;
}

}  // namespace limn
