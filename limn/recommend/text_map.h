// A linear map from text embeddings to factors: what nobody used yet, and who did nothing yet, get
// factors from their words.
#pragma once

#include <cstddef>
#include <span>

#include "limn/core/matrix.h"
#include "limn/core/result.h"

namespace limn {

struct TextMapOptions {
  // Ridge, beside a mean square of 1: the embeddings' own scale, and how many there are, do not
  // matter.
  double l2 = 0.1;
};

// The map W (dim, text dim) for which W f_i is nearest the factors v_i:
//   min sum_i confidence_i |v_i - W f_i|^2 + l2 * scale |W|^2,
// scale = the mean over the text dimensions of sum_i confidence_i f_i^2. One solve in closed form
// (a linear AlphaRec: Sheng et al., 2024, found that collaborative factors are to a large part
// linear in the embeddings of a language model). `factors` (items, dim), `embeddings` (items, text
// dim), `confidence` (items): how surely each v_i is known, such as its count of users; items of 0
// do not count. Requires equal rows.
//
// O(items text_dim (text_dim + dim) + text_dim^3) flops: half a second for 25,000 items of 384 and
// 128 dimensions. The same bytes on any number of threads.
// Errors: invalid_argument where no item counts, or where numbers are not finite.
[[nodiscard]] Result<Matrix> fit_text_map(MatrixView factors, MatrixView embeddings,
                                          std::span<const float> confidence,
                                          const TextMapOptions& options);

// W f for each row f of `embeddings`: (rows, dim). Requires map.cols() == embeddings.cols().
[[nodiscard]] Matrix map_texts(MatrixView map, MatrixView embeddings);

// The factors of items in use and of items that only have a text, as one matrix:
//   (confidence_i v_i + prior W f_i) / (confidence_i + prior)
// which is v_i for prior 0 where confidence_i > 0, and W f_i where confidence_i is 0. An item with
// an embedding of zeros (no text) keeps its v_i. A count of users as the confidence and a prior of
// 1 to 10 lets the words speak until a few users have.
[[nodiscard]] Matrix blend_factors(MatrixView factors, MatrixView mapped,
                                   std::span<const float> confidence, double prior);

}  // namespace limn
