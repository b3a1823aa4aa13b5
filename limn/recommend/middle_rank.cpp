#include "limn/recommend/middle_rank.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>

namespace limn {

double middle_rank(std::span<const float> scores, float score) {
  std::uint32_t above = 0;
  std::uint32_t not_below = 0;
  for (const float other : scores) {
    above += other > score ? 1U : 0U;
    not_below += other >= score ? 1U : 0U;
  }
  return above + 0.5 * (not_below - above - 1);
}

double gain_of(std::span<const float> scores, std::span<float> relevant, std::size_t k) {
  std::ranges::sort(relevant, std::greater());
  double gain = 0;
  for (const float score : relevant) {
    const double rank = middle_rank(scores, score);
    if (rank >= static_cast<double>(k)) break;  // and so are all below it
    gain += discounted_gain(rank, k);
  }
  return gain;
}

double discounted_gain(double rank, std::size_t k) {
  return rank < static_cast<double>(k) ? 1 / std::log2(rank + 2) : 0;
}

double best_gain(std::size_t relevant, std::size_t k) {
  double gain = 0;
  for (std::size_t i = 0; i < std::min(k, relevant); ++i) {
    gain += discounted_gain(static_cast<double>(i), k);
  }
  return gain;
}

}  // namespace limn
