// Which rows each cluster has, and what they add up to; inside cluster only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "limn/core/matrix.h"

namespace limn {

// How many of `labels` each of `k` clusters has; no_cluster counts nowhere.
[[nodiscard]] std::vector<std::size_t> count_labels(std::span<const std::uint32_t> labels,
                                                    std::size_t k);

// The rows of each cluster, in order: cluster c has rows[begin[c]] to rows[begin[c + 1]].
struct Members {
  std::vector<std::size_t> begin;
  std::vector<std::size_t> rows;

  [[nodiscard]] std::span<const std::size_t> of(std::size_t cluster) const {
    return std::span(rows).subspan(begin[cluster], begin[cluster + 1] - begin[cluster]);
  }
};

[[nodiscard]] Members members_of(std::span<const std::uint32_t> labels, std::size_t k);

// The sum of some rows of `points`: (dim). Exact to a float's digits for any number of them.
[[nodiscard]] std::vector<double> sum_of(MatrixView points, std::span<const std::size_t> rows);

}  // namespace limn
