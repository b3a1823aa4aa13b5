// iALS: users and items as factors whose products say who would use what, fitted to all pairs, used
// and not used, by least squares.
#pragma once

#include <cstddef>
#include <cstdint>

#include "limn/core/matrix.h"
#include "limn/core/sparse.h"

namespace limn {

// What is minimised, for users u and items v:
//   sum over used pairs of weight (1 - <u, v>)^2 + unobserved_weight * sum over all pairs <u, v>^2
//   + sum over users and items of ridge(u) |u|^2,
//   ridge(u) = l2 * (the weights of u's pairs + unobserved_weight * how many there could
//   be)^exponent
struct IalsObjective {
  double unobserved_weight = 0.01;  // of every pair, beside a used pair's own; denser data: more
  double l2 = 0.003;
  double l2_exponent = 1;  // 1: the ridge grows with what is known; 0: the same for all
};

struct IalsOptions {
  std::size_t dim = 64;
  std::size_t block = 32;  // coordinates that are solved for at once; >= dim: each row exactly
  int iterations = 16;     // of users, then items
  IalsObjective objective;
  std::uint64_t seed = 1;
};

struct IalsFactors {
  Matrix users;  // (users, dim)
  Matrix items;  // (items, dim); all 0 for what nobody used
};

// Fits the (users, items) matrix of pair weights. `block` is rounded up to a multiple of 16.
//
// An iteration costs O(nonzeros dim block + (users + items) (dim^2 + dim block^2)) flops; a block
// of 16 to 64 comes down nearly as far in an iteration as exact solves do, at dim / block of their
// cost. Rows are solved in parallel, each by itself: the same bytes on any number of threads.
// Requires dim >= 1, block >= 1, l2 > 0, unobserved_weight >= 0, and weights that are not negative.
[[nodiscard]] IalsFactors fit_ials(SparseView interactions, const IalsOptions& options);

// What fit_ials minimises, in double. O(nonzeros dim + (users + items) dim^2).
[[nodiscard]] double ials_loss(SparseView interactions, const IalsFactors& factors,
                               const IalsObjective& objective);

// The ridge of a row whose pairs weigh `observed` in sum, of `possible` pairs.
[[nodiscard]] double ials_ridge(double observed, std::size_t possible,
                                const IalsObjective& objective);

}  // namespace limn
