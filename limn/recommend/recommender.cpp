#include "limn/recommend/recommender.h"

#include <algorithm>
#include <cmath>

#include "limn/core/check.h"
#include "limn/core/vector_ops.h"
#include "limn/recommend/item_weights.h"

namespace limn {
namespace {

Term history_term(const HistoryEntry& entry, float weight) {
  return {
      .kind = Term::Kind::history_item, .ref = entry.item, .event = entry.event, .weight = weight};
}

// The sum of the magnitudes of the history's weights.
float total_weight(History history) {
  float total = 0;
  for (const HistoryEntry& entry : history) total += std::abs(entry.weight);
  return total;
}

}  // namespace

void Popularity::score(const Query& /*query*/, std::span<float> scores) const {
  LIMN_CHECK(scores.size() == counts_.size());
  std::copy(counts_.begin(), counts_.end(), scores.begin());
}

std::vector<Term> Popularity::explain(const Query& /*query*/, ItemIndex item) const {
  LIMN_CHECK(item < counts_.size());
  return {{.kind = Term::Kind::popularity, .ref = item, .weight = counts_[item]}};
}

void ItemModel::score(const Query& query, std::span<float> scores) const {
  std::fill(scores.begin(), scores.end(), 0.0F);
  add_history_scores(weights_, query.history, scores);
}

std::vector<Term> ItemModel::explain(const Query& query, ItemIndex item) const {
  LIMN_CHECK(item < item_count());
  std::vector<Term> terms;
  for (const auto& [position, weight] : history_shares(weights_, query.history, item)) {
    terms.push_back(history_term(query.history[position], weight));
  }
  return terms;
}

TextRecommender::Shares TextRecommender::shares(const Query& query) const {
  const float total = neighbours_.rows() == 0 ? 0.0F : total_weight(query.history);
  const bool has_text = !query.text.empty();
  if (total == 0) return {.own_words = has_text ? 1.0F : 0.0F, .history = 0};
  const float own_words = has_text ? options_.own_words : 0.0F;
  return {.own_words = own_words, .history = (1 - own_words) / total};
}

void TextRecommender::score(const Query& query, std::span<float> scores) const {
  LIMN_CHECK(scores.size() == item_count());
  const auto [own_words, history] = shares(query);
  std::fill(scores.begin(), scores.end(), 0.0F);
  if (history > 0) {
    add_history_scores(neighbours_, query.history, scores);
    scale(scores, history);
  }
  if (own_words > 0) {
    std::vector<float> cosines(scores.size());
    multiply(embeddings_, query.text, cosines);
    add_scaled(scores, own_words, cosines);
  }
}

std::vector<Term> TextRecommender::explain(const Query& query, ItemIndex item) const {
  LIMN_CHECK(item < item_count());
  const auto [own_words, history] = shares(query);
  std::vector<Term> terms;
  if (own_words > 0) {
    const float cosine = dot(embeddings_.row(item), query.text);
    terms.push_back({.kind = Term::Kind::text, .ref = item, .weight = own_words * cosine});
  }
  if (history > 0) {
    for (const auto& [position, weight] : history_shares(neighbours_, query.history, item)) {
      terms.push_back(history_term(query.history[position], history * weight));
    }
  }
  return terms;
}

}  // namespace limn
