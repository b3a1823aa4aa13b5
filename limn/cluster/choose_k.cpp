// More clusters always fit better, so the fit alone cannot tell how many there are. Two things can:
// whether clusters are apart (the silhouette), and whether other points of the same kind fall into
// the same clusters (stability: Lange et al., 2004; Ben-Hur et al., 2002). The first likes many
// clusters, the second few. Their product does not depend on the scale of either.
#include "limn/cluster/choose_k.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

#include "limn/cluster/assign.h"
#include "limn/cluster/kmeans.h"
#include "limn/cluster/measures.h"
#include "limn/cluster/rows.h"
#include "limn/core/check.h"
#include "limn/core/parallel.h"
#include "limn/core/random.h"

namespace limn {
namespace {

// Fewer points than this in each cluster of a half tell nothing about it.
constexpr std::size_t min_points_per_cluster = 5;

// Quarter octaves up to sqrt(n / 2), the old rule of thumb: from 0.35 times it. Where few words
// make up the texts (films by title and genre) the score grows beyond it without end, one cluster
// for each combination, and a reader has more topics than names. A few hundred texts are about more
// things than that: a tenth of them up to sixteen.
constexpr int lowest_step = -6;
constexpr int highest_step = 0;

std::vector<std::size_t> candidate_ks(std::size_t n, const ChooseKOptions& options) {
  const double few = std::min(16.0, static_cast<double>(n) / 10);
  const double center = std::max(few, std::sqrt(static_cast<double>(n) / 2));
  std::vector<std::size_t> ks;
  for (int step = lowest_step; step <= highest_step; ++step) {
    const auto k = static_cast<std::size_t>(std::lround(center * std::exp2(step / 4.0)));
    ks.push_back(std::clamp(k, options.smallest, options.largest));
  }
  const auto rest = std::ranges::unique(ks);
  ks.erase(rest.begin(), rest.end());
  std::erase_if(ks, [&](std::size_t k) { return 2 * min_points_per_cluster * k > n; });
  return ks;
}

KCandidate judge(MatrixView sample, std::size_t k, std::uint64_t seed) {
  const std::size_t half = sample.rows() / 2;
  const MatrixView first = sample.slice(0, half);
  const MatrixView second = sample.slice(half, sample.rows() - half);
  const KMeansOptions options{
      .k = k, .max_iterations = 10, .restarts = 1, .swap_trials = 0, .seed = seed};
  const std::vector<std::uint32_t> by_first =
      assign(sample, kmeans(first, options).centroids).labels;
  const std::vector<std::uint32_t> by_second =
      assign(sample, kmeans(second, options).centroids).labels;

  KCandidate candidate{.k = k};
  candidate.silhouette = (silhouette(second, std::span(by_first).subspan(half)) +
                          silhouette(first, std::span(by_second).first(half))) /
                         2;
  candidate.stability = adjusted_rand(by_first, by_second);
  candidate.score = std::max(0.0, candidate.silhouette) * std::max(0.0, candidate.stability);
  return candidate;
}

// Scores are noisy, and a reader prefers fewer topics: of those nearly as good as the best, the
// fewest (after the one-standard-error rule of Breiman et al., 1984).
std::size_t fewest_within_reach(std::span<const KCandidate> candidates) {
  constexpr double nearly = 0.9;
  const double best = std::ranges::max_element(candidates, {}, &KCandidate::score)->score;
  return std::ranges::find_if(
             candidates,
             [&](const KCandidate& candidate) { return candidate.score >= nearly * best; })
      ->k;
}

}  // namespace

KChoice choose_k(MatrixView points, const ChooseKOptions& options) {
  LIMN_CHECK(1 <= options.smallest && options.smallest <= options.largest);
  std::vector<std::size_t> rows = nonzero_rows(points);
  KChoice choice;
  const std::vector<std::size_t> ks = candidate_ks(rows.size(), options);
  if (ks.empty()) {
    choice.k = std::clamp<std::size_t>(rows.size() / 4, 1, options.smallest);
    return choice;
  }
  Random random(options.seed);
  random.shuffle(std::span(rows));
  const std::size_t count = std::max(options.sample, 2 * min_points_per_cluster * ks.back());
  rows.resize(std::min(rows.size(), count));
  const Matrix sample = gather_rows(points, rows);
  choice.candidates.resize(ks.size());
  parallel_for(ks.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      choice.candidates[i] = judge(sample, ks[i], options.seed);
    }
  });
  choice.k = fewest_within_reach(choice.candidates);
  return choice;
}

}  // namespace limn
