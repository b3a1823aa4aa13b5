// Matching the clusters of two builds, so that a topic keeps its id when it is found again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "limn/core/matrix.h"

namespace limn {

// For each new cluster the old one that it continues, if any; an old one is continued at most once.
using ClusterMatches = std::vector<std::optional<std::uint32_t>>;

// Pairs clusters by the similarity of their centroids, the most alike first, down to
// `min_similarity`. Requires rows of length 1 in the same vector space: of an encoder that was
// fitted anew between the builds, use match_by_members. Costs old x new x dim.
[[nodiscard]] ClusterMatches match_by_centroids(MatrixView old_centroids, MatrixView new_centroids,
                                                float min_similarity = 0.7F);

// Pairs clusters by the members they share, those with the largest overlap (shared / all members
// of both) first, down to `min_overlap`. `old_labels[i]` and `new_labels[i]` are the same point's;
// no_cluster where a build did not have it, and then it does not count. Requires equal lengths and
// labels below old_k and new_k.
[[nodiscard]] ClusterMatches match_by_members(std::span<const std::uint32_t> old_labels,
                                              std::size_t old_k,
                                              std::span<const std::uint32_t> new_labels,
                                              std::size_t new_k, double min_overlap = 0.2);

// What became of a cluster that has no counterpart in the other build.
struct ClusterChange {
  enum class Kind {
    created,  // `cluster` is a new one, of points that were nowhere together
    split,    // `cluster` is a new one; most of it was in the old cluster `other`
    merged,   // `cluster` is an old one; most of it is in the new cluster `other`
    ended     // `cluster` is an old one, whose points went many ways, or are gone
  };

  Kind kind = Kind::created;
  std::uint32_t cluster = 0;
  std::optional<std::uint32_t> other;

  friend bool operator==(const ClusterChange&, const ClusterChange&) = default;
};

// What `matches` leaves over: new clusters in order, then old ones. "Most" is half or more of the
// points that both builds know. Labels as in match_by_members; requires matches of new_k.
[[nodiscard]] std::vector<ClusterChange> cluster_changes(std::span<const std::uint32_t> old_labels,
                                                         std::size_t old_k,
                                                         std::span<const std::uint32_t> new_labels,
                                                         const ClusterMatches& matches);

// The ids of a build's topics. An id is never given to a second topic.
struct TopicIds {
  std::vector<std::uint32_t> ids;  // (k): the id of each cluster
  std::uint32_t next = 0;          // the first id that was never used

  friend bool operator==(const TopicIds&, const TopicIds&) = default;
};

// Continued clusters keep their ids, the others get new ones in order. With `matches` all empty
// and `old_ids` empty: 0, 1, 2 ... Requires matches below old_ids.ids.size().
[[nodiscard]] TopicIds carry_ids(const TopicIds& old_ids, const ClusterMatches& matches);

}  // namespace limn
