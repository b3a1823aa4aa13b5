#include "limn/cluster/merge.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "limn/core/check.h"
#include "limn/core/vector_ops.h"

namespace limn {
namespace {

// Centroids that are joined one pair at a time; their similarities are kept, not computed again.
class Merger {
 public:
  Merger(const Matrix& centroids, std::vector<std::size_t> sizes)
      : centroids_(centroids),
        sizes_(std::move(sizes)),
        similarities_(centroids.rows(), centroids.rows()),
        alive_(centroids.rows(), true) {
    for (std::size_t a = 0; a < centroids.rows(); ++a) measure(a);
  }

  using Pair = std::pair<std::size_t, std::size_t>;

  // The two most alike, the lower one first; of equals, the lowest.
  [[nodiscard]] std::optional<Pair> closest(float min_similarity) const {
    std::optional<Pair> best;
    for (std::size_t a = 0; a < alive_.size(); ++a) {
      for (std::size_t b = a + 1; alive_[a] && b < alive_.size(); ++b) {
        if (!alive_[b] || similarities_.row(a)[b] <= min_similarity) continue;
        best = {a, b};
        min_similarity = similarities_.row(a)[b];
      }
    }
    return best;
  }

  // The mean of both, by their sizes, takes the lower one's place.
  void join(const Pair& pair) {
    const auto [kept, gone] = pair;
    scale(centroids_.row(kept), static_cast<float>(sizes_[kept]));
    add_scaled(centroids_.row(kept), static_cast<float>(sizes_[gone]),
               std::as_const(centroids_).row(gone));
    normalize(centroids_.row(kept));
    sizes_[kept] += sizes_[gone];
    alive_[gone] = false;
    measure(kept);
  }

  [[nodiscard]] Matrix centroids() const {
    std::vector<float> kept;
    for (std::size_t c = 0; c < alive_.size(); ++c) {
      if (!alive_[c]) continue;
      const std::span<const float> row = centroids_.row(c);
      kept.insert(kept.end(), row.begin(), row.end());
    }
    const auto count = static_cast<std::size_t>(std::count(alive_.begin(), alive_.end(), true));
    return {count, centroids_.cols(), std::move(kept)};
  }

 private:
  void measure(std::size_t a) {
    for (std::size_t b = 0; b < centroids_.rows(); ++b) {
      const float similarity =
          dot(std::as_const(centroids_).row(a), std::as_const(centroids_).row(b));
      similarities_.row(a)[b] = similarity;
      similarities_.row(b)[a] = similarity;
    }
  }

  Matrix centroids_;
  std::vector<std::size_t> sizes_;
  Matrix similarities_;  // (k, k)
  std::vector<bool> alive_;
};

}  // namespace

Clustering merge_similar(MatrixView points, const Clustering& clustering, float max_similarity) {
  LIMN_CHECK(points.rows() == clustering.labels.size());
  Merger merger(clustering.centroids, cluster_sizes(clustering));
  auto pair = merger.closest(max_similarity);
  if (!pair) return clustering;
  for (; pair; pair = merger.closest(max_similarity)) merger.join(*pair);

  Clustering merged = label_points(points, merger.centroids());
  merged.iterations = clustering.iterations;
  merged.restart_inertias = clustering.restart_inertias;
  return merged;
}

}  // namespace limn
