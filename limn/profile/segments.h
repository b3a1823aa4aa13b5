// Segments: users clustered by what they like, named by what they like more than others do.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "limn/core/matrix.h"

namespace limn {

struct SegmentOptions {
  std::size_t k = 12;         // segments before small ones join their nearest neighbour
  std::size_t min_size = 50;  // users; a segment is never smaller, so it cannot single anyone out
  std::size_t topics = 3;     // topics told of each
  std::uint64_t seed = 1;     // same seed and users, same segments
};

struct SegmentTopic {
  std::uint32_t topic = 0;
  double share = 0;  // of what the segment's users like
  double lift = 1;   // that share over the share among all users

  friend bool operator==(const SegmentTopic&, const SegmentTopic&) = default;
};

struct Segment {
  std::string label;                 // "space opera + noir"; different for each segment
  std::size_t size = 0;              // users
  std::vector<SegmentTopic> topics;  // the most over-represented first

  friend bool operator==(const Segment&, const Segment&) = default;
};

// The label of a user who likes nothing yet.
inline constexpr std::uint32_t no_segment = 0xffffffff;

struct Segments {
  Matrix centroids;                   // (segments, topics), rows of length 1
  std::vector<Segment> segments;      // the largest first
  std::vector<std::uint32_t> labels;  // (users): row of `segments`, or no_segment
};

// Clusters users by spherical k-means on `user_topics` (users, topics): rows of Profile::topics.
// Users with a row of zeros belong to no segment. There are no segments while fewer than `min_size`
// users like something. Requires topic_labels of user_topics.cols() and
// k >= 1.
[[nodiscard]] Segments make_segments(MatrixView user_topics,
                                     std::span<const std::string> topic_labels,
                                     const SegmentOptions& options = {});

// The same for users that are clustered already: labels (users) below `k`, or no_segment. Small
// clusters join the nearest one; then every user is in the segment that nearest_segment gives.
[[nodiscard]] Segments describe_segments(MatrixView user_topics,
                                         std::span<const std::uint32_t> labels, std::size_t k,
                                         std::span<const std::string> topic_labels,
                                         const SegmentOptions& options = {});

// The segment whose centroid is nearest to a user's topics; none for a vector of zeros, or where
// there are no segments. O(segments x topics).
[[nodiscard]] std::optional<std::uint32_t> nearest_segment(MatrixView centroids,
                                                           std::span<const float> topics);

}  // namespace limn
