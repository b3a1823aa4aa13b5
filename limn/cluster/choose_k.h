// Choosing k: how many clusters these points fall into.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "limn/core/matrix.h"

namespace limn {

struct ChooseKOptions {
  std::size_t smallest = 8;    // candidates lie between these two
  std::size_t largest = 256;   // and around sqrt(n / 2)
  std::size_t sample = 2'000;  // points that are looked at, at most
  std::uint64_t seed = 1;
};

// What is known of one candidate.
struct KCandidate {
  std::size_t k = 0;
  double silhouette = 0;  // how much nearer points are to their own cluster than to the next
  double stability = 0;   // adjusted Rand index of clusterings learned from two halves
  double score = 0;       // what is maximised
};

struct KChoice {
  std::size_t k = 1;                   // what to give kmeans()
  std::vector<KCandidate> candidates;  // k ascending; empty when there are too few points to ask
};

// The k whose clusters are well apart and found again in other points. Looks at a sample, so its
// cost does not grow with n: about sample x largest x dim multiplications a candidate.
// Points as in kmeans().
[[nodiscard]] KChoice choose_k(MatrixView points, const ChooseKOptions& options = {});

}  // namespace limn
