// Shares of classes (genres, topics): what items are made of, and how far a list is from a taste.
#pragma once

#include <span>
#include <vector>

#include "limn/core/sparse.h"
#include "limn/core/types.h"

namespace limn {

// (classes): the shares of the classes in `items`, each counting by its weight; all alike where
// `weights` is empty. A row of `item_classes` (items, classes) holds what an item belongs to; its
// values are not negative, and are taken as shares of the row. Items of no class and of no positive
// weight do not count. Sums to 1, or to 0 where nothing counts. O(items + classes).
[[nodiscard]] std::vector<double> class_shares(std::span<const ItemIndex> items,
                                               std::span<const float> weights,
                                               SparseView item_classes);

// How far a list's shares are from a target's: the Kullback-Leibler divergence of `list` from
// `target`, the list mixed with `calibration_smoothing` of the target so that it is finite (Steck,
// "Calibrated recommendations", 2018, equations 5 and 6). 0: in the same proportions, and where the
// target is empty; ln(1 / smoothing) where the list is. Requires equal lengths. O(classes).
inline constexpr double calibration_smoothing = 0.01;  // Steck's
[[nodiscard]] double calibration_gap(std::span<const double> target, std::span<const double> list);

}  // namespace limn
