// An exact scan in blocks: the cosines of a block of rows with a block of columns are one matrix
// product on one thread, of a size that stays in the cache; blocks of rows run in parallel.
#include "limn/recommend/text_neighbours.h"

#include <algorithm>
#include <vector>

#include "limn/core/parallel.h"
#include "limn/core/top_k.h"
#include "limn/recommend/product.h"

namespace limn {
namespace {

constexpr std::size_t block_rows = 64;
constexpr std::size_t block_cols = 512;

// cosines (rows.rows(), cols.rows()), row-major.
void multiply_blocks(MatrixView rows, MatrixView cols, std::span<float> cosines) {
  std::ranges::fill(cosines, 0.0F);
  add_product({rows.rows(), cols.rows(), rows.cols()}, 1, {rows.data(), rows.cols()},
              {cols.data(), cols.cols(), true}, cosines.data(), cols.rows());
}

// The neighbours of rows [begin, end).
std::vector<TopK> nearest(MatrixView embeddings, std::size_t begin, std::size_t end,
                          const TextNeighbourOptions& options) {
  std::vector<TopK> best(end - begin, TopK(options.k));
  std::vector<float> cosines(block_rows * block_cols);
  for (std::size_t left = 0; left < embeddings.rows(); left += block_cols) {
    const std::size_t width = std::min(block_cols, embeddings.rows() - left);
    multiply_blocks(embeddings.slice(begin, end - begin), embeddings.slice(left, width), cosines);
    for (std::size_t i = begin; i < end; ++i) {
      for (std::size_t j = 0; j < width; ++j) {
        const float cosine = cosines[(i - begin) * width + j];
        if (cosine > options.min_similarity && left + j != i) {
          best[i - begin].offer(static_cast<ItemIndex>(left + j), cosine);
        }
      }
    }
  }
  return best;
}

}  // namespace

ItemWeights fit_text_neighbours(MatrixView embeddings, const TextNeighbourOptions& options) {
  std::vector<std::vector<WeightedItem>> rows(embeddings.rows());
  parallel_for(embeddings.rows(), block_rows, [&](std::size_t begin, std::size_t end) {
    std::vector<TopK> best = nearest(embeddings, begin, end, options);
    for (std::size_t i = begin; i < end; ++i) {
      for (const Scored& scored : best[i - begin].take()) {
        rows[i].push_back({scored.index, scored.score});
      }
      keep_largest(rows[i], options.k);
    }
  });
  return to_item_weights(rows, embeddings.rows());
}

}  // namespace limn
