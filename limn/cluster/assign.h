// Assignment: which centroid each point is most like, by our own fused kernel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "limn/core/cpu.h"
#include "limn/core/matrix.h"

namespace limn {

// The label of a point that says nothing: a row of zeros is like no centroid.
inline constexpr std::uint32_t no_cluster = UINT32_MAX;

struct Assignment {
  std::vector<std::uint32_t> labels;  // (n): the centroid with the largest dot product
  std::vector<float> similarities;    // (n): that product; the cosine when both rows have length 1
};

// Labels every row of `points` (n, dim) with the row of `centroids` (k, dim) it is most like; of
// equals, the lowest.
//
// Costs n k dim multiplications, in parallel. A row of zeros gets no_cluster and similarity 0, and
// so does every row when k is 0. Requires equal dims and finite values. Any thread.
[[nodiscard]] Assignment assign(MatrixView points, MatrixView centroids);

// Centroids in the order the kernels read them: panels of columns, dimension by dimension, so that
// a step of the kernel loads neighbouring floats. Pack once, assign many times.
class PackedCentroids {
 public:
  // Requires `isa` to be one of supported_isas(). Costs k dim.
  explicit PackedCentroids(MatrixView centroids, Isa isa = best_isa());

  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] std::size_t dim() const { return dim_; }
  [[nodiscard]] Isa isa() const { return isa_; }
  [[nodiscard]] std::size_t panels() const { return panels_; }
  // (dim, panel_width) floats. Requires p < panels().
  [[nodiscard]] const float* panel(std::size_t p) const { return values_.data() + p * panel_size_; }

 private:
  std::vector<float> values_;
  std::size_t count_;
  std::size_t dim_;
  std::size_t panels_;
  std::size_t panel_size_;
  Isa isa_;
};

// As assign, on the calling thread and into the caller's memory.
// Requires equal dims, count() > 0, and labels and similarities of points.rows().
void assign_rows(MatrixView points, const PackedCentroids& centroids,
                 std::span<std::uint32_t> labels, std::span<float> similarities);

}  // namespace limn
