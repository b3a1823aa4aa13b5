// top_k: the largest scores, in order, ties by index.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace limn {

struct Scored {
  std::uint32_t index = 0;
  float score = 0;

  friend bool operator==(const Scored&, const Scored&) = default;
};

// Better first: the higher score, and of two equal scores the lower index.
inline bool better(const Scored& a, const Scored& b) {
  return a.score != b.score ? a.score > b.score : a.index < b.index;
}

// Keeps the k best of what it is offered. Costs O(log k) an accepted offer, O(1) a refused one.
class TopK {
 public:
  explicit TopK(std::size_t k) : k_(k) { heap_.reserve(k); }

  void offer(std::uint32_t index, float score) {
    const Scored candidate{index, score};
    if (heap_.size() < k_) {
      heap_.push_back(candidate);
      std::push_heap(heap_.begin(), heap_.end(), better);
    } else if (k_ > 0 && better(candidate, heap_.front())) {
      std::pop_heap(heap_.begin(), heap_.end(), better);
      heap_.back() = candidate;
      std::push_heap(heap_.begin(), heap_.end(), better);
    }
  }

  // When offers come in the order of their indices, one is kept only if its score is above this.
  [[nodiscard]] float floor() const {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    if (k_ == 0) return infinity;
    return heap_.size() < k_ ? -infinity : heap_.front().score;
  }

  // The kept ones, best first; leaves this empty.
  [[nodiscard]] std::vector<Scored> take() {
    std::sort_heap(heap_.begin(), heap_.end(), better);
    return std::move(heap_);
  }

 private:
  std::size_t k_;
  std::vector<Scored> heap_;  // a heap whose front is the worst
};

// The k best of `scores`, best first; fewer where there are fewer. NaN must not occur.
[[nodiscard]] inline std::vector<Scored> top_k(std::span<const float> scores, std::size_t k) {
  TopK best(std::min(k, scores.size()));
  for (std::size_t i = 0; i < scores.size(); ++i)
    best.offer(static_cast<std::uint32_t>(i), scores[i]);
  return best.take();
}

}  // namespace limn
