// Scores of different parts are not comparable, and one part's are not comparable between two
// users: a long history adds up to more. So each part is measured in its own standard deviations
// over the user's candidates before it is weighed.
#include "limn/recommend/blend.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include "limn/core/check.h"

namespace limn {

std::vector<std::uint8_t> used_items(History history, std::size_t item_count) {
  std::vector<std::uint8_t> used(item_count);
  for (const HistoryEntry& entry : history) {
    if (entry.item < item_count) used[entry.item] = 1;
  }
  return used;
}

namespace {

// Sums over the items that are not used, of scores around one of them: far from 0, squares would
// lose the digits that matter.
struct Sums {
  double count = 0;
  double sum = 0;
  double sum_sq = 0;
};

// In lanes, which do not wait for each other: one sum after the other takes four times as long.
Sums sums_of_unused(std::span<const float> scores, std::span<const std::uint8_t> used,
                    double origin) {
  constexpr std::size_t lanes = 8;
  Sums parts[lanes];
  const std::size_t whole = scores.size() / lanes * lanes;
  const auto add = [&](Sums& to, std::size_t i) {
    const double taken = used[i] == 0 ? 1.0 : 0.0;
    const double value = taken * (scores[i] - origin);
    to.count += taken;
    to.sum += value;
    to.sum_sq += value * value;
  };
  for (std::size_t i = 0; i < whole; i += lanes) {
    for (std::size_t lane = 0; lane < lanes; ++lane) add(parts[lane], i + lane);
  }
  for (std::size_t i = whole; i < scores.size(); ++i) add(parts[i - whole], i);
  Sums all;
  for (const Sums& part : parts) {
    all.count += part.count;
    all.sum += part.sum;
    all.sum_sq += part.sum_sq;
  }
  return all;
}

}  // namespace

PartScale standard_scale(std::span<const float> scores, std::span<const std::uint8_t> used) {
  const double origin = scores.empty() ? 0.0 : scores.front();
  const auto [count, sum, sum_sq] = sums_of_unused(scores, used, origin);
  if (count == 0) return {};
  const double mean = sum / count;
  const double variance = sum_sq / count - mean * mean;
  // A variance that rounding alone could leave is none. One that is not finite comes from a score
  // that is not, or from an overflow.
  const double rounding = 1e-12 * (mean * mean + origin * origin);
  if (!(variance > rounding) || !std::isfinite(variance)) return {};
  return {.factor = 1 / std::sqrt(variance), .mean = origin + mean};
}

namespace {

// Adds a part to the blend's scores, and answers the scale that it has there.
PartScale add_scaled_part(std::span<const float> part_scores, std::span<const std::uint8_t> used,
                          float weight, std::span<float> scores) {
  PartScale scale = standard_scale(part_scores, used);
  scale.factor *= weight;
  const auto [factor, mean] = scale;
  if (factor == 0) return scale;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    scores[i] += static_cast<float>(factor * (part_scores[i] - mean));
  }
  return scale;
}

}  // namespace

Blend::Blend(std::vector<const Recommender*> parts, BlendWeights weights)
    : parts_(std::move(parts)), weights_(std::move(weights)) {
  LIMN_CHECK(!parts_.empty());
  for (const Recommender* part : parts_) LIMN_CHECK(part->item_count() == item_count());
  for (const std::vector<float>& of_bucket : weights_) {
    LIMN_CHECK(of_bucket.size() == parts_.size());
    for (const float weight : of_bucket) LIMN_CHECK(std::isfinite(weight));
  }
}

void Blend::score(const Query& query, std::span<float> scores) const {
  static_cast<void>(score_with_scales(query, scores));
}

std::vector<PartScale> Blend::score_with_scales(const Query& query, std::span<float> scores,
                                                Matrix* of_parts) const {
  LIMN_CHECK(scores.size() == item_count());
  const std::vector<float>& weights = weights_[history_bucket(query.history.size())];
  const std::vector<std::uint8_t> used = used_items(query.history, scores.size());
  std::vector<PartScale> scales(parts_.size());
  std::fill(scores.begin(), scores.end(), 0.0F);
  // One row serves all parts where nobody asks for theirs.
  Matrix rows(of_parts != nullptr ? parts_.size() : 1, scores.size());

  for (std::size_t p = 0; p < parts_.size(); ++p) {
    if (weights[p] == 0 && of_parts == nullptr) continue;
    const std::span<float> part_scores = rows.row(of_parts != nullptr ? p : 0);
    parts_[p]->score(query, part_scores);
    if (weights[p] != 0) scales[p] = add_scaled_part(part_scores, used, weights[p], scores);
  }
  if (of_parts != nullptr) *of_parts = std::move(rows);
  return scales;
}

std::vector<std::vector<Term>> Blend::explain_items(const Query& query,
                                                    std::span<const ItemIndex> items) const {
  std::vector<float> scores(item_count());
  return explain_items(query, items, score_with_scales(query, scores));
}

std::vector<std::vector<Term>> Blend::explain_items(const Query& query,
                                                    std::span<const ItemIndex> items,
                                                    std::span<const PartScale> scales) const {
  LIMN_CHECK(scales.size() == parts_.size());
  std::vector<std::vector<Term>> terms(items.size());
  for (std::uint32_t p = 0; p < parts_.size(); ++p) {
    const auto [factor, mean] = scales[p];
    if (factor == 0) continue;
    const std::vector<std::vector<Term>> of_part = parts_[p]->explain_items(query, items);
    for (std::size_t i = 0; i < items.size(); ++i) {
      for (Term term : of_part[i]) {
        term.weight = static_cast<float>(factor * term.weight);
        term.part = p;
        terms[i].push_back(term);
      }
      terms[i].push_back({.kind = Term::Kind::base,
                          .ref = items[i],
                          .weight = static_cast<float>(-factor * mean),
                          .part = p});
    }
  }
  return terms;
}

std::vector<double> part_totals(std::span<const Term> terms, std::size_t part_count) {
  std::vector<double> totals(part_count);
  for (const Term& term : terms) {
    LIMN_CHECK(term.part < part_count);
    totals[term.part] += term.weight;
  }
  return totals;
}

}  // namespace limn
