// Weight search: the weights of parts that rank held-out items best, on samples that were scored
// once. The inside of choose_weights().
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace limn {

using PartWeights = std::vector<float>;  // (parts)

// One user's candidates, as every part sees them.
struct WeightSample {
  std::size_t candidates = 0;
  std::vector<float> standardized;      // (parts, candidates)
  std::vector<std::uint32_t> held_out;  // places of the held-out items among the candidates
  std::size_t held_out_count = 0;       // of all held-out items, candidates or not
};

using WeightSamples = std::vector<const WeightSample*>;

struct FoundWeights {
  PartWeights weights;
  double ndcg = 0;  // the mean over the samples
};

// The mean NDCG@k of the samples with these weights.
[[nodiscard]] double mean_ndcg(const WeightSamples& samples, const PartWeights& weights,
                               std::size_t k);
// (parts): that of each part alone.
[[nodiscard]] std::vector<double> ndcg_of_parts(const WeightSamples& samples,
                                                std::size_t part_count, std::size_t k);

// Moves one weight after the other, from `start`, until none improves NDCG. Parts that are left out
// stay at 0.
[[nodiscard]] FoundWeights search_weights(const WeightSamples& samples, PartWeights start,
                                          const std::vector<bool>& left_out, std::size_t k);

// Whether the users are better off with `weights` than with `plain` by more than one standard error
// of the difference: the rule by which trees are pruned (Breiman et al., 1984). What a search finds
// in some hundred users by chance costs all the others.
[[nodiscard]] bool surely_better(const WeightSamples& samples, const PartWeights& weights,
                                 const PartWeights& plain, std::size_t k);

// The best part that is not left out, alone. Requires one.
[[nodiscard]] FoundWeights best_part(std::span<const double> alone,
                                     const std::vector<bool>& left_out);

// Every part that is not left out has the same weight; their sum is 1.
[[nodiscard]] PartWeights all_alike(const std::vector<bool>& left_out);

// Likewise any weights, with three decimals: they are stored as text, and read by people.
[[nodiscard]] PartWeights scaled_to_sum_1(PartWeights weights);

// a's share of each weight, and b's the rest.
[[nodiscard]] PartWeights mixed(const PartWeights& a, const PartWeights& b, double share_of_a);

// The one with the greater NDCG; of equals the first.
[[nodiscard]] FoundWeights better_of(FoundWeights a, FoundWeights b);

}  // namespace limn
