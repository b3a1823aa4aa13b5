// With A the TF-IDF weights (texts, terms) and A = U S V' its SVD, rows of V S are where terms
// stand: their products are those of the columns of A. They are the eigenvectors of A'A, which is
// met as a product only: A'(A x) block by block, so that nothing as long as the texts is held.
//
// The textbook adds up rows of V, whose lengths are those that frequent terms have: what is common
// drowns what tells. With rows of V S brought to length 1, only TF-IDF says how much a term counts
// (docs/text.md has what that changes).
#include "limn/encode/lsa_vectors.h"

#include <cmath>
#include <vector>

#include "limn/core/parallel.h"
#include "limn/core/svd.h"
#include "limn/core/vector_ops.h"
#include "limn/text/term_weights.h"

namespace limn {
namespace {

constexpr std::size_t term_grain = 256;

// image += a' (a block).
void add_image(const SparseMatrix& a, const Matrix& block, Matrix& image) {
  const Matrix along = product(a, block);
  const SparseMatrix transposed = transpose(a);
  parallel_for(transposed.rows(), term_grain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t t = begin; t < end; ++t) {
      const SparseRow row = transposed.row(t);
      for (std::size_t e = 0; e < row.size(); ++e) {
        add_scaled(image.row(t), row.values[e], along.row(row.cols[e]));
      }
    }
  });
}

}  // namespace

Matrix lsa_term_vectors(const PackedCounts& counts, std::span<const float> idf, std::size_t dim,
                        std::uint64_t seed) {
  const std::size_t rank = std::min({dim, counts.rows(), idf.size()});
  const auto multiply = [&](const Matrix& block) {
    Matrix image(block.rows(), block.cols());
    for (std::size_t b = 0; b < counts.blocks(); ++b) {
      add_image(tf_idf(counts.block(b, idf.size()), idf), block, image);
    }
    return image;
  };
  constexpr int passes = 3;
  Eigenpairs pairs =
      top_eigenpairs(idf.size(), rank, multiply, {.power_iterations = passes, .seed = seed});
  for (std::size_t t = 0; t < pairs.vectors.rows(); ++t) {
    const std::span<float> row = pairs.vectors.row(t);
    for (std::size_t d = 0; d < row.size(); ++d) row[d] *= std::sqrt(pairs.values[d]);
    normalize(row);
  }
  return std::move(pairs.vectors);
}

}  // namespace limn
