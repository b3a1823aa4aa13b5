// RP3beta (Paudel et al., 2017). A walk goes from an item to one of its users and on to one of that
// user's items, each step with its probability to the power alpha:
//
//   W[i, j] = sum_u (r_ui / d_i)^alpha (r_uj / n_u)^alpha / d_j^beta
//
// with d the sums over an item's users and n over a user's items. What depends on u alone is put
// into the user's row beforehand, what depends on i or j alone is multiplied at the end; between
// them stands one sparse product, row by row.
#include "limn/recommend/rp3beta.h"

#include <cmath>
#include <numeric>
#include <vector>

#include "limn/recommend/row_fit.h"

namespace limn {
namespace {

double sum(std::span<const float> values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

// Every value v of the row of user u becomes (v / n_u)^alpha.
SparseMatrix steps_to_items(SparseView interactions, double alpha) {
  SparseMatrix steps({interactions.offsets().begin(), interactions.offsets().end()},
                     {interactions.indices().begin(), interactions.indices().end()},
                     {interactions.values().begin(), interactions.values().end()},
                     interactions.cols());
  for (std::size_t user = 0; user < steps.rows(); ++user) {
    const double total = sum(steps.row(user).values);
    for (float& value : steps.row_values(user)) {
      value = static_cast<float>(std::pow(value / total, alpha));
    }
  }
  return steps;
}

void scale_to_sum_1(ItemWeights& weights) {
  for (std::size_t i = 0; i < weights.rows(); ++i) {
    const double total = sum(weights.row(i).values);
    if (!(total > 0)) continue;
    for (float& value : weights.row_values(i)) value = static_cast<float>(value / total);
  }
}

}  // namespace

ItemWeights fit_rp3beta(SparseView interactions, const Rp3BetaOptions& options) {
  const SparseMatrix users_of_item = transpose(interactions);
  const SparseMatrix to_items = steps_to_items(interactions, options.alpha);

  std::vector<float> end_scales(interactions.cols());
  for (std::size_t item = 0; item < end_scales.size(); ++item) {
    const double popularity = sum(users_of_item.row(item).values);
    end_scales[item] = static_cast<float>(std::pow(popularity, -options.beta));
  }

  ItemWeights weights = fit_rows(
      interactions.cols(), options.k,
      [&](ItemIndex item, RowAccumulator& accumulator) {
        const SparseRow users = users_of_item.row(item);
        const double total = sum(users.values);
        for (std::size_t i = 0; i < users.size(); ++i) {
          const auto to_user = static_cast<float>(std::pow(users.values[i] / total, options.alpha));
          const SparseRow items = to_items.row(users.cols[i]);
          for (std::size_t j = 0; j < items.size(); ++j) {
            accumulator.add(items.cols[j], to_user * items.values[j]);
          }
        }
        std::vector<WeightedItem> row = accumulator.take();
        for (WeightedItem& entry : row) entry.weight *= end_scales[entry.item];
        return row;
      },
      options.rows);
  if (options.normalize) scale_to_sum_1(weights);
  return weights;
}

}  // namespace limn
