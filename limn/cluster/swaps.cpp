// A cluster of rows of length 1 whose sum is S has an inertia of 2 (size - |S|). So what merging
// two clusters adds, 2 (|S| + |T| - |S + T|), and what splitting one takes off are exact without a
// pass over the points of others. Only a swap that looks good is then tried by Lloyd's steps. The
// split and merge of clusters is after Kaukoranta, Franti and Nevalainen (1998).
#include "limn/cluster/swaps.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <optional>
#include <tuple>
#include <utility>

#include "limn/cluster/members.h"
#include "limn/cluster/rows.h"
#include "limn/core/parallel.h"
#include "limn/core/vector_ops.h"

namespace limn {
namespace {

double inner(std::span<const double> a, std::span<const double> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

// The row of `rows` that is least like `direction`, the first of equals.
std::size_t farthest(MatrixView points, std::span<const std::size_t> rows,
                     std::span<const float> direction) {
  std::size_t found = rows.front();
  float least = dot(points.row(found), direction);
  for (const std::size_t row : rows) {
    const float similarity = dot(points.row(row), direction);
    if (similarity < least) {
      least = similarity;
      found = row;
    }
  }
  return found;
}

void write_direction(std::span<const double> sum, std::span<float> row) {
  const double length = std::sqrt(inner(sum, sum));
  for (std::size_t d = 0; d < row.size(); ++d) row[d] = static_cast<float>(sum[d] / length);
}

struct Split {
  Matrix halves;
  double length = 0;  // of the halves' sums together
};

// Two-means of one cluster, from two points far apart; nothing where they are all alike.
std::optional<Split> split_in_two(MatrixView points, std::span<const std::size_t> rows,
                                  std::span<const double> sum) {
  constexpr int steps = 10;  // it hardly moves after
  if (rows.size() < 2 || !(inner(sum, sum) > 0)) return std::nullopt;
  Split split{Matrix(2, points.cols())};
  write_direction(sum, split.halves.row(0));
  const std::size_t first = farthest(points, rows, split.halves.row(0));
  const std::size_t second = farthest(points, rows, points.row(first));
  std::ranges::copy(points.row(first), split.halves.row(0).begin());
  std::ranges::copy(points.row(second), split.halves.row(1).begin());
  for (int step = 0; step < steps; ++step) {
    std::array<std::vector<std::size_t>, 2> parts;
    for (const std::size_t row : rows) {
      const float to_first = dot(points.row(row), split.halves.row(0));
      parts[dot(points.row(row), split.halves.row(1)) > to_first ? 1 : 0].push_back(row);
    }
    split.length = 0;
    for (std::size_t half = 0; half < 2; ++half) {
      const std::vector<double> of_half = sum_of(points, parts[half]);
      const double length = std::sqrt(inner(of_half, of_half));
      if (!(length > 0)) return std::nullopt;
      split.length += length;
      write_direction(of_half, split.halves.row(half));
    }
  }
  return split;
}

struct Merger {
  std::size_t first = 0;
  std::size_t second = 0;
  double cost = 0;  // by how much it shortens the sums
};

// The k pairs that cost least, which are enough: no cluster is in all of them.
std::vector<Merger> cheapest_mergers(std::span<const std::vector<double>> sums,
                                     std::span<const double> lengths) {
  const std::size_t k = sums.size();
  std::vector<std::vector<Merger>> of_first(k);
  parallel_for(k, rows_per_chunk(k * sums[0].size()), [&](std::size_t begin, std::size_t end) {
    for (std::size_t a = begin; a < end; ++a) {
      for (std::size_t b = a + 1; b < k; ++b) {
        const double both =
            lengths[a] * lengths[a] + lengths[b] * lengths[b] + 2 * inner(sums[a], sums[b]);
        of_first[a].push_back({a, b, lengths[a] + lengths[b] - std::sqrt(std::max(0.0, both))});
      }
    }
  });
  std::vector<Merger> mergers;
  for (const auto& some : of_first) mergers.insert(mergers.end(), some.begin(), some.end());
  const auto cheaper = [](const Merger& a, const Merger& b) {
    return std::tie(a.cost, a.first, a.second) < std::tie(b.cost, b.first, b.second);
  };
  const std::size_t count = std::min(k, mergers.size());
  std::ranges::partial_sort(mergers, mergers.begin() + static_cast<std::ptrdiff_t>(count), cheaper);
  mergers.resize(count);
  return mergers;
}

}  // namespace

std::vector<Swap> best_swaps(MatrixView points, std::span<const std::uint32_t> labels,
                             std::size_t k, std::size_t count) {
  if (k < 3) return {};
  const Members members = members_of(labels, k);
  std::vector<std::vector<double>> sums(k);
  std::vector<double> lengths(k);
  std::vector<std::optional<Split>> splits(k);
  parallel_for(k, rows_per_chunk(20 * points.rows() * points.cols() / k),
               [&](std::size_t begin, std::size_t end) {
                 for (std::size_t c = begin; c < end; ++c) {
                   sums[c] = sum_of(points, members.of(c));
                   lengths[c] = std::sqrt(inner(sums[c], sums[c]));
                   splits[c] = split_in_two(points, members.of(c), sums[c]);
                 }
               });
  const std::vector<Merger> mergers = cheapest_mergers(sums, lengths);
  std::vector<Swap> swaps;
  for (std::size_t c = 0; c < k; ++c) {
    if (!splits[c]) continue;
    const auto merger = std::ranges::find_if(
        mergers, [&](const Merger& m) { return m.first != c && m.second != c; });
    if (merger == mergers.end()) continue;
    swaps.push_back({merger->first, merger->second, c, std::move(splits[c]->halves),
                     2 * (merger->cost - (splits[c]->length - lengths[c]))});
  }
  std::ranges::stable_sort(swaps, {}, &Swap::inertia);
  if (swaps.size() > count) swaps.resize(count);
  return swaps;
}

Matrix swapped(MatrixView points, std::span<const std::uint32_t> labels, Matrix centroids,
               const Swap& swap) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] == swap.merged || labels[i] == swap.freed) rows.push_back(i);
  }
  const std::vector<double> sum = sum_of(points, rows);
  if (inner(sum, sum) > 0) write_direction(sum, centroids.row(swap.merged));
  std::ranges::copy(swap.halves.row(0), centroids.row(swap.split).begin());
  std::ranges::copy(swap.halves.row(1), centroids.row(swap.freed).begin());
  return centroids;
}

}  // namespace limn
