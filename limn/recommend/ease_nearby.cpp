// EASE with a support chosen beforehand, as SLIM has it with feature selection (fsSLIM: Ning and
// Karypis, 2011), but with the ridge of EASE and so by one small Cholesky factorisation an item.
//
// Why not an approximate inverse of the whole (SANSA: Spisak et al., 2023): X'X of 40,000 items has
// tens of millions of entries, dropping the small ones leaves a matrix that need not be positive
// definite, and its factor fills in. Here nothing is dropped: the sub-matrix is exact, positive
// definite whatever the data, and every item is on its own, so that rows can be fitted in parallel
// and one row again when its item changes.
#include "limn/recommend/ease_nearby.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "limn/core/check.h"
#include "limn/core/parallel.h"
#include "limn/core/sorted.h"
#include "limn/recommend/row_fit.h"

namespace limn {
namespace {

constexpr std::size_t items_per_chunk = 64;

// X'X without its diagonal, and the diagonal.
struct PairCounts {
  SparseMatrix pairs;
  std::vector<float> own;

  // The entry (a, b), looked for in the shorter of the two rows.
  [[nodiscard]] float at(ItemIndex a, ItemIndex b) const {
    SparseRow row = pairs.row(a);
    ItemIndex wanted = b;
    if (const SparseRow other = pairs.row(b); other.size() < row.size()) {
      row = other;
      wanted = a;
    }
    const auto found = std::lower_bound(row.cols.begin(), row.cols.end(), wanted);
    if (found == row.cols.end() || *found != wanted) return 0;
    return row.values[static_cast<std::size_t>(found - row.cols.begin())];
  }
};

PairCounts count_pairs(SparseView interactions) {
  const SparseMatrix users_of_item = transpose(interactions);
  PairCounts counts;
  const auto fit = [&](ItemIndex item, RowAccumulator& accumulator) {
    const SparseRow users = users_of_item.row(item);
    for (std::size_t u = 0; u < users.size(); ++u) {
      const SparseRow items = interactions.row(users.cols[u]);
      for (std::size_t j = 0; j < items.size(); ++j) {
        accumulator.add(items.cols[j], users.values[u] * items.values[j]);
      }
    }
    return accumulator.take();
  };
  counts.pairs = fit_rows(interactions.cols(), SIZE_MAX, fit);
  counts.own.resize(interactions.cols());
  for (std::size_t item = 0; item < counts.own.size(); ++item) {
    double sum_sq = 0;
    for (const float value : users_of_item.row(item).values) sum_sq += double{value} * value;
    counts.own[item] = static_cast<float>(sum_sq);
  }
  return counts;
}

// The shares of the most alike texts, adding up to 1.
std::vector<WeightedItem> text_shares(SparseView text_neighbours, ItemIndex item, std::size_t k) {
  std::vector<WeightedItem> shares;
  if (item >= text_neighbours.rows()) return shares;
  const SparseRow row = text_neighbours.row(item);
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (row.values[i] > 0) shares.push_back({row.cols[i], row.values[i]});
  }
  keep_largest(shares, k);
  float total = 0;
  for (const WeightedItem& share : shares) total += share.weight;
  for (WeightedItem& share : shares) share.weight /= total;
  return shares;
}

// What may explain `item`: its nearest by cosine and by text, ascending and distinct.
std::vector<ItemIndex> nearby_items(const PairCounts& counts, ItemIndex item,
                                    std::span<const WeightedItem> texts, std::size_t nearby) {
  const SparseRow row = counts.pairs.row(item);
  std::vector<WeightedItem> nearest;
  nearest.reserve(row.size());
  for (std::size_t i = 0; i < row.size(); ++i) {
    nearest.push_back({row.cols[i], row.values[i] / std::sqrt(counts.own[row.cols[i]])});
  }
  keep_largest(nearest, nearby);
  std::vector<ItemIndex> items;
  for (const WeightedItem& entry : nearest) items.push_back(entry.item);
  for (const WeightedItem& entry : texts) items.push_back(entry.item);
  sort_unique(items);
  return items;
}

// Solves a x = b in place for a symmetric positive definite `a` (n, n) given by its upper triangle,
// row-major; b becomes x. Its loops run along rows, so that they can be vectorised as they stand.
void solve(std::vector<double>& a, std::vector<double>& b) {
  const std::size_t n = b.size();
  for (std::size_t k = 0; k < n; ++k) {
    const double* pivot_row = a.data() + k * n;
    const double pivot = pivot_row[k];
    for (std::size_t i = k + 1; i < n; ++i) {
      const double factor = pivot_row[i] / pivot;
      if (factor == 0) continue;
      double* row = a.data() + i * n;
      for (std::size_t j = i; j < n; ++j) row[j] -= factor * pivot_row[j];
      b[i] -= factor * b[k];
    }
  }
  for (std::size_t k = n; k-- > 0;) {
    const double* row = a.data() + k * n;
    double sum = b[k];
    for (std::size_t j = k + 1; j < n; ++j) sum -= row[j] * b[j];
    b[k] = sum / row[k];
  }
}

// What each nearby item contributes to `item`.
std::vector<WeightedItem> explain_item(const PairCounts& counts, SparseView text_neighbours,
                                       ItemIndex item, const EaseNearbyOptions& options) {
  std::vector<WeightedItem> texts;
  if (options.text_weight > 0) texts = text_shares(text_neighbours, item, options.text_nearby);
  const std::vector<ItemIndex> support = nearby_items(counts, item, texts, options.nearby);
  const std::size_t n = support.size();
  const double own_share = options.dropout / (1 - options.dropout);
  std::vector<double> a(n * n);
  std::vector<double> b(n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = i + 1; j < n; ++j) a[i * n + j] = counts.at(support[i], support[j]);
    const double own = counts.own[support[i]];
    a[i * n + i] = own + options.l2 + own_share * own + (texts.empty() ? 0 : options.text_weight);
    b[i] = counts.at(support[i], item);
  }
  for (const WeightedItem& share : texts) {
    const auto place = std::lower_bound(support.begin(), support.end(), share.item);
    b[static_cast<std::size_t>(place - support.begin())] += options.text_weight * share.weight;
  }
  solve(a, b);
  std::vector<WeightedItem> weights(n);
  for (std::size_t i = 0; i < n; ++i) weights[i] = {support[i], static_cast<float>(b[i])};
  keep_largest(weights, n);
  return weights;
}

}  // namespace

Result<ItemWeights> fit_ease_nearby(SparseView interactions, SparseView text_neighbours,
                                    const EaseNearbyOptions& options) {
  LIMN_CHECK(text_neighbours.rows() == 0 || text_neighbours.rows() == interactions.cols());
  if (!(options.l2 > 0) || !(0 <= options.dropout && options.dropout < 1)) {
    return fail(ErrorCode::invalid_argument,
                "cannot fit EASE: l2 {}, dropout {}: l2 must be above 0 and dropout in [0, 1)",
                options.l2, options.dropout);
  }
  const PairCounts counts = count_pairs(interactions);
  const std::size_t n = interactions.cols();
  std::vector<std::vector<WeightedItem>> columns(n);
  parallel_for(n, items_per_chunk, [&](std::size_t begin, std::size_t end) {
    for (std::size_t item = begin; item < end; ++item) {
      columns[item] = explain_item(counts, text_neighbours, static_cast<ItemIndex>(item), options);
    }
  });
  // Each column explains one item; a row is what one history item says of all.
  const SparseMatrix by_row = transpose(to_item_weights(columns, n));
  return fit_rows(n, options.k, [&](ItemIndex item, RowAccumulator&) {
    const SparseRow row = by_row.row(item);
    std::vector<WeightedItem> kept;
    for (std::size_t i = 0; i < row.size(); ++i) kept.push_back({row.cols[i], row.values[i]});
    return kept;
  });
}

}  // namespace limn
