// TreeRanker: boosted trees over what every part says of a candidate.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "limn/engine/models.h"
#include "limn/engine/ranker.h"
#include "limn/recommend/boosted_ranker.h"
#include "limn/recommend/rank_features.h"

namespace limn {

// What trees are told beside the parts' scores; borrows `models`.
[[nodiscard]] ItemFacts tree_facts(const ModelView& models);

// (candidates, features) of one question; see rank_features().
[[nodiscard]] Matrix tree_features(const RankerQuestion& question, const ItemFacts& facts);

class TreeRanker final : public Ranker {
 public:
  // The facts are borrowed. Requires trees that learnt from as many features as questions have.
  TreeRanker(BoostedRanker trees, const ItemFacts& facts)
      : trees_(std::move(trees)), facts_(facts) {}

  [[nodiscard]] std::string_view name() const override { return "trees"; }
  [[nodiscard]] bool reads_parts() const override { return true; }
  // Zeros where LightGBM fails, which then says nothing: a list is better than none.
  [[nodiscard]] std::vector<float> score(const RankerQuestion& question) const override;

 private:
  BoostedRanker trees_;
  ItemFacts facts_;
};

}  // namespace limn
