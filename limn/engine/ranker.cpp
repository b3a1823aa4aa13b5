#include "limn/engine/ranker.h"

#include <algorithm>
#include <cmath>

#include "limn/core/check.h"
#include "limn/core/top_k.h"

namespace limn {

bool SecondStage::applies(const Query& query) const {
  return ranker != nullptr && weight != 0 &&
         std::ranges::any_of(query.history,
                             [](const HistoryEntry& entry) { return entry.weight > 0; });
}

std::vector<ItemIndex> ranker_candidates(std::span<const float> scores,
                                         std::span<const std::uint8_t> used) {
  LIMN_CHECK(scores.size() == used.size());
  TopK best(std::min(ranker_candidate_count, scores.size()));
  for (ItemIndex item = 0; item < scores.size(); ++item) {
    if (used[item] == 0) best.offer(item, scores[item]);
  }
  std::vector<ItemIndex> candidates;
  for (const Scored& scored : best.take()) candidates.push_back(scored.index);
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
  if (!stage_.applies(query)) {
    staged.scales = blend_.score_with_scales(query, scores);
    return staged;
  }
  Matrix of_parts;
  if (stage_.ranker->reads_parts()) {
    BlendScores blended = blend_.score_parts(query);
    std::ranges::copy(blended.total, scores.begin());
    staged.scales = std::move(blended.scales);
    of_parts = std::move(blended.of_parts);
  } else {
    staged.scales = blend_.score_with_scales(query, scores);
  }
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
