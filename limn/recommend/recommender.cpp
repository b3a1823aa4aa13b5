#include "limn/recommend/recommender.h"

#include <algorithm>
#include <cmath>

#include "limn/core/check.h"
#include "limn/core/vector_ops.h"
#include "limn/recommend/item_weights.h"

namespace limn {
namespace {

// Adds the history's terms of each item's score, times `factor`, to terms (items).
void add_history_terms(SparseView weights, History history, float factor,
                       std::span<const ItemIndex> items, std::vector<std::vector<Term>>& terms) {
  for (std::vector<Term>& of_item : terms) of_item.reserve(of_item.size() + history.size());
  each_history_share(weights, history, items,
                     [&](std::size_t place, const HistoryEntry& entry, float weight) {
                       terms[place].push_back({.kind = Term::Kind::history_item,
                                               .ref = entry.item,
                                               .event = entry.event,
                                               .weight = factor * weight});
                     });
}

// The sum of the magnitudes of the history's weights.
float total_weight(History history) {
  float total = 0;
  for (const HistoryEntry& entry : history) total += std::abs(entry.weight);
  return total;
}

}  // namespace

std::vector<Term> Recommender::explain(const Query& query, ItemIndex item) const {
  return std::move(explain_items(query, {&item, 1}).front());
}

void Popularity::score(const Query& /*query*/, std::span<float> scores) const {
  LIMN_CHECK(scores.size() == counts_.size());
  std::copy(counts_.begin(), counts_.end(), scores.begin());
}

std::vector<std::vector<Term>> Popularity::explain_items(const Query& /*query*/,
                                                         std::span<const ItemIndex> items) const {
  std::vector<std::vector<Term>> terms(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    LIMN_CHECK(items[i] < counts_.size());
    terms[i].push_back({.kind = kind_, .ref = items[i], .weight = counts_[items[i]]});
  }
  return terms;
}

void ItemModel::score(const Query& query, std::span<float> scores) const {
  std::fill(scores.begin(), scores.end(), 0.0F);
  add_history_scores(weights_, query.history, scores);
}

std::vector<std::vector<Term>> ItemModel::explain_items(const Query& query,
                                                        std::span<const ItemIndex> items) const {
  std::vector<std::vector<Term>> terms(items.size());
  add_history_terms(weights_, query.history, 1, items, terms);
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

std::vector<std::vector<Term>> TextRecommender::explain_items(
    const Query& query, std::span<const ItemIndex> items) const {
  const auto [own_words, history] = shares(query);
  std::vector<std::vector<Term>> terms(items.size());
  for (std::size_t i = 0; i < items.size() && own_words > 0; ++i) {
    const float cosine = dot(embeddings_.row(items[i]), query.text);
    terms[i].push_back({.kind = Term::Kind::text, .ref = items[i], .weight = own_words * cosine});
  }
  if (history > 0) add_history_terms(neighbours_, query.history, history, items, terms);
  return terms;
}

}  // namespace limn
