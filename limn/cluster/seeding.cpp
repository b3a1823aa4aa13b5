// Greedy k-means++ (Arthur and Vassilvitskii, 2007, section 6): of a few rows drawn by squared
// distance, keep the one that lowers the inertia most. Against one draw it narrows the spread of
// the starts. It is done on a sample: k passes over a million points would cost more than all the
// Lloyd steps that follow, and 16 points a cluster are enough to find where the clusters lie.
#include "limn/cluster/seeding.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <span>

#include "limn/cluster/rows.h"
#include "limn/core/check.h"
#include "limn/core/parallel.h"
#include "limn/core/random.h"
#include "limn/core/vector_ops.h"

namespace limn {
namespace {

constexpr std::size_t sample_per_cluster = 16;
constexpr std::size_t smallest_sample = 8'192;

// Rows drawn for each centroid. The paper takes 2 + log k; beyond four the spread hardly narrows.
constexpr int trials = 4;

// Two rows of length 1 this close are one point: a float dot product is not more exact.
constexpr float same_point = 1e-6F;

float distance_sq(std::span<const float> a, std::span<const float> b) {
  const float distance = 2 - 2 * dot(a, b);
  return distance > same_point ? distance : 0;
}

// Each point's squared distance to the nearest row chosen so far, and what another would make of
// it.
class Distances {
 public:
  explicit Distances(MatrixView points) : points_(points), nearest_(points.rows(), 4.0F) {}

  // Draws a row with a chance proportional to its distance. Requires inertia() > 0.
  [[nodiscard]] std::size_t draw(Random& random) const {
    const double target = random.uniform() * cumulative_.back();
    const auto found = std::upper_bound(cumulative_.begin(), cumulative_.end(), target);
    return static_cast<std::size_t>(found - cumulative_.begin());
  }

  // The distances were `row` chosen too, and their sum, which is the same on any number of threads.
  struct Trial {
    std::vector<float> nearest;
    double inertia = 0;
  };
  [[nodiscard]] Trial with(std::size_t row) const {
    Trial trial{std::vector<float>(nearest_.size())};
    const std::size_t chunk = rows_per_chunk(points_.cols());
    std::vector<double> sums((nearest_.size() + chunk - 1) / chunk);
    parallel_for(nearest_.size(), chunk, [&](std::size_t begin, std::size_t end) {
      double sum = 0;
      for (std::size_t i = begin; i < end; ++i) {
        trial.nearest[i] = std::min(nearest_[i], distance_sq(points_.row(i), points_.row(row)));
        sum += trial.nearest[i];
      }
      sums[begin / chunk] = sum;
    });
    trial.inertia = std::accumulate(sums.begin(), sums.end(), 0.0);
    return trial;
  }

  void accept(Trial trial) {
    nearest_ = std::move(trial.nearest);
    cumulative_.resize(nearest_.size());
    std::partial_sum(nearest_.begin(), nearest_.end(), cumulative_.begin(), std::plus<double>());
  }

  [[nodiscard]] double inertia() const { return cumulative_.back(); }

 private:
  MatrixView points_;
  std::vector<float> nearest_;
  std::vector<double> cumulative_;
};

}  // namespace

std::vector<std::size_t> seed_rows(MatrixView points, std::size_t k, std::uint64_t seed) {
  LIMN_CHECK(k >= 1);
  Random random(seed);
  const std::vector<std::size_t> rows =
      sample_rows(points, std::max(smallest_sample, k * sample_per_cluster), random);
  if (rows.empty()) return {};
  const Matrix sample = gather_rows(points, rows);

  Distances distances(sample);
  const std::size_t first = random.below(rows.size());
  distances.accept(distances.with(first));
  std::vector<std::size_t> seeds{rows[first]};
  while (seeds.size() < k && distances.inertia() > 0) {
    std::size_t best_row = distances.draw(random);
    Distances::Trial best = distances.with(best_row);
    for (int t = 1; t < trials; ++t) {
      const std::size_t row = distances.draw(random);
      Distances::Trial trial = distances.with(row);
      if (trial.inertia < best.inertia) {
        best = std::move(trial);
        best_row = row;
      }
    }
    distances.accept(std::move(best));
    seeds.push_back(rows[best_row]);
  }
  return seeds;
}

}  // namespace limn
