#include "limn/recommend/rerank.h"

#include <algorithm>
#include <utility>

#include "limn/core/check.h"
#include "limn/core/vector_ops.h"

namespace limn {
namespace {

// A candidate that was not picked yet.
struct Waiting {
  Scored item;
  float relevance = 0;   // its score, scaled to [0, 1]
  float similarity = 0;  // the greatest cosine to what is picked; 0 where nothing is alike
};

std::vector<Waiting> waiting_candidates(std::span<const Scored> candidates) {
  const float highest = candidates.front().score;
  const float width = highest - candidates.back().score;
  std::vector<Waiting> waiting;
  waiting.reserve(candidates.size());
  for (const Scored& item : candidates) {
    waiting.push_back({item, width > 0 ? 1 - (highest - item.score) / width : 1.0F});
  }
  return waiting;
}

}  // namespace

std::vector<Scored> diversify(std::span<const Scored> candidates, MatrixView embeddings,
                              const RerankOptions& options) {
  if (candidates.empty()) return {};
  const float diversity = std::clamp(options.diversity, 0.0F, 1.0F);
  std::vector<Waiting> waiting = waiting_candidates(candidates);
  std::vector<Scored> picked;
  while (!waiting.empty() && picked.size() < options.n) {
    const auto gain = [&](const Waiting& candidate) {
      return (1 - diversity) * candidate.relevance - diversity * candidate.similarity;
    };
    // The first of equals: candidates stand best first.
    const auto best =
        std::max_element(waiting.begin(), waiting.end(),
                         [&](const Waiting& a, const Waiting& b) { return gain(a) < gain(b); });
    const Scored next = best->item;
    picked.push_back(next);
    waiting.erase(best);
    if (diversity == 0) continue;
    for (Waiting& candidate : waiting) {
      const float cosine = dot(embeddings.row(candidate.item.index), embeddings.row(next.index));
      candidate.similarity = std::max(candidate.similarity, cosine);
    }
  }
  return picked;
}

std::vector<Scored> top_items(std::span<const float> scores, std::span<const std::uint8_t> excluded,
                              MatrixView embeddings, const RerankOptions& options) {
  LIMN_CHECK(excluded.empty() || excluded.size() == scores.size());
  LIMN_CHECK(embeddings.empty() || embeddings.rows() == scores.size());
  const bool diverse = options.diversity > 0 && !embeddings.empty();
  const std::size_t wanted = diverse ? std::max(options.n, options.candidates) : options.n;
  TopK best(std::min(wanted, scores.size()));
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (excluded.empty() || excluded[i] == 0) best.offer(static_cast<ItemIndex>(i), scores[i]);
  }
  std::vector<Scored> candidates = best.take();
  return diverse ? diversify(candidates, embeddings, options) : candidates;
}

std::vector<Scored> recommend_top(const Query& query, const Recommender& recommender,
                                  std::span<const std::uint8_t> excluded, MatrixView embeddings,
                                  const RerankOptions& options) {
  std::vector<float> scores(recommender.item_count());
  recommender.score(query, scores);
  return top_items(scores, excluded, embeddings, options);
}

}  // namespace limn
