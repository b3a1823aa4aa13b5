// Similar users: what the people most like the user use, weighted by how alike they are.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "limn/core/top_k.h"
#include "limn/recommend/recommender.h"

namespace limn {

struct SimilarUserOptions {
  std::size_t neighbours = 50;
  float min_similarity = 0;  // users who are less alike are not neighbours
};

class SimilarUsers final : public Recommender {
 public:
  // `vectors` (users, dim), rows of length 1 or 0, and `interactions` (users, items) are borrowed;
  // the name tells the vectors apart: "similar_users", or by text, by behaviour.
  SimilarUsers(std::string name, MatrixView vectors, SparseView interactions,
               const SimilarUserOptions& options);

  [[nodiscard]] std::string_view name() const override { return name_; }
  [[nodiscard]] std::size_t item_count() const override { return interactions_.cols(); }
  void score(const Query& query, std::span<float> scores) const override;
  [[nodiscard]] std::vector<std::vector<Term>> explain_items(
      const Query& query, std::span<const ItemIndex> items) const override;

  // The users nearest query.user_vector by cosine, nearest first, query.user left out; none where
  // the vector is empty or zero. O(users * dim) once for a query with a memo: to explain ten items
  // costs one scan.
  [[nodiscard]] std::vector<Scored> neighbours(const Query& query) const;

 private:
  [[nodiscard]] std::vector<Scored> find_neighbours(const Query& query) const;

  std::string name_;
  MatrixView vectors_;
  SparseView interactions_;
  SimilarUserOptions options_;
};

}  // namespace limn
