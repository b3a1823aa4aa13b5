// Item k nearest neighbours: the cosine of two items' columns of users, with a shrinkage term in
// the denominator (Sarwar et al., 2001; Dacrema et al., 2021). BM25 weighting treats an item as a
// document whose words are its users: a user who uses everything is a common word, and an item used
// by everyone is a long document (Robertson and Zaragoza, 2009).
#include "limn/recommend/item_knn.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "limn/recommend/row_fit.h"

namespace limn {
namespace {

// `users_of_item` (items, users), each value weighted as a word of a document.
void weigh_as_bm25(SparseMatrix& users_of_item, SparseView interactions,
                   const ItemKnnOptions& options) {
  const auto item_count = static_cast<double>(users_of_item.rows());
  const std::span<const float> all = interactions.values();
  const double mean_length = std::accumulate(all.begin(), all.end(), 0.0) / item_count;
  for (std::size_t item = 0; item < users_of_item.rows(); ++item) {
    const SparseRow users = users_of_item.row(item);
    const double length = std::accumulate(users.values.begin(), users.values.end(), 0.0);
    const double damping =
        options.bm25_k1 * (1 - options.bm25_b + options.bm25_b * length / mean_length);
    const std::span<float> values = users_of_item.row_values(item);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto used = static_cast<double>(interactions.row(users.cols[i]).size());
      const double idf = std::log1p((item_count - used + 0.5) / (used + 0.5));
      values[i] =
          static_cast<float>(idf * values[i] * (options.bm25_k1 + 1) / (values[i] + damping));
    }
  }
}

}  // namespace

ItemWeights fit_item_knn(SparseView interactions, const ItemKnnOptions& options) {
  SparseMatrix users_of_item = transpose(interactions);
  if (options.weighting == UserWeighting::bm25) {
    weigh_as_bm25(users_of_item, interactions, options);
  }
  const SparseMatrix items_of_user = transpose(users_of_item);

  std::vector<float> norms(users_of_item.rows());
  for (std::size_t item = 0; item < norms.size(); ++item) {
    double sum_sq = 0;
    for (const float value : users_of_item.row(item).values) sum_sq += double{value} * value;
    norms[item] = static_cast<float>(std::sqrt(sum_sq));
  }
  const auto shrink = static_cast<float>(options.shrink);

  return fit_rows(
      interactions.cols(), options.k,
      [&](ItemIndex item, RowAccumulator& accumulator) {
        const SparseRow users = users_of_item.row(item);
        for (std::size_t i = 0; i < users.size(); ++i) {
          const SparseRow items = items_of_user.row(users.cols[i]);
          for (std::size_t j = 0; j < items.size(); ++j) {
            accumulator.add(items.cols[j], users.values[i] * items.values[j]);
          }
        }
        std::vector<WeightedItem> row = accumulator.take();
        for (WeightedItem& entry : row) entry.weight /= norms[item] * norms[entry.item] + shrink;
        return row;
      },
      options.rows);
}

}  // namespace limn
