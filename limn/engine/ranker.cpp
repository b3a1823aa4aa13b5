#include "limn/engine/ranker.h"

#include <algorithm>
#include <cmath>

#include "limn/core/check.h"
#include "limn/recommend/rerank.h"

namespace limn {

bool SecondStage::applies(const Query& query) const {
  return ranker != nullptr && weight != 0 &&
         std::ranges::any_of(query.history,
                             [](const HistoryEntry& entry) { return entry.weight > 0; });
}

std::vector<ItemIndex> ranker_candidates(std::span<const float> scores,
                                         std::span<const std::uint8_t> used) {
  LIMN_CHECK(scores.size() == used.size());
  std::vector<ItemIndex> candidates;
  for (const Scored& scored : top_items(scores, used, {}, {.n = ranker_candidate_count}))
    candidates.push_back(scored.index);
  return candidates;
}

std::vector<float> standardized(std::span<const float> scores) {
  std::vector<float> result(scores.size());
  const std::vector<std::uint8_t> none(scores.size());
  const auto [factor, mean] = standard_scale(scores, none);
  if (factor == 0) return result;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    result[i] = static_cast<float>(factor * (scores[i] - mean));
  }
  return result;
}

void RankedBlend::score(const Query& query, std::span<float> scores) const {
  static_cast<void>(score_in_stages(query, scores));
}

StagedScores RankedBlend::score_in_stages(const Query& query, std::span<float> scores) const {
  StagedScores staged;
  const bool twice = stage_.applies(query);
  Matrix of_parts;
  const bool asked = twice && stage_.ranker->reads_parts();
  staged.scales = blend_.score_with_scales(query, scores, asked ? &of_parts : nullptr);
  if (!twice) return staged;
  const std::vector<std::uint8_t> used = used_items(query.history, scores.size());
  const std::vector<ItemIndex> candidates = ranker_candidates(scores, used);
  const std::vector<float> found =
      standardized(stage_.ranker->score({query, candidates, of_parts, used}));
  LIMN_CHECK(found.size() == candidates.size());
  for (std::size_t c = 0; c < candidates.size(); ++c) {
    const float added = stage_.weight * found[c];
    scores[candidates[c]] += added;
    staged.added.emplace_back(candidates[c], added);
  }
  std::ranges::sort(staged.added);
  return staged;
}

std::vector<std::vector<Term>> RankedBlend::explain_items(const Query& query,
                                                          std::span<const ItemIndex> items) const {
  std::vector<float> scores(item_count());
  return explain_items(query, items, score_in_stages(query, scores));
}

std::vector<std::vector<Term>> RankedBlend::explain_items(const Query& query,
                                                          std::span<const ItemIndex> items,
                                                          const StagedScores& staged) const {
  std::vector<std::vector<Term>> terms = blend_.explain_items(query, items, staged.scales);
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto found =
        std::ranges::lower_bound(staged.added, items[i], {}, &std::pair<ItemIndex, float>::first);
    if (found == staged.added.end() || found->first != items[i]) continue;
    terms[i].push_back({.kind = Term::Kind::ranker,
                        .ref = items[i],
                        .weight = found->second,
                        .part = static_cast<std::uint32_t>(blend_.parts().size())});
  }
  return terms;
}

}  // namespace limn
