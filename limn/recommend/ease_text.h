// EASE with item texts: weights that explain behaviour, drawn to those that explain the texts.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "limn/core/matrix.h"
#include "limn/core/result.h"
#include "limn/core/sparse.h"
#include "limn/recommend/ease.h"
#include "limn/recommend/item_weights.h"

namespace limn {

struct EaseTextOptions {
  EaseOptions behaviour;     // its ridge, dropout, k and max_items
  double text_ridge = 1;     // of the model of the texts alone
  double text_weight = 100;  // how strongly the weights are drawn to that model's
};

// Fits on the (users, items) matrix and the items' `embeddings` (items, dim), rows of length 1 or
// 0: C = EASE of the texts, then argmin |X - XB|^2 + |ridge^(1/2) B|^2 + text_weight |B - C|^2 with
// a zero diagonal (L3AE; closed form). Items that nobody used get the weights of their texts.
//
// Time: that of fit_ease() and 4 items^2 dim flops, on one thread each; the same bytes on any
// number. Memory: 4 bytes times items^2. Errors: as fit_ease(), and invalid_argument for a ridge or
// weight of the texts that is not above 0. Requires as many embeddings as items.
[[nodiscard]] Result<ItemWeights> fit_ease_text(SparseView interactions, MatrixView embeddings,
                                                const EaseTextOptions& options);

// The model of the texts alone, C above, as U V' off the diagonal: rows `left` and `right` (items,
// dim) with C[i, j] = left[i] right[j] for i != j, and own[j] = left[j] right[j], which is not part
// of C. O(items dim^2 + dim^3).
struct TextEase {
  Matrix left;             // (items, dim)
  Matrix right;            // (items, dim)
  std::vector<float> own;  // (items)
};

// Nothing where the ridge is too small for the matrix to be inverted. Requires ridge > 0.
[[nodiscard]] std::optional<TextEase> fit_text_ease(MatrixView embeddings, double ridge);

}  // namespace limn
