// The largest singular values and vectors of a sparse matrix, by random projection.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
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

struct Eigenpairs {
  std::vector<float> values;  // (rank), falling, above 0
  Matrix vectors;             // (n, rank), columns orthonormal; the largest entry of each positive
};

// The largest eigenvalues and vectors of a symmetric (n, n) matrix that has none below 0, of which
// no more is known than `multiply`, the matrix times a block (n, k): with a' a for the matrix, the
// right side of the SVD of an `a` that no memory need hold. Eigenvalues are squares of singular
// ones, and those below 1e-6 of the largest are left out: singular values below 1e-3.
// Calls `multiply` power_iterations + 1 times.
[[nodiscard]] Eigenpairs top_eigenpairs(std::size_t n, std::size_t rank,
                                        const std::function<Matrix(const Matrix&)>& multiply,
                                        const SvdOptions& options = {});

}  // namespace limn
