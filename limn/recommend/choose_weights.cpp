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
#include "limn/core/top_k.h"

namespace limn {
namespace {

using Weights = std::vector<float>;  // (parts)

// What a weight is moved to: anywhere in the first round, then nearby or away.
constexpr float coarse_grid[] = {0.0F, 0.05F, 0.1F, 0.2F, 0.35F, 0.5F, 0.7F, 1.0F, 1.5F, 2.5F};
constexpr float fine_factors[] = {0.0F, 0.6F, 0.8F, 1.25F, 1.6F};
constexpr int max_rounds = 4;
// A smaller relative gain is noise, and not worth a part more to explain.
constexpr double least_gain = 5e-4;

// Buckets with fewer users borrow longer histories, cut to the newest so many events.
constexpr std::size_t enough_users = 200;
constexpr std::array<std::size_t, history_bucket_count> cut_lengths = {0, 2, 7, SIZE_MAX};

// A newcomer about whom the chosen parts know nothing must still get a list.
constexpr float newcomer_floor = 0.05F;

constexpr std::size_t users_per_chunk = 8;

// One user's candidates, as every part sees them.
struct Sample {
  std::size_t candidates = 0;
  std::vector<float> standardized;      // (parts, candidates)
  std::vector<std::uint32_t> held_out;  // places of the held-out items among the candidates
  std::size_t held_out_count = 0;       // of all held-out items, candidates or not
};

using Samples = std::vector<const Sample*>;

double discount(std::size_t rank) {
  return 1 / std::log2(static_cast<double>(rank) + 2);
}

// How many candidates stand before the one at `position`; of equal ones the first does.
std::size_t rank_of(std::span<const float> totals, std::size_t position) {
  const float own = totals[position];
  std::uint32_t before = 0;
  for (std::size_t i = 0; i < position; ++i) before += totals[i] >= own ? 1U : 0U;
  for (std::size_t i = position + 1; i < totals.size(); ++i) before += totals[i] > own ? 1U : 0U;
  return before;
}

double ndcg(const Sample& sample, std::span<const float> totals, std::size_t k) {
  double gained = 0;
  for (const std::uint32_t position : sample.held_out) {
    const std::size_t rank = rank_of(totals, position);
    if (rank < k) gained += discount(rank);
  }
  double ideal = 0;
  for (std::size_t i = 0; i < std::min(k, sample.held_out_count); ++i) ideal += discount(i);
  return ideal > 0 ? gained / ideal : 0;
}

void add_part(const Sample& sample, std::size_t part, float weight, std::span<float> totals) {
  const float* scores = sample.standardized.data() + part * totals.size();
  for (std::size_t i = 0; i < totals.size(); ++i) totals[i] += weight * scores[i];
}

// The mean NDCG of each of `trials` as the weight of `part`, the other weights as they are.
std::vector<double> try_weights(const Samples& samples, const Weights& weights, std::size_t part,
                                std::span<const float> trials, std::size_t k) {
  std::vector<double> by_user(samples.size() * trials.size());
  parallel_for(samples.size(), users_per_chunk, [&](std::size_t begin, std::size_t end) {
    for (std::size_t u = begin; u < end; ++u) {
      const Sample& sample = *samples[u];
      if (sample.held_out.empty()) continue;
      std::vector<float> others(sample.candidates);
      for (std::size_t p = 0; p < weights.size(); ++p) {
        if (p != part && weights[p] != 0) add_part(sample, p, weights[p], others);
      }
      std::vector<float> totals;
      for (std::size_t t = 0; t < trials.size(); ++t) {
        totals = others;
        add_part(sample, part, trials[t], totals);
        by_user[u * trials.size() + t] = ndcg(sample, totals, k);
      }
    }
  });
  // Added in the order of the users, whoever computed them.
  std::vector<double> means(trials.size());
  for (std::size_t i = 0; i < by_user.size(); ++i) means[i % trials.size()] += by_user[i];
  for (double& mean : means) mean /= static_cast<double>(std::max<std::size_t>(1, samples.size()));
  return means;
}

struct Found {
  Weights weights;
  double ndcg = 0;
};

double mean_ndcg(const Samples& samples, const Weights& weights, std::size_t k) {
  const float own[] = {weights[0]};
  return try_weights(samples, weights, 0, own, k).front();
}

// Moves one weight to its best trial, if that is a gain.
bool improve(const Samples& samples, Found& found, std::size_t part, std::span<const float> trials,
             std::size_t k) {
  const std::vector<double> means = try_weights(samples, found.weights, part, trials, k);
  const auto best = std::max_element(means.begin(), means.end());
  if (*best <= found.ndcg * (1 + least_gain)) return false;
  found.weights[part] = trials[static_cast<std::size_t>(best - means.begin())];
  found.ndcg = *best;
  return true;
}

Found search(const Samples& samples, Weights start, std::size_t k) {
  Found found{std::move(start), 0};
  found.ndcg = mean_ndcg(samples, found.weights, k);
  for (int round = 0; round < max_rounds; ++round) {
    bool improved = false;
    for (std::size_t part = 0; part < found.weights.size(); ++part) {
      std::vector<float> trials(std::begin(coarse_grid), std::end(coarse_grid));
      if (round > 0) {
        trials.assign(std::begin(fine_factors), std::end(fine_factors));
        for (float& trial : trials) trial *= found.weights[part];
      }
      improved |= improve(samples, found, part, trials, k);
    }
    if (!improved) break;
  }
  return found;
}

Weights scaled_to_sum_1(Weights weights) {
  const float total = std::accumulate(weights.begin(), weights.end(), 0.0F);
  if (total <= 0) return weights;
  // Three decimals: weights are stored as text, and read by people.
  for (float& weight : weights) weight = std::round(weight / total * 1000) / 1000;
  return weights;
}

Weights part_alone(std::size_t part, std::size_t part_count) {
  Weights weights(part_count);
  weights[part] = 1;
  return weights;
}

Weights mixed(const Weights& a, const Weights& b, double share_of_a) {
  Weights result(a.size());
  for (std::size_t p = 0; p < a.size(); ++p) {
    result[p] = static_cast<float>(share_of_a * a[p] + (1 - share_of_a) * b[p]);
  }
  return result;
}

Found better_of(Found a, Found b) {
  return b.ndcg > a.ndcg ? std::move(b) : std::move(a);
}

std::vector<double> ndcg_of_parts(const Samples& samples, std::size_t part_count, std::size_t k) {
  std::vector<double> alone;
  for (std::size_t p = 0; p < part_count; ++p) {
    alone.push_back(mean_ndcg(samples, part_alone(p, part_count), k));
  }
  return alone;
}

Found best_part(std::span<const double> alone) {
  const auto best = std::max_element(alone.begin(), alone.end());
  return {part_alone(static_cast<std::size_t>(best - alone.begin()), alone.size()), *best};
}

// One bucket's weights: its own search, drawn towards everyone's where it has few users.
Weights weights_of_bucket(const Samples& samples, const Weights& global,
                          const ChooseOptions& options) {
  if (samples.empty()) return global;
  const std::size_t k = options.k;
  const Found own = search(samples, global, k);
  const auto count = static_cast<double>(samples.size());
  const Weights drawn =
      mixed(scaled_to_sum_1(own.weights), global, count / (count + options.shrink_users));
  Found found =
      better_of({global, mean_ndcg(samples, global, k)}, {drawn, mean_ndcg(samples, drawn, k)});
  found = better_of(std::move(found), best_part(ndcg_of_parts(samples, global.size(), k)));
  return found.weights;
}

// Scores one query and keeps what the search needs. `used` marks what is no candidate.
Sample make_sample(std::span<const Recommender* const> parts, const Query& query,
                   std::span<const ItemIndex> held_out, std::span<const std::uint8_t> used,
                   std::size_t candidate_count) {
  const std::vector<std::uint8_t> seen_by_parts = used_items(query.history, used.size());
  std::vector<std::vector<float>> scores(parts.size(), std::vector<float>(used.size()));
  std::vector<PartScale> scales;
  std::vector<ItemIndex> candidates;
  for (std::size_t p = 0; p < parts.size(); ++p) {
    parts[p]->score(query, scores[p]);
    scales.push_back(standard_scale(scores[p], seen_by_parts));
    if (scales[p].factor == 0) continue;
    TopK best(std::min(candidate_count, used.size()));
    for (ItemIndex item = 0; item < used.size(); ++item) {
      if (used[item] == 0) best.offer(item, scores[p][item]);
    }
    for (const Scored& scored : best.take()) candidates.push_back(scored.index);
  }
  std::sort(candidates.begin(), candidates.end());
  candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());

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
      samples[i] = make_sample(parts, query, user.held_out, used, candidates);
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
  Weights global = scaled_to_sum_1(Weights(parts.size(), 1.0F));
  chosen.part_ndcg.resize(parts.size());
  if (!sampled.empty()) {
    const Samples everyone = pointers(samples);
    chosen.part_ndcg = ndcg_of_parts(everyone, parts.size(), options.k);
    const Found found = better_of(search(everyone, best_part(chosen.part_ndcg).weights, options.k),
                                  search(everyone, global, options.k));
    global = scaled_to_sum_1(found.weights);
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
    Weights weights = weights_of_bucket(of_bucket, global, options);
    if (bucket == 0) {
      for (float& weight : weights) weight = std::max(weight, newcomer_floor);
    }
    chosen.weights[bucket] = scaled_to_sum_1(std::move(weights));
  }
  return chosen;
}

}  // namespace limn
