// The list: the best items that may be shown, made diverse, calibrated, less popular.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "limn/core/matrix.h"
#include "limn/core/sparse.h"
#include "limn/core/top_k.h"
#include "limn/recommend/recommender.h"

namespace limn {

struct RerankOptions {
  std::size_t n = 10;            // length of the list
  std::size_t candidates = 100;  // the best so many are re-ranked; at least n are taken
  // Each of them from 0, by score alone, to 1, by nothing else.
  float diversity = 0;           // unlike what stands before
  float calibration = 0;         // classes in the proportions of the user's taste
  float popularity_penalty = 0;  // what few have
};

// What lists are made with beside scores, borrowed. A wish whose material is missing is left out.
struct ListSources {
  MatrixView embeddings;                 // (items, dim), rows of length 1 or 0: for diversity
  SparseView item_classes;               // (items, classes), as class_shares() takes them: for
  std::span<const double> class_target;  // calibration, with (classes) shares that sum to 1
  std::span<const float> popularity;     // (items), not negative: for popularity_penalty
};

// The n best scores of items not excluded, best first, re-ranked as rerank() does. Fewer where
// there are fewer. `excluded` (items, or empty): not 0 for items that must not be shown: hidden,
// used, of another category.
[[nodiscard]] std::vector<Scored> top_items(std::span<const float> scores,
                                            std::span<const std::uint8_t> excluded,
                                            const ListSources& sources,
                                            const RerankOptions& options);

// Scores the query, then top_items.
[[nodiscard]] std::vector<Scored> recommend_top(const Query& query, const Recommender& recommender,
                                                std::span<const std::uint8_t> excluded,
                                                const ListSources& sources,
                                                const RerankOptions& options);

// Picks, n times, the candidate with the greatest gain, of equals the first:
//
//     (1 - d)(1 - c)(1 - p) relevance - d similarity - c gap - p popularity
//
// with d, c, p the three wishes. Relevance is the score, scaled to [0, 1] over the candidates.
// Similarity is the greatest cosine to what is picked already: with d alone, maximal marginal
// relevance (Carbonell and Goldstein, 1998). The gap is calibration_gap() of the list with the
// candidate to the target: with c alone, Steck's greedy (2018), which is within 1 - 1/e of the best
// list. Popularity is its logarithm, log(1 + count / mean count of all items), scaled like
// relevance: a plain linear penalty (compared in Klimashevskaia et al., "A survey on popularity
// bias in recommender systems", 2024).
//
// Scores are kept as they were. `candidates` best first. O(n * candidates * (dim + classes)), and
// O(items) where popularity is penalised.
[[nodiscard]] std::vector<Scored> rerank(std::span<const Scored> candidates,
                                         const ListSources& sources, const RerankOptions& options);

}  // namespace limn
