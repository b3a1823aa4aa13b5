// The largest singular values and vectors of a sparse matrix, by random projection.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "limn/core/matrix.h"
#include "limn/core/sparse.h"

namespace limn {

struct SvdOptions {
  std::size_t oversampling = 16;  // directions beyond `rank` that are tried
  int power_iterations = 3;       // each sharpens slowly falling singular values
  std::uint64_t seed = 1;         // same seed and matrix, same result, on any number of threads
};

struct Svd {
  Matrix u;              // (n, rank), columns orthonormal
  std::vector<float> s;  // (rank), falling
  Matrix v;              // (m, rank), columns orthonormal; the largest entry of each is positive
};

// a (n, m) is close to u * diag(s) * v'.
//
// The rank is min(rank, n, m) at most; directions whose singular value is nothing beside the
// largest are left out, so s holds positive numbers only (none for a matrix of zeros).
// Costs O((power_iterations + 1) (nonzeros + (n + m) rank) rank).
[[nodiscard]] Svd randomized_svd(SparseView a, std::size_t rank, const SvdOptions& options = {});

}  // namespace limn
