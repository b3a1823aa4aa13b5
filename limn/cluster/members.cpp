#include "limn/cluster/members.h"

#include <algorithm>
#include <numeric>

#include "limn/cluster/assign.h"
#include "limn/core/vector_ops.h"

namespace limn {

std::vector<std::size_t> count_labels(std::span<const std::uint32_t> labels, std::size_t k) {
  std::vector<std::size_t> sizes(k);
  for (const std::uint32_t label : labels) {
    if (label != no_cluster) sizes[label] += 1;
  }
  return sizes;
}

Members members_of(std::span<const std::uint32_t> labels, std::size_t k) {
  Members members{std::vector<std::size_t>(k + 1), {}};
  const std::vector<std::size_t> sizes = count_labels(labels, k);
  std::partial_sum(sizes.begin(), sizes.end(), members.begin.begin() + 1);
  members.rows.resize(members.begin.back());
  std::vector<std::size_t> next(members.begin.begin(), members.begin.end() - 1);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] != no_cluster) members.rows[next[labels[i]]++] = i;
  }
  return members;
}

// A float sum over a million points can lose half its digits: short runs are summed in float, at
// the speed of the memory, and the runs in double.
std::vector<double> sum_of(MatrixView points, std::span<const std::size_t> rows) {
  constexpr std::size_t run = 64;
  std::vector<double> total(points.cols());
  std::vector<float> part(points.cols());
  for (std::size_t begin = 0; begin < rows.size(); begin += run) {
    std::ranges::fill(part, 0.0F);
    for (const std::size_t row : rows.subspan(begin, std::min(run, rows.size() - begin))) {
      add_scaled(part, 1, points.row(row));
    }
    for (std::size_t d = 0; d < total.size(); ++d) total[d] += part[d];
  }
  return total;
}

}  // namespace limn
