#include "limn/recommend/similar_users.h"

#include <algorithm>
#include <utility>

#include "limn/core/check.h"
#include "limn/core/vector_ops.h"
#include "limn/recommend/item_places.h"

namespace limn {

SimilarUsers::SimilarUsers(std::string name, MatrixView vectors, SparseView interactions,
                           const SimilarUserOptions& options)
    : name_(std::move(name)), vectors_(vectors), interactions_(interactions), options_(options) {
  LIMN_CHECK(vectors.rows() == interactions.rows());
}

std::vector<Scored> SimilarUsers::neighbours(const Query& query) const {
  if (query.memo == nullptr) return find_neighbours(query);
  if (!query.memo->similar_users) query.memo->similar_users = find_neighbours(query);
  return *query.memo->similar_users;
}

std::vector<Scored> SimilarUsers::find_neighbours(const Query& query) const {
  if (query.user_vector.empty()) return {};
  std::vector<float> cosines(vectors_.rows());
  multiply(vectors_, query.user_vector, cosines);

  const float least = std::max(0.0F, options_.min_similarity);
  TopK nearest(std::min(options_.neighbours, cosines.size()));
  for (UserIndex user = 0; user < cosines.size(); ++user) {
    if (cosines[user] > least && user != query.user) nearest.offer(user, cosines[user]);
  }
  return nearest.take();
}

void SimilarUsers::score(const Query& query, std::span<float> scores) const {
  LIMN_CHECK(scores.size() == item_count());
  std::fill(scores.begin(), scores.end(), 0.0F);
  for (const auto& [user, similarity] : neighbours(query)) {
    const SparseRow used = interactions_.row(user);
    for (std::size_t i = 0; i < used.size(); ++i) {
      scores[used.cols[i]] += similarity * used.values[i];
    }
  }
}

std::vector<std::vector<Term>> SimilarUsers::explain_items(const Query& query,
                                                           std::span<const ItemIndex> items) const {
  const ItemPlaces places(items, item_count());
  std::vector<std::vector<Term>> terms(items.size());
  for (const auto& neighbour : neighbours(query)) {
    places.find(interactions_.row(neighbour.index), [&](std::size_t place, float value) {
      terms[place].push_back({.kind = Term::Kind::similar_user,
                              .ref = neighbour.index,
                              .weight = neighbour.score * value});
    });
  }
  return terms;
}

}  // namespace limn
