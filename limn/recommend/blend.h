// Blend: several recommenders as one, each on its user's own scale.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "limn/recommend/recommender.h"

namespace limn {

// (parts) weights for each length of history (history_bucket); 0 leaves a part out.
using BlendWeights = std::array<std::vector<float>, history_bucket_count>;

// How a part's scores enter the sum for one query: factor * (score - mean).
struct PartScale {
  double factor = 0;  // weight / standard deviation; 0 where the part has nothing to say
  double mean = 0;
};

// The scale of weight 1 for `scores`, over the items that are not used; a factor of 0 where the
// scores are all equal or one is not finite. Requires equal lengths.
[[nodiscard]] PartScale standard_scale(std::span<const float> scores,
                                       std::span<const std::uint8_t> used);

// (item_count): 1 for the items of the history, else 0.
[[nodiscard]] std::vector<std::uint8_t> used_items(History history, std::size_t item_count);

// total = sum over the parts of weight * (score - mean) / deviation, mean and deviation over the
// items that the user has not used. A part with equal scores everywhere, or with one that is not
// finite, adds 0.
class Blend final : public Recommender {
 public:
  // The parts are borrowed, and agree on item_count(). Requires at least one part, and weights for
  // each, finite.
  Blend(std::vector<const Recommender*> parts, BlendWeights weights);

  [[nodiscard]] std::string_view name() const override { return "blend"; }
  [[nodiscard]] std::size_t item_count() const override { return parts_.front()->item_count(); }
  void score(const Query& query, std::span<float> scores) const override;
  // Every part's terms, scaled as its scores are, and a base term for each part's mean; `part`
  // tells whose. Scores the query again for the scales: to explain a list, use the functions below.
  [[nodiscard]] std::vector<std::vector<Term>> explain_items(
      const Query& query, std::span<const ItemIndex> items) const override;

  // As score; answers the scales (parts) that explain needs. Where `of_parts` is given, it becomes
  // (parts, items): what each part says, also those without weight.
  std::vector<PartScale> score_with_scales(const Query& query, std::span<float> scores,
                                           Matrix* of_parts = nullptr) const;
  [[nodiscard]] std::vector<std::vector<Term>> explain_items(
      const Query& query, std::span<const ItemIndex> items,
      std::span<const PartScale> scales) const;

  [[nodiscard]] std::span<const Recommender* const> parts() const { return parts_; }

 private:
  std::vector<const Recommender*> parts_;
  BlendWeights weights_;
};

// What each of `part_count` parts gave to a score: the sum of its terms, its base included. Answers
// what feedback's update() takes.
[[nodiscard]] std::vector<double> part_totals(std::span<const Term> terms, std::size_t part_count);

}  // namespace limn
