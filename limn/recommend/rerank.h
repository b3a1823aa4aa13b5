// The list: the best items that may be shown, made diverse.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "limn/core/matrix.h"
#include "limn/core/top_k.h"
#include "limn/recommend/recommender.h"

namespace limn {

struct RerankOptions {
  std::size_t n = 10;            // length of the list
  std::size_t candidates = 100;  // the best so many are re-ranked; at least n are taken
  float diversity = 0;           // 0: by score alone; towards 1: unlike what stands before
};

// The n best scores of items not excluded, best first, made diverse as diversify() does. Fewer
// where there are fewer. `excluded` (items, or empty): not 0 for items that must not be shown:
// hidden, used, of another category. `embeddings` (items, dim) may be empty: then nothing is
// re-ranked.
[[nodiscard]] std::vector<Scored> top_items(std::span<const float> scores,
                                            std::span<const std::uint8_t> excluded,
                                            MatrixView embeddings, const RerankOptions& options);

// Scores the query, then top_items.
[[nodiscard]] std::vector<Scored> recommend_top(const Query& query, const Recommender& recommender,
                                                std::span<const std::uint8_t> excluded,
                                                MatrixView embeddings,
                                                const RerankOptions& options);

// Maximal marginal relevance (Carbonell and Goldstein, 1998): picks, n times, the candidate with
// the greatest (1 - diversity) * relevance - diversity * greatest cosine to what is picked already.
// Relevance is the score, scaled to [0, 1] over the candidates; scores are kept as they were.
// `candidates` best first; rows of `embeddings` of length 1 or 0. O(n * candidates * dim).
[[nodiscard]] std::vector<Scored> diversify(std::span<const Scored> candidates,
                                            MatrixView embeddings, const RerankOptions& options);

}  // namespace limn
