#include "limn/cluster/measures.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "limn/cluster/assign.h"
#include "limn/cluster/rows.h"
#include "limn/core/check.h"
#include "limn/core/parallel.h"
#include "limn/core/sorted.h"
#include "limn/core/vector_ops.h"

namespace limn {
namespace {

// What silhouettes need to know of the clusters. On rows of length 1 the distances of x to all
// members of a cluster add up to size - x . sum, so no pair of points is ever compared.
struct ClusterSums {
  Matrix sums;                     // (k, dim)
  std::vector<std::size_t> sizes;  // (k)
};

ClusterSums cluster_sums(MatrixView points, std::span<const std::uint32_t> labels) {
  std::size_t k = 0;
  for (const std::uint32_t label : labels) {
    if (label != no_cluster) k = std::max<std::size_t>(k, label + std::size_t{1});
  }
  ClusterSums clusters{Matrix(k, points.cols()), std::vector<std::size_t>(k)};
  std::vector<double> sums(k * points.cols());
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] == no_cluster) continue;
    clusters.sizes[labels[i]] += 1;
    double* const sum = sums.data() + labels[i] * points.cols();
    for (std::size_t d = 0; d < points.cols(); ++d) sum[d] += points.row(i)[d];
  }
  std::ranges::transform(sums, clusters.sums.data(),
                         [](double sum) { return static_cast<float>(sum); });
  return clusters;
}

double silhouette_of(std::span<const float> point, std::uint32_t own, const ClusterSums& clusters) {
  const auto total_distance = [&](std::size_t c) {
    return static_cast<double>(clusters.sizes[c]) - dot(point, clusters.sums.row(c));
  };
  if (clusters.sizes[own] == 1) return 0;
  double nearest = 2;
  for (std::size_t c = 0; c < clusters.sizes.size(); ++c) {
    if (c == own || clusters.sizes[c] == 0) continue;
    nearest = std::min(nearest, total_distance(c) / static_cast<double>(clusters.sizes[c]));
  }
  // The point's distance to itself, 0, is in the sum but not in the mean.
  const double inside =
      std::max(0.0, total_distance(own)) / static_cast<double>(clusters.sizes[own] - 1);
  nearest = std::max(0.0, nearest);
  const double larger = std::max(inside, nearest);
  return larger > 0 ? (nearest - inside) / larger : 0;
}

// Labels as numbers from 0 without gaps, and how often each occurs.
struct Groups {
  std::vector<std::size_t> of;  // (n)
  std::vector<std::size_t> sizes;
};

Groups groups_of(std::span<const std::uint32_t> labels) {
  std::vector<std::uint32_t> distinct(labels.begin(), labels.end());
  sort_unique(distinct);

  Groups groups{{}, std::vector<std::size_t>(distinct.size())};
  for (const std::uint32_t label : labels) {
    const auto found = std::ranges::lower_bound(distinct, label);
    groups.of.push_back(static_cast<std::size_t>(found - distinct.begin()));
    groups.sizes[groups.of.back()] += 1;
  }
  return groups;
}

// How many points two groups share, for those that share any.
struct Overlap {
  std::size_t a = 0;
  std::size_t b = 0;
  std::size_t count = 0;
};

std::vector<Overlap> overlaps(const Groups& a, const Groups& b) {
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  for (std::size_t i = 0; i < a.of.size(); ++i) pairs.emplace_back(a.of[i], b.of[i]);
  std::ranges::sort(pairs);
  std::vector<Overlap> shared;
  for (const auto& [x, y] : pairs) {
    if (shared.empty() || shared.back().a != x || shared.back().b != y) shared.push_back({x, y, 0});
    shared.back().count += 1;
  }
  return shared;
}

double entropy(const Groups& groups) {
  const auto n = static_cast<double>(groups.of.size());
  double sum = 0;
  for (const std::size_t size : groups.sizes) {
    const double share = static_cast<double>(size) / n;
    sum -= share * std::log(share);
  }
  return sum;
}

double mutual_information(const Groups& a, const Groups& b) {
  const auto n = static_cast<double>(a.of.size());
  double sum = 0;
  for (const Overlap& shared : overlaps(a, b)) {
    const auto count = static_cast<double>(shared.count);
    const double expected =
        static_cast<double>(a.sizes[shared.a]) * static_cast<double>(b.sizes[shared.b]) / n;
    sum += count / n * std::log(count / expected);
  }
  return sum;
}

// The mutual information of two partitions with these group sizes that are otherwise random: each
// overlap is hypergeometric. Equation 24a of Vinh, Epps and Bailey (2010).
double expected_mutual_information(const Groups& a, const Groups& b) {
  const std::size_t n = a.of.size();
  std::vector<double> log_factorial(n + 1);
  for (std::size_t i = 2; i <= n; ++i) {
    log_factorial[i] = log_factorial[i - 1] + std::log(static_cast<double>(i));
  }
  const auto log_choose = [&](std::size_t m, std::size_t k) {
    return log_factorial[m] - log_factorial[k] - log_factorial[m - k];
  };
  double sum = 0;
  for (const std::size_t x : a.sizes) {
    for (const std::size_t y : b.sizes) {
      const double expected = static_cast<double>(x) * static_cast<double>(y);
      const std::size_t least = std::max<std::size_t>(1, x + y > n ? x + y - n : 0);
      for (std::size_t both = least; both <= std::min(x, y); ++both) {
        const auto count = static_cast<double>(both);
        const double chance =
            std::exp(log_choose(x, both) + log_choose(n - x, y - both) - log_choose(n, y));
        const auto size = static_cast<double>(n);
        sum += chance * count / size * std::log(count * size / expected);
      }
    }
  }
  return sum;
}

// Two partitions without any choice, everything together or everything apart, agree by definition.
bool both_trivial(const Groups& a, const Groups& b) {
  const bool together = a.sizes.size() <= 1 && b.sizes.size() <= 1;
  const bool apart = a.sizes.size() == a.of.size() && b.sizes.size() == b.of.size();
  return together || apart;
}

double pairs_within(std::size_t size) {
  return static_cast<double>(size) * (static_cast<double>(size) - 1) / 2;
}

}  // namespace

double silhouette(MatrixView points, std::span<const std::uint32_t> labels) {
  LIMN_CHECK(labels.size() == points.rows());
  const ClusterSums clusters = cluster_sums(points, labels);
  const auto used =
      std::ranges::count_if(clusters.sizes, [](std::size_t size) { return size > 0; });
  if (used < 2) return 0;

  const std::size_t chunk = rows_per_chunk(clusters.sizes.size() * points.cols());
  std::vector<double> sums((labels.size() + chunk - 1) / chunk);
  parallel_for(labels.size(), chunk, [&](std::size_t begin, std::size_t end) {
    double sum = 0;
    for (std::size_t i = begin; i < end; ++i) {
      if (labels[i] != no_cluster) sum += silhouette_of(points.row(i), labels[i], clusters);
    }
    sums[begin / chunk] = sum;
  });
  const std::size_t members = std::accumulate(clusters.sizes.begin(), clusters.sizes.end(), 0UL);
  return std::accumulate(sums.begin(), sums.end(), 0.0) / static_cast<double>(members);
}

double adjusted_rand(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b) {
  LIMN_CHECK(a.size() == b.size());
  const Groups groups_a = groups_of(a);
  const Groups groups_b = groups_of(b);
  if (both_trivial(groups_a, groups_b)) return 1;
  double together = 0;
  for (const Overlap& shared : overlaps(groups_a, groups_b)) together += pairs_within(shared.count);
  double within_a = 0;
  for (const std::size_t size : groups_a.sizes) within_a += pairs_within(size);
  double within_b = 0;
  for (const std::size_t size : groups_b.sizes) within_b += pairs_within(size);
  const double expected = within_a * within_b / pairs_within(a.size());
  return (together - expected) / ((within_a + within_b) / 2 - expected);
}

double nmi(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b) {
  LIMN_CHECK(a.size() == b.size());
  const Groups groups_a = groups_of(a);
  const Groups groups_b = groups_of(b);
  if (both_trivial(groups_a, groups_b)) return 1;
  const double mean_entropy = (entropy(groups_a) + entropy(groups_b)) / 2;
  return std::clamp(mutual_information(groups_a, groups_b) / mean_entropy, 0.0, 1.0);
}

double ami(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b) {
  LIMN_CHECK(a.size() == b.size());
  const Groups groups_a = groups_of(a);
  const Groups groups_b = groups_of(b);
  if (both_trivial(groups_a, groups_b)) return 1;
  const double expected = expected_mutual_information(groups_a, groups_b);
  const double mean_entropy = (entropy(groups_a) + entropy(groups_b)) / 2;
  const double room = mean_entropy - expected;
  if (std::abs(room) < 1e-12) return 0;  // one partition has no choice: chance explains all
  return (mutual_information(groups_a, groups_b) - expected) / room;
}

}  // namespace limn
