// One sparse product, row by row, with what depends on the user alone put into the user's row
// beforehand and what depends on an item alone multiplied at the end: the walk of RP3beta with
// other exponents, and without making every row sum to 1. Rows of popular items keep their size,
// which says how much there is to say.
#include "limn/recommend/gram.h"

#include <cmath>
#include <numeric>
#include <vector>

#include "limn/recommend/row_fit.h"

namespace limn {
namespace {

double sum(std::span<const float> values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

// (rows): the sum of each row to the power -exponent.
std::vector<float> inverse_powers(SparseView matrix, double exponent) {
  std::vector<float> powers(matrix.rows());
  for (std::size_t i = 0; i < powers.size(); ++i) {
    const double total = sum(matrix.row(i).values);
    powers[i] = total > 0 ? static_cast<float>(std::pow(total, -exponent)) : 0.0F;
  }
  return powers;
}

}  // namespace

ItemWeights fit_gram(SparseView interactions, const GramOptions& options) {
  const SparseMatrix users_of_item = transpose(interactions);
  const std::vector<float> user_scales = inverse_powers(interactions, options.user_exponent);
  const std::vector<float> from_scales = inverse_powers(users_of_item, options.from_exponent);
  const std::vector<float> to_scales = inverse_powers(users_of_item, options.to_exponent);
  const auto power = static_cast<float>(options.power);

  const auto fit = [&](ItemIndex item, RowAccumulator& accumulator) {
    const SparseRow users = users_of_item.row(item);
    for (std::size_t i = 0; i < users.size(); ++i) {
      const std::uint32_t user = users.cols[i];
      const float own = users.values[i] * user_scales[user];
      const SparseRow items = interactions.row(user);
      for (std::size_t j = 0; j < items.size(); ++j) {
        accumulator.add(items.cols[j], own * items.values[j]);
      }
    }
    std::vector<WeightedItem> row = accumulator.take();
    for (WeightedItem& entry : row) {
      entry.weight *= from_scales[item] * to_scales[entry.item];
      if (power != 1) entry.weight = std::pow(entry.weight, power);
    }
    return row;
  };
  return fit_rows(interactions.cols(), options.k, fit, options.rows);
}

}  // namespace limn
