#include "limn/core/class_shares.h"

#include <algorithm>
#include <cmath>

#include "limn/core/check.h"

namespace limn {

std::vector<double> class_shares(std::span<const ItemIndex> items, std::span<const float> weights,
                                 SparseView item_classes) {
  LIMN_CHECK(weights.empty() || weights.size() == items.size());
  std::vector<double> shares(item_classes.cols(), 0);
  double total = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const SparseRow row = item_classes.row(items[i]);
    const double weight = weights.empty() ? 1 : weights[i];
    double own = 0;
    for (const float value : row.values) own += value;
    if (!(own > 0) || !(weight > 0)) continue;
    total += weight;
    for (std::size_t e = 0; e < row.size(); ++e)
      shares[row.cols[e]] += weight * row.values[e] / own;
  }
  for (double& share : shares) share = total > 0 ? share / total : 0;
  return shares;
}

double calibration_gap(std::span<const double> target, std::span<const double> list) {
  LIMN_CHECK(target.size() == list.size());
  double gap = 0;
  for (std::size_t c = 0; c < target.size(); ++c) {
    if (!(target[c] > 0)) continue;
    const double mixed = (1 - calibration_smoothing) * list[c] + calibration_smoothing * target[c];
    gap += target[c] * std::log(target[c] / mixed);
  }
  return std::max(0.0, gap);
}

}  // namespace limn
