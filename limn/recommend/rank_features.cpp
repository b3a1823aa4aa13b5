#include "limn/recommend/rank_features.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "limn/core/check.h"
#include "limn/core/sorted.h"
#include "limn/core/top_k.h"
#include "limn/core/vector_ops.h"
#include "limn/recommend/blend.h"

namespace limn {
namespace {

// The newest liked items that a candidate's text is compared with.
constexpr std::size_t compared_items = 3;

constexpr std::array<std::string_view, 8> fact_names{
    "log_popularity", "age_days",   "history_length", "text_best",
    "text_mean",      "text_words", "tag_overlap",    "follows_last"};

float cosine(MatrixView embeddings, ItemIndex a, std::span<const float> b) {
  return a < embeddings.rows() && b.size() == embeddings.cols() ? dot(embeddings.row(a), b) : 0;
}

float finite_or_zero(float score) {
  return std::isfinite(score) ? score : 0;
}

// (candidates): the rank of each among the items that are not used, from 1; equal scores share the
// best. Counts instead of sorting all: most items are below the least candidate, and are passed
// over at once.
std::vector<std::size_t> ranks_of(std::span<const ItemIndex> candidates,
                                  std::span<const float> scores,
                                  std::span<const std::uint8_t> used) {
  std::vector<float> levels;  // the candidates' scores, ascending
  for (const ItemIndex item : candidates) levels.push_back(finite_or_zero(scores[item]));
  sort_unique(levels);
  std::vector<std::size_t> ranks(candidates.size(), 1);
  if (levels.empty()) return ranks;
  std::vector<std::size_t> above(levels.size() + 1);  // items whose score is above so many levels
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const float score = finite_or_zero(scores[i]);
    if (used[i] != 0 || !(score > levels.front())) continue;
    const auto passed = std::ranges::lower_bound(levels, score) - levels.begin();
    above[static_cast<std::size_t>(passed)] += 1;
  }
  for (std::size_t level = levels.size(); level-- > 0;) above[level] += above[level + 1];
  for (std::size_t c = 0; c < candidates.size(); ++c) {
    const float score = finite_or_zero(scores[candidates[c]]);
    const auto level = std::ranges::lower_bound(levels, score) - levels.begin();
    ranks[c] += above[static_cast<std::size_t>(level) + 1];
  }
  return ranks;
}

// A part's two columns.
void add_part(std::span<const float> scores, std::span<const std::uint8_t> used,
              std::span<const ItemIndex> candidates, std::size_t column, Matrix& features) {
  const PartScale scale = standard_scale(scores, used);
  const std::vector<std::size_t> ranks = ranks_of(candidates, scores, used);
  for (std::size_t c = 0; c < candidates.size(); ++c) {
    const float score = scores[candidates[c]];
    features.row(c)[column] =
        scale.factor == 0 ? 0 : static_cast<float>(scale.factor * (score - scale.mean));
    features.row(c)[column + 1] = static_cast<float>(std::log2(1 + static_cast<double>(ranks[c])));
  }
}

// (tags): what share of the user's liked items' tags is each.
std::vector<float> liked_tags(SparseView tags, History history) {
  std::vector<float> shares(tags.cols());
  float total = 0;
  for (const HistoryEntry& entry : history) {
    if (entry.weight <= 0 || entry.item >= tags.rows()) continue;
    const SparseRow row = tags.row(entry.item);
    for (std::size_t j = 0; j < row.size(); ++j) {
      shares[row.cols[j]] += entry.weight * row.values[j];
      total += entry.weight * row.values[j];
    }
  }
  if (total > 0) scale(shares, 1 / total);
  return shares;
}

// The share of the user's tags that the item has.
float tag_overlap(SparseView tags, std::span<const float> shares, ItemIndex item) {
  if (item >= tags.rows()) return 0;
  float overlap = 0;
  for (const std::uint32_t tag : tags.row(item).cols) overlap += shares[tag];
  return overlap;
}

float stored(SparseView matrix, ItemIndex row, ItemIndex col) {
  if (row >= matrix.rows()) return 0;
  const SparseRow entries = matrix.row(row);
  const auto place = std::ranges::lower_bound(entries.cols, col);
  if (place == entries.cols.end() || *place != col) return 0;
  return entries.values[static_cast<std::size_t>(place - entries.cols.begin())];
}

// The newest liked items, newest first.
std::vector<ItemIndex> newest_liked(History history) {
  std::vector<ItemIndex> newest;
  for (std::size_t h = history.size(); h-- > 0 && newest.size() < compared_items;) {
    if (history[h].weight > 0) newest.push_back(history[h].item);
  }
  return newest;
}

float at_or_zero(std::span<const float> values, ItemIndex item) {
  return item < values.size() ? values[item] : 0;
}

}  // namespace

std::vector<ItemIndex> rank_candidates(MatrixView part_scores, std::span<const std::uint8_t> used,
                                       std::size_t per_part) {
  LIMN_CHECK(used.size() == part_scores.cols());
  std::vector<ItemIndex> candidates;
  for (std::size_t part = 0; part < part_scores.rows(); ++part) {
    const std::span<const float> scores = part_scores.row(part);
    TopK best(std::min(per_part, scores.size()));
    for (ItemIndex item = 0; item < scores.size(); ++item) {
      if (used[item] == 0 && std::isfinite(scores[item])) best.offer(item, scores[item]);
    }
    for (const Scored& kept : best.take()) candidates.push_back(kept.index);
  }
  sort_unique(candidates);
  return candidates;
}

Matrix rank_features(MatrixView part_scores, std::span<const std::uint8_t> used,
                     std::span<const ItemIndex> candidates, const Query& query,
                     const ItemFacts& facts) {
  LIMN_CHECK(used.size() == part_scores.cols());
  for (const ItemIndex item : candidates) LIMN_CHECK(item < used.size());
  const std::size_t of_parts = 2 * part_scores.rows();
  Matrix features(candidates.size(), of_parts + fact_names.size());
  for (std::size_t part = 0; part < part_scores.rows(); ++part) {
    add_part(part_scores.row(part), used, candidates, 2 * part, features);
  }
  const std::vector<float> shares = liked_tags(facts.tags, query.history);
  const std::vector<ItemIndex> newest = newest_liked(query.history);
  const auto length = static_cast<float>(std::log1p(query.history.size()));
  for (std::size_t c = 0; c < candidates.size(); ++c) {
    const ItemIndex item = candidates[c];
    float best = 0;
    float sum = 0;
    for (const ItemIndex liked : newest) {
      if (liked >= facts.embeddings.rows()) continue;
      const float similarity = cosine(facts.embeddings, item, facts.embeddings.row(liked));
      best = std::max(best, similarity);
      sum += similarity;
    }
    const std::array<float, fact_names.size()> row{
        at_or_zero(facts.log_popularity, item),
        at_or_zero(facts.age_days, item),
        length,
        best,
        newest.empty() ? 0 : sum / static_cast<float>(newest.size()),
        cosine(facts.embeddings, item, query.text),
        tag_overlap(facts.tags, shares, item),
        newest.empty() ? 0 : stored(facts.next, newest.front(), item)};
    std::ranges::copy(row, features.row(c).begin() + static_cast<std::ptrdiff_t>(of_parts));
  }
  return features;
}

std::vector<std::string> rank_feature_names(std::span<const std::string_view> part_names) {
  std::vector<std::string> names;
  for (const std::string_view part : part_names) {
    names.push_back(std::string(part) + "_z");
    names.push_back(std::string(part) + "_rank");
  }
  names.insert(names.end(), fact_names.begin(), fact_names.end());
  return names;
}

}  // namespace limn
