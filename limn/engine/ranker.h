// Ranker: a second stage over the blend, which looks at a query's best items once more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "limn/recommend/blend.h"
#include "limn/recommend/recommender.h"

namespace limn {

// How many items of the blend a ranker looks at: as many as a list of 60 is re-ranked from.
inline constexpr std::size_t ranker_candidate_count = 200;

// What a ranker is asked. Borrowed for the call.
struct RankerQuestion {
  const Query& query;
  std::span<const ItemIndex> candidates;
  MatrixView part_scores;              // (parts, items); empty for a ranker that reads none
  std::span<const std::uint8_t> used;  // (items): 1 for those of the history
};

// Immutable; any thread may call any member.
class Ranker {
 public:
  virtual ~Ranker() = default;

  // "trees" or "din", as recommend.ranker has it.
  [[nodiscard]] virtual std::string_view name() const = 0;
  // Whether it reads what each part says, which then all are asked, also those without weight.
  [[nodiscard]] virtual bool reads_parts() const = 0;
  // (candidates): higher is better, on any scale; all equal where it has nothing to say.
  [[nodiscard]] virtual std::vector<float> score(const RankerQuestion& question) const = 0;
};

// A ranker, or none, and what it weighs. Borrowed.
struct SecondStage {
  const Ranker* ranker = nullptr;
  float weight = 0;

  // Whether a query is ranked twice. Nobody without a choice can be held out, so nothing was
  // learned for newcomers: theirs is the blend's order.
  [[nodiscard]] bool applies(const Query& query) const;
};

// The best ranker_candidate_count items of `scores` that are not used, best first.
[[nodiscard]] std::vector<ItemIndex> ranker_candidates(std::span<const float> scores,
                                                       std::span<const std::uint8_t> used);

// In standard deviations from the mean; zeros where all are equal or one is not finite.
[[nodiscard]] std::vector<float> standardized(std::span<const float> scores);

// How a query's scores came about.
struct StagedScores {
  std::vector<PartScale> scales;                   // (parts)
  std::vector<std::pair<ItemIndex, float>> added;  // by the ranker; ascending by item
};

// The blend and what a ranker adds to it:
//
//   score = blend + weight * (ranker's score, standardized over the candidates)
//
// for the blend's best candidates; other items keep the blend's score. So a reason is exact as the
// blend's are, with one more term. Without a ranker, or with weight 0, it is the blend to the bit.
class RankedBlend final : public Recommender {
 public:
  // The parts, and the ranker, are borrowed. Requires what Blend does.
  RankedBlend(std::vector<const Recommender*> parts, BlendWeights weights, SecondStage stage = {})
      : blend_(std::move(parts), std::move(weights)), stage_(stage) {}

  [[nodiscard]] std::string_view name() const override { return blend_.name(); }
  [[nodiscard]] std::size_t item_count() const override { return blend_.item_count(); }
  [[nodiscard]] const Blend& blend() const { return blend_; }
  [[nodiscard]] const SecondStage& stage() const { return stage_; }

  void score(const Query& query, std::span<float> scores) const override;
  // The blend's terms, and one of kind `ranker`, whose part is the number of parts, for each item
  // that was ranked twice.
  [[nodiscard]] std::vector<std::vector<Term>> explain_items(
      const Query& query, std::span<const ItemIndex> items) const override;

  // As score; answers what explain needs.
  StagedScores score_in_stages(const Query& query, std::span<float> scores) const;
  [[nodiscard]] std::vector<std::vector<Term>> explain_items(const Query& query,
                                                             std::span<const ItemIndex> items,
                                                             const StagedScores& staged) const;

 private:
  Blend blend_;
  SecondStage stage_;
};

}  // namespace limn
