// Points for the tests of this folder.
#pragma once

#include <cstdint>
#include <span>

#include "limn/core/matrix.h"
#include "limn/core/random.h"
#include "limn/core/vector_ops.h"

namespace limn {

// (n, dim) normal numbers, rows of length 1.
inline Matrix random_points(std::size_t n, std::size_t dim, std::uint64_t seed) {
  Random random(seed);
  Matrix points(n, dim);
  for (std::size_t i = 0; i < n * dim; ++i) points.data()[i] = static_cast<float>(random.normal());
  normalize_rows(points);
  return points;
}

// (n, dim) points around `groups` random directions, point i around direction i % groups; rows of
// length 1. With noise 0 the points of a group are equal.
inline Matrix grouped_points(std::size_t n, std::size_t dim, std::size_t groups, double noise,
                             std::uint64_t seed) {
  const Matrix directions = random_points(groups, dim, seed + 1'000);
  Random random(seed);
  Matrix points(n, dim);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t d = 0; d < dim; ++d) {
      points.row(i)[d] =
          directions.row(i % groups)[d] + static_cast<float>(noise * random.normal());
    }
  }
  normalize_rows(points);
  return points;
}

// The definition, in double.
inline double similarity(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t d = 0; d < a.size(); ++d) sum += static_cast<double>(a[d]) * b[d];
  return sum;
}

}  // namespace limn
