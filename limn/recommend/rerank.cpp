#include "limn/recommend/rerank.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "limn/core/check.h"
#include "limn/core/class_shares.h"
#include "limn/core/vector_ops.h"

namespace limn {
namespace {

// How much of each wish counts: 0 where it was not uttered, or there is nothing to fulfil it with.
struct Wishes {
  float diversity = 0;
  float calibration = 0;
  float popularity_penalty = 0;

  [[nodiscard]] bool any() const {
    return diversity > 0 || calibration > 0 || popularity_penalty > 0;
  }
};

Wishes wishes_of(const ListSources& sources, const RerankOptions& options) {
  const bool has_target = std::ranges::any_of(sources.class_target, [](double s) { return s > 0; });
  Wishes wishes;
  if (!sources.embeddings.empty()) wishes.diversity = std::clamp(options.diversity, 0.0F, 1.0F);
  if (has_target) wishes.calibration = std::clamp(options.calibration, 0.0F, 1.0F);
  if (!sources.popularity.empty())
    wishes.popularity_penalty = std::clamp(options.popularity_penalty, 0.0F, 1.0F);
  return wishes;
}

// Values to [0, 1], the least to 0 and the greatest to 1; all to `flat` where they are equal.
void scale_to_unit(std::vector<float>& values, float flat) {
  const auto [least, greatest] = std::ranges::minmax(values);
  const float width = greatest - least;
  for (float& value : values) value = width > 0 ? 1 - (greatest - value) / width : flat;
}

// (candidates): how popular each is, from 0 to 1. Counts of sales span powers of ten: their
// logarithms tell a shelf warmer from a steady seller too.
std::vector<float> popularity_of(std::span<const Scored> candidates, const ListSources& sources) {
  const double sum =
      std::accumulate(sources.popularity.begin(), sources.popularity.end(), double{0});
  const double mean = sum / static_cast<double>(sources.popularity.size());
  std::vector<float> popularity;
  for (const Scored& item : candidates) {
    const double count = mean > 0 ? sources.popularity[item.index] / mean : 0;
    popularity.push_back(static_cast<float>(std::log1p(count)));
  }
  scale_to_unit(popularity, 0);
  return popularity;
}

// The list as it grows, and what each next item would do to it.
class GrowingList {
 public:
  GrowingList(std::span<const Scored> candidates, const ListSources& sources, const Wishes& wishes)
      : candidates_(candidates),
        sources_(sources),
        wishes_(wishes),
        similarity_(candidates.size(), 0),
        class_sums_(sources.class_target.size(), 0),
        shares_(class_sums_.size(), 0) {
    for (const Scored& item : candidates) relevance_.push_back(item.score);
    scale_to_unit(relevance_, 1);
    if (wishes.popularity_penalty > 0) popularity_ = popularity_of(candidates, sources);
  }

  [[nodiscard]] float gain(std::size_t candidate) {
    const auto& [d, c, p] = wishes_;
    float gain = (1 - d) * (1 - c) * (1 - p) * relevance_[candidate];
    if (d > 0) gain -= d * similarity_[candidate];
    if (c > 0) gain -= c * static_cast<float>(gap_with(candidate));
    if (p > 0) gain -= p * popularity_[candidate];
    return gain;
  }

  void add(std::size_t picked) {
    if (wishes_.calibration > 0) counted_ += add_classes(picked, class_sums_);
    if (wishes_.diversity == 0) return;
    const std::span<const float> row = sources_.embeddings.row(candidates_[picked].index);
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      const float cosine = dot(sources_.embeddings.row(candidates_[i].index), row);
      similarity_[i] = std::max(similarity_[i], cosine);
    }
  }

 private:
  // Adds the candidate's own shares; answers 1, or 0 where it has no class.
  double add_classes(std::size_t candidate, std::vector<double>& sums) const {
    const SparseRow row = sources_.item_classes.row(candidates_[candidate].index);
    double own = 0;
    for (const float value : row.values) own += value;
    if (!(own > 0)) return 0;
    for (std::size_t e = 0; e < row.size(); ++e) sums[row.cols[e]] += row.values[e] / own;
    return 1;
  }

  double gap_with(std::size_t candidate) {
    shares_ = class_sums_;
    const double counted = counted_ + add_classes(candidate, shares_);
    for (double& share : shares_) share = counted > 0 ? share / counted : 0;
    return calibration_gap(sources_.class_target, shares_);
  }

  std::span<const Scored> candidates_;
  const ListSources& sources_;
  Wishes wishes_;
  std::vector<float> relevance_;    // (candidates), from 0 to 1
  std::vector<float> popularity_;   // (candidates), from 0 to 1
  std::vector<float> similarity_;   // (candidates): the greatest cosine to what is picked
  std::vector<double> class_sums_;  // (classes), of what is picked
  std::vector<double> shares_;      // (classes): room for gap_with()
  double counted_ = 0;              // of what is picked, that have a class
};

}  // namespace

std::vector<Scored> rerank(std::span<const Scored> candidates, const ListSources& sources,
                           const RerankOptions& options) {
  LIMN_CHECK(sources.class_target.empty() ||
             sources.class_target.size() == sources.item_classes.cols());
  if (candidates.empty()) return {};
  GrowingList list(candidates, sources, wishes_of(sources, options));
  std::vector<std::size_t> waiting(candidates.size());
  std::iota(waiting.begin(), waiting.end(), std::size_t{0});
  std::vector<Scored> picked;
  while (!waiting.empty() && picked.size() < options.n) {
    // The first of equals: candidates stand best first.
    auto best = waiting.begin();
    float greatest = list.gain(*best);
    for (auto other = best + 1; other != waiting.end(); ++other) {
      const float gain = list.gain(*other);
      if (gain <= greatest) continue;
      greatest = gain;
      best = other;
    }
    picked.push_back(candidates[*best]);
    list.add(*best);
    waiting.erase(best);
  }
  return picked;
}

std::vector<Scored> top_items(std::span<const float> scores, std::span<const std::uint8_t> excluded,
                              const ListSources& sources, const RerankOptions& options) {
  LIMN_CHECK(excluded.empty() || excluded.size() == scores.size());
  LIMN_CHECK(sources.embeddings.empty() || sources.embeddings.rows() == scores.size());
  LIMN_CHECK(sources.popularity.empty() || sources.popularity.size() == scores.size());
  const bool reranked = wishes_of(sources, options).any();
  const std::size_t wanted = reranked ? std::max(options.n, options.candidates) : options.n;
  TopK best(std::min(wanted, scores.size()));
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (excluded.empty() || excluded[i] == 0) best.offer(static_cast<ItemIndex>(i), scores[i]);
  }
  std::vector<Scored> candidates = best.take();
  return reranked ? rerank(candidates, sources, options) : candidates;
}

std::vector<Scored> recommend_top(const Query& query, const Recommender& recommender,
                                  std::span<const std::uint8_t> excluded,
                                  const ListSources& sources, const RerankOptions& options) {
  std::vector<float> scores(recommender.item_count());
  recommender.score(query, scores);
  return top_items(scores, excluded, sources, options);
}

}  // namespace limn
