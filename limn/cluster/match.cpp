#include "limn/cluster/match.h"

#include <algorithm>

#include "limn/cluster/assign.h"
#include "limn/core/check.h"
#include "limn/core/vector_ops.h"

namespace limn {
namespace {

struct Candidate {
  std::uint32_t old_cluster = 0;
  std::uint32_t new_cluster = 0;
  double score = 0;
};

// Takes the best pair whose clusters are both free, again and again; of equals, the lowest.
ClusterMatches match_greedily(std::vector<Candidate> candidates, std::size_t old_k,
                              std::size_t new_k) {
  std::ranges::sort(candidates, [](const Candidate& a, const Candidate& b) {
    if (a.score != b.score) return a.score > b.score;
    if (a.new_cluster != b.new_cluster) return a.new_cluster < b.new_cluster;
    return a.old_cluster < b.old_cluster;
  });
  ClusterMatches matches(new_k);
  std::vector<bool> taken(old_k);
  for (const Candidate& candidate : candidates) {
    if (taken[candidate.old_cluster] || matches[candidate.new_cluster]) continue;
    matches[candidate.new_cluster] = candidate.old_cluster;
    taken[candidate.old_cluster] = true;
  }
  return matches;
}

// How many points two clusters share, of those that both builds know: only they can tell whether a
// cluster goes on.
struct SharedPoints {
  std::size_t new_k = 0;
  std::vector<std::size_t> shared;    // (old, new)
  std::vector<std::size_t> old_size;  // (old)
  std::vector<std::size_t> new_size;  // (new)

  [[nodiscard]] std::size_t of(std::size_t o, std::size_t n) const { return shared[o * new_k + n]; }
};

SharedPoints count_shared(std::span<const std::uint32_t> old_labels, std::size_t old_k,
                          std::span<const std::uint32_t> new_labels, std::size_t new_k) {
  LIMN_CHECK(old_labels.size() == new_labels.size());
  SharedPoints points{new_k, std::vector<std::size_t>(old_k * new_k),
                      std::vector<std::size_t>(old_k), std::vector<std::size_t>(new_k)};
  for (std::size_t i = 0; i < old_labels.size(); ++i) {
    const std::uint32_t o = old_labels[i];
    const std::uint32_t n = new_labels[i];
    LIMN_CHECK(o == no_cluster || o < old_k);
    LIMN_CHECK(n == no_cluster || n < new_k);
    if (o == no_cluster || n == no_cluster) continue;
    points.old_size[o] += 1;
    points.new_size[n] += 1;
    points.shared[o * new_k + n] += 1;
  }
  return points;
}

// The cluster of [0, k) with the largest share of `size` points, where that is half and more.
template <typename Shared>
std::optional<std::uint32_t> home_of_most(std::size_t k, std::size_t size, const Shared& shared) {
  std::optional<std::uint32_t> best;
  for (std::uint32_t c = 0; c < k; ++c) {
    if (2 * shared(c) >= size && shared(c) > 0 && (!best || shared(c) > shared(*best))) best = c;
  }
  return best;
}

}  // namespace

ClusterMatches match_by_centroids(MatrixView old_centroids, MatrixView new_centroids,
                                  float min_similarity) {
  std::vector<Candidate> candidates;
  for (std::uint32_t o = 0; o < old_centroids.rows(); ++o) {
    for (std::uint32_t n = 0; n < new_centroids.rows(); ++n) {
      const float similarity = dot(old_centroids.row(o), new_centroids.row(n));
      if (similarity >= min_similarity) candidates.push_back({o, n, similarity});
    }
  }
  return match_greedily(std::move(candidates), old_centroids.rows(), new_centroids.rows());
}

ClusterMatches match_by_members(std::span<const std::uint32_t> old_labels, std::size_t old_k,
                                std::span<const std::uint32_t> new_labels, std::size_t new_k,
                                double min_overlap) {
  const SharedPoints points = count_shared(old_labels, old_k, new_labels, new_k);
  std::vector<Candidate> candidates;
  for (std::uint32_t o = 0; o < old_k; ++o) {
    for (std::uint32_t n = 0; n < new_k; ++n) {
      const std::size_t both = points.of(o, n);
      if (both == 0) continue;
      const std::size_t either = points.old_size[o] + points.new_size[n] - both;
      const double overlap = static_cast<double>(both) / static_cast<double>(either);
      if (overlap >= min_overlap) candidates.push_back({o, n, overlap});
    }
  }
  return match_greedily(std::move(candidates), old_k, new_k);
}

std::vector<ClusterChange> cluster_changes(std::span<const std::uint32_t> old_labels,
                                           std::size_t old_k,
                                           std::span<const std::uint32_t> new_labels,
                                           const ClusterMatches& matches) {
  using Kind = ClusterChange::Kind;
  const SharedPoints points = count_shared(old_labels, old_k, new_labels, matches.size());
  std::vector<bool> continued(old_k);
  std::vector<ClusterChange> changes;
  for (std::uint32_t n = 0; n < matches.size(); ++n) {
    if (matches[n]) {
      LIMN_CHECK(*matches[n] < old_k);
      continued[*matches[n]] = true;
      continue;
    }
    const auto from =
        home_of_most(old_k, points.new_size[n], [&](std::uint32_t o) { return points.of(o, n); });
    changes.push_back({from ? Kind::split : Kind::created, n, from});
  }
  for (std::uint32_t o = 0; o < old_k; ++o) {
    if (continued[o]) continue;
    const auto into = home_of_most(matches.size(), points.old_size[o],
                                   [&](std::uint32_t n) { return points.of(o, n); });
    changes.push_back({into ? Kind::merged : Kind::ended, o, into});
  }
  return changes;
}

TopicIds carry_ids(const TopicIds& old_ids, const ClusterMatches& matches) {
  TopicIds carried{{}, old_ids.next};
  for (const std::optional<std::uint32_t>& match : matches) {
    LIMN_CHECK(!match || *match < old_ids.ids.size());
    carried.ids.push_back(match ? old_ids.ids[*match] : carried.next++);
  }
  return carried;
}

}  // namespace limn
