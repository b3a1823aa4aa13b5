// Similarity of users: the cosine of their fused vectors, and what they share.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "limn/core/matrix.h"
#include "limn/core/top_k.h"
#include "limn/profile/profile.h"

namespace limn {

// sqrt(text_share) x text after sqrt(1 - text_share) x behaviour, scaled to length 1.
//
// The dot product of two users with equal text shares is the mean of their text cosine and their
// behaviour cosine, weighted by that share. Requires 0 <= text_share <= 1.
[[nodiscard]] std::vector<float> fuse(std::span<const float> text, std::span<const float> behaviour,
                                      double text_share);

// Cosine of the two fused vectors, -1 to 1; 0 when either is empty or all zero, or
// when they were made from sources of different dimensions.
[[nodiscard]] double similarity(const Profile& a, const Profile& b);

// The k users nearest to `query`, best first, fewer where fewer have a cosine above 0; `self` is
// left out. `fused` is (users, query.size()) with rows of length 1 or 0. An exact scan.
[[nodiscard]] std::vector<Scored> nearest_users(MatrixView fused, std::span<const float> query,
                                                std::size_t k,
                                                std::optional<UserIndex> self = std::nullopt);

enum class SharedKind { topic, tag, item };

// Something that two users both like.
struct Shared {
  SharedKind kind = SharedKind::topic;
  std::uint32_t index = 0;
  double weight = 0;  // the smaller of the two users' shares of it

  friend bool operator==(const Shared&, const Shared&) = default;
};

// What both like: at most `max_each` topics, then tags, then items, each the strongest first.
[[nodiscard]] std::vector<Shared> shared_likes(const Profile& a, const Profile& b,
                                               std::size_t max_each = 3);

}  // namespace limn
