// Average linkage: clusters of clusters, from the two most alike up to all in one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "limn/core/matrix.h"

namespace limn {

struct GroupOptions {
  std::size_t fewest = 3;  // groups
  std::size_t most = 8;
};

// Puts `rows` (n, dim), rows of length 1, into a handful of groups by average linkage on cosine
// similarity (UPGMA; Sokal and Michener, 1958): of the numbers of groups allowed, the one after
// which the next two to join would be the least alike, against the two that joined last. Returns
// (n): the group of each row, counted from 0 in the order of their first rows.
//
// Each row is its own group where there are no more than twice `fewest`: so few need none. What all
// rows have in common, their mean, is taken off before they are compared. Costs n^2 (dim + 1) time
// and n^2 floats, by chains of nearest neighbours. Requires 1 <= fewest <= most.
[[nodiscard]] std::vector<std::uint32_t> group_rows(MatrixView rows,
                                                    const GroupOptions& options = {});

}  // namespace limn
