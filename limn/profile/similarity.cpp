#include "limn/profile/similarity.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <unordered_map>

#include "limn/core/check.h"
#include "limn/core/vector_ops.h"

namespace limn {
namespace {

// What a user likes of one kind, with shares that sum to at most 1.
using Likes = std::unordered_map<std::uint32_t, double>;

Likes likes(std::span<const Interest> interests) {
  Likes shares;
  for (const Interest& interest : interests) {
    if (interest.polarity > 0) shares[interest.index] = interest.weight * interest.polarity;
  }
  return shares;
}

Likes likes(std::span<const ItemOpinion> opinions) {
  double sum = 0;
  for (const ItemOpinion& opinion : opinions) sum += opinion.weight;
  Likes shares;
  for (const ItemOpinion& opinion : opinions) shares[opinion.item] = opinion.weight / sum;
  return shares;
}

void add_shared(SharedKind kind, const Likes& a, const Likes& b, std::size_t count,
                std::vector<Shared>& shared) {
  std::vector<Shared> both;
  for (const auto& [index, share] : a) {
    if (const auto other = b.find(index); other != b.end())
      both.push_back({kind, index, std::min(share, other->second)});
  }
  std::sort(both.begin(), both.end(), [](const Shared& x, const Shared& y) {
    return std::tuple(-x.weight, x.index) < std::tuple(-y.weight, y.index);
  });
  if (both.size() > count) both.resize(count);
  shared.insert(shared.end(), both.begin(), both.end());
}

}  // namespace

std::vector<float> fuse(std::span<const float> text, std::span<const float> behaviour,
                        double text_share) {
  LIMN_CHECK(0 <= text_share && text_share <= 1);
  std::vector<float> fused(text.size() + behaviour.size());
  const std::span<float> all(fused);
  add_scaled(all.first(text.size()), static_cast<float>(std::sqrt(text_share)), text);
  add_scaled(all.last(behaviour.size()), static_cast<float>(std::sqrt(1 - text_share)), behaviour);
  normalize(fused);
  return fused;
}

double similarity(const Profile& a, const Profile& b) {
  if (a.fused.size() != b.fused.size()) return 0;
  return dot(a.fused, b.fused);
}

std::vector<Scored> nearest_users(MatrixView fused, std::span<const float> query, std::size_t k,
                                  std::optional<UserIndex> self) {
  std::vector<float> scores(fused.rows());
  multiply(fused, query, scores);
  TopK best(std::min(k, scores.size()));
  for (std::size_t user = 0; user < scores.size(); ++user) {
    const auto index = static_cast<UserIndex>(user);
    if (index != self && scores[user] > 0) best.offer(index, scores[user]);
  }
  return best.take();
}

std::vector<Shared> shared_likes(const Profile& a, const Profile& b, std::size_t max_each) {
  std::vector<Shared> shared;
  add_shared(SharedKind::topic, likes(a.interests), likes(b.interests), max_each, shared);
  add_shared(SharedKind::tag, likes(a.tags), likes(b.tags), max_each, shared);
  add_shared(SharedKind::item, likes(a.liked), likes(b.liked), max_each, shared);
  return shared;
}

}  // namespace limn
