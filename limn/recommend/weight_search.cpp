#include "limn/recommend/weight_search.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "limn/core/parallel.h"
#include "limn/recommend/middle_rank.h"

namespace limn {
namespace {

// What a weight is moved to: anywhere in the first two rounds, then nearby or away. The first parts
// were tried before the last ones had a weight, and are told anew in the second round.
constexpr float coarse_grid[] = {0.0F, 0.05F, 0.1F, 0.2F, 0.35F, 0.5F, 0.7F, 1.0F, 1.5F, 2.5F};
constexpr float fine_factors[] = {0.0F, 0.6F, 0.8F, 1.25F, 1.6F};
constexpr int coarse_rounds = 2;
constexpr int max_rounds = 5;
// A smaller relative gain is noise, and not worth a part more to explain.
constexpr double least_gain = 5e-4;

constexpr std::size_t users_per_chunk = 8;

double ndcg(const WeightSample& sample, std::span<const float> totals, std::size_t k) {
  std::vector<float> relevant;
  for (const std::uint32_t position : sample.held_out) relevant.push_back(totals[position]);
  const double best = best_gain(sample.held_out_count, k);
  return best > 0 ? gain_of(totals, relevant, k) / best : 0;
}

void add_part(const WeightSample& sample, std::size_t part, float weight, std::span<float> totals) {
  const float* scores = sample.standardized.data() + part * totals.size();
  for (std::size_t i = 0; i < totals.size(); ++i) totals[i] += weight * scores[i];
}

// (samples x trials): each user's NDCG with each of `trials` as the weight of `part`, the other
// weights as they are.
std::vector<double> try_by_user(const WeightSamples& samples, const PartWeights& weights,
                                std::size_t part, std::span<const float> trials, std::size_t k) {
  std::vector<double> by_user(samples.size() * trials.size());
  parallel_for(samples.size(), users_per_chunk, [&](std::size_t begin, std::size_t end) {
    for (std::size_t u = begin; u < end; ++u) {
      const WeightSample& sample = *samples[u];
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
  return by_user;
}

// The mean NDCG of each of `trials`, likewise.
std::vector<double> try_weights(const WeightSamples& samples, const PartWeights& weights,
                                std::size_t part, std::span<const float> trials, std::size_t k) {
  const std::vector<double> by_user = try_by_user(samples, weights, part, trials, k);
  // Added in the order of the users, whoever computed them.
  std::vector<double> means(trials.size());
  for (std::size_t i = 0; i < by_user.size(); ++i) means[i % trials.size()] += by_user[i];
  for (double& mean : means) mean /= static_cast<double>(std::max<std::size_t>(1, samples.size()));
  return means;
}

PartWeights part_alone(std::size_t part, std::size_t part_count) {
  PartWeights weights(part_count);
  weights[part] = 1;
  return weights;
}

}  // namespace

double mean_ndcg(const WeightSamples& samples, const PartWeights& weights, std::size_t k) {
  const float own[] = {weights[0]};
  return try_weights(samples, weights, 0, own, k).front();
}

std::vector<double> ndcg_of_parts(const WeightSamples& samples, std::size_t part_count,
                                  std::size_t k) {
  std::vector<double> alone;
  for (std::size_t p = 0; p < part_count; ++p) {
    alone.push_back(mean_ndcg(samples, part_alone(p, part_count), k));
  }
  return alone;
}

namespace {

// Only the weights' ratios matter; so the grid reaches as far for each.
void scale_to_largest_1(PartWeights& weights) {
  const float largest = *std::ranges::max_element(weights);
  if (largest <= 0) return;
  for (float& weight : weights) weight /= largest;
}

// Moves one weight to its best trial, if that is a gain.
bool improve(const WeightSamples& samples, FoundWeights& found, std::size_t part,
             std::span<const float> trials, std::size_t k) {
  const std::vector<double> means = try_weights(samples, found.weights, part, trials, k);
  const auto best = std::max_element(means.begin(), means.end());
  if (*best <= found.ndcg * (1 + least_gain)) return false;
  found.weights[part] = trials[static_cast<std::size_t>(best - means.begin())];
  found.ndcg = *best;
  return true;
}

}  // namespace

FoundWeights search_weights(const WeightSamples& samples, PartWeights start,
                            const std::vector<bool>& left_out, std::size_t k) {
  FoundWeights found{std::move(start), 0};
  found.ndcg = mean_ndcg(samples, found.weights, k);
  for (int round = 0; round < max_rounds; ++round) {
    bool improved = false;
    if (round > 0) scale_to_largest_1(found.weights);
    for (std::size_t part = 0; part < found.weights.size(); ++part) {
      if (left_out[part]) continue;
      std::vector<float> trials(std::begin(coarse_grid), std::end(coarse_grid));
      if (round >= coarse_rounds) {
        trials.assign(std::begin(fine_factors), std::end(fine_factors));
        for (float& trial : trials) trial *= found.weights[part];
      }
      improved |= improve(samples, found, part, trials, k);
    }
    if (!improved && round + 1 >= coarse_rounds) break;
  }
  return found;
}

bool surely_better(const WeightSamples& samples, const PartWeights& weights,
                   const PartWeights& plain, std::size_t k) {
  const float own[] = {weights[0]};
  const float other[] = {plain[0]};
  const std::vector<double> a = try_by_user(samples, weights, 0, own, k);
  const std::vector<double> b = try_by_user(samples, plain, 0, other, k);
  double sum = 0;
  double squares = 0;
  for (std::size_t u = 0; u < a.size(); ++u) {
    sum += a[u] - b[u];
    squares += (a[u] - b[u]) * (a[u] - b[u]);
  }
  const auto n = static_cast<double>(a.size());
  const double variance = std::max(0.0, squares / n - sum / n * (sum / n));
  return n > 0 && sum / n > std::sqrt(variance / n);
}

PartWeights scaled_to_sum_1(PartWeights weights) {
  const float total = std::accumulate(weights.begin(), weights.end(), 0.0F);
  if (total <= 0) return weights;
  // Three decimals: weights are stored as text, and read by people.
  for (float& weight : weights) weight = std::round(weight / total * 1000) / 1000;
  return weights;
}

PartWeights mixed(const PartWeights& a, const PartWeights& b, double share_of_a) {
  PartWeights result(a.size());
  for (std::size_t p = 0; p < a.size(); ++p) {
    result[p] = static_cast<float>(share_of_a * a[p] + (1 - share_of_a) * b[p]);
  }
  return result;
}

FoundWeights better_of(FoundWeights a, FoundWeights b) {
  return b.ndcg > a.ndcg ? std::move(b) : std::move(a);
}

FoundWeights best_part(std::span<const double> alone, const std::vector<bool>& left_out) {
  std::size_t best = 0;
  while (best + 1 < alone.size() && left_out[best]) ++best;
  for (std::size_t part = best + 1; part < alone.size(); ++part) {
    if (!left_out[part] && alone[part] > alone[best]) best = part;
  }
  return {part_alone(best, alone.size()), alone[best]};
}

PartWeights all_alike(const std::vector<bool>& left_out) {
  PartWeights weights;
  for (const bool out : left_out) weights.push_back(out ? 0.0F : 1.0F);
  return scaled_to_sum_1(std::move(weights));
}

}  // namespace limn
