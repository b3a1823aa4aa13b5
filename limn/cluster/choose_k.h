// Choosing k: how many clusters these points fall into.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "limn/core/matrix.h"

namespace limn {

struct ChooseKOptions {
  std::size_t smallest = 8;    // candidates lie between these two
  std::size_t largest = 256;   // and up to sqrt(n / 2); of a few hundred points up to n / 10
  std::size_t sample = 2'000;  // points that are looked at; more where k asks for them
  std::uint64_t seed = 1;
};

// What is known of one candidate.
struct KCandidate {
  std::size_t k = 0;
  double silhouette = 0;  // of the half that the clusters were not learned from
  double stability = 0;   // adjusted Rand index of what the two halves say of all points
  double score = 0;       // silhouette x stability
};

struct KChoice {
  std::size_t k = 1;                   // what to give kmeans()
  std::vector<KCandidate> candidates;  // k ascending; empty when there are too few points to ask
};

// The k whose clusters are well apart and are found again in other points: the smallest whose score
// is at least nine tenths of the best.
//
// Each candidate is tried on two halves of a sample: each half is clustered, and its clusters are
// judged by the points of the other half. Its cost does not grow with n. Points as in kmeans(),
// rows of zeros are left out.
[[nodiscard]] KChoice choose_k(MatrixView points, const ChooseKOptions& options = {});

}  // namespace limn
