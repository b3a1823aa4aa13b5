// Item k nearest neighbours: items are alike when the same users use them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "limn/core/sparse.h"
#include "limn/recommend/item_weights.h"

namespace limn {

enum class UserWeighting {
  none,  // plain cosine
  bm25,  // users who use everything, and items that everyone uses, say less
};

struct ItemKnnOptions {
  UserWeighting weighting = UserWeighting::bm25;
  double bm25_k1 = 1.2;  // how soon a repeated use stops counting
  double bm25_b = 0.75;  // how much a popular item is held back
  double shrink = 100;   // added to the norms: similarities from few users are worth less
  std::size_t k = 256;   // weights kept a row
  std::span<const std::uint8_t> rows;  // (items), 0: rows that are left empty; empty: fit all
};

// Cosine of the items' columns of the (users, items) matrix. Parallel, the same bytes on any number
// of threads. O(sum over users of n_u^2) time.
[[nodiscard]] ItemWeights fit_item_knn(SparseView interactions, const ItemKnnOptions& options);

}  // namespace limn
