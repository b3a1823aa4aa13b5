// The vectors of terms that latent semantic analysis finds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "limn/core/matrix.h"
#include "limn/encode/lsa_counts.h"

namespace limn {

// A vector of length 1 for each term (terms, dim), by the texts that it is in: terms of the same
// texts, and of texts with the same terms, have the same direction. `idf` by term. There are fewer
// than `dim` columns where the texts do not span as many directions, and rows of zeros for terms
// that stand apart from all of them.
//
// Four passes over the counts, each 4 * entries * (dim + 16) flops. Beside the counts it holds
// three matrices of (terms, dim + 16) and the weights of 16,384 texts. Same input and seed, same
// result, on any number of threads.
[[nodiscard]] Matrix lsa_term_vectors(const PackedCounts& counts, std::span<const float> idf,
                                      std::size_t dim, std::uint64_t seed);

}  // namespace limn
