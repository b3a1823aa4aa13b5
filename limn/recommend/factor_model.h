// FactorModel: ranks by item factors; the user is folded in when the question is asked.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "limn/recommend/factor_bytes.h"
#include "limn/recommend/factor_kernels.h"
#include "limn/recommend/ials.h"
#include "limn/recommend/recommender.h"

namespace limn {

struct FactorModelOptions {
  IalsObjective objective;  // what the item factors were fitted for
  float text_weight = 1;    // of the user's own words, which count as one more item used
};

// The user's factors u are those that fit her history best, the item factors v held:
//   min sum_h |w_h| (sign(w_h) - <u, v_h>)^2 + unobserved_weight sum over all items <u, v>^2
//       + ridge |u|^2,   so   u = A^-1 sum_h w_h v_h,   score(i) = sum_h w_h <A^-1 v_i, v_h>:
// exactly one term for each event. Decayed weights count as observations of that weight; what the
// user turned away is fitted to -1. The own words are an item whose factors the text map gives.
//
// A build keeps fit_ials().items in eight bits, factor_gram() of what they are then and, where
// items have texts, fit_text_map() (text_map.h), whose rows may stand in for the factors of items
// that nobody used.
class FactorModel final : public Recommender {
 public:
  // `items` (items, dim), `gram` (dim, dim) = factor_gram(items) and `text_map` (dim, text
  // dim, or empty) are borrowed. Requires l2 > 0.
  FactorModel(std::string name, FactorBytesView items, MatrixView gram, MatrixView text_map,
              const FactorModelOptions& options);

  [[nodiscard]] std::string_view name() const override { return name_; }
  [[nodiscard]] std::size_t item_count() const override { return items_.rows(); }
  // O(history dim^2 + dim^3 / 3 + items dim) flops: 0.1 ms for the user at 128 dimensions and 100
  // events. Entries beyond the model are skipped, as are words of another length than the map's.
  void score(const Query& query, std::span<float> scores) const override;
  // One solve for each item, and one term for each event of weight.
  [[nodiscard]] std::vector<std::vector<Term>> explain_items(
      const Query& query, std::span<const ItemIndex> items) const override;

  // (dim): u. All 0 where there is nothing to fold in.
  [[nodiscard]] std::vector<float> fold_in(const Query& query) const;

 private:
  struct Observations;
  [[nodiscard]] Observations observe(const Query& query) const;
  [[nodiscard]] FactorRows system(const Observations& seen) const;

  std::string name_;
  FactorBytesView items_;
  MatrixView gram_;
  MatrixView text_map_;
  FactorModelOptions options_;
};

// V'V (dim, dim) of factors (rows, dim). O(rows dim^2), in parallel; the same bytes on any number
// of threads.
[[nodiscard]] Matrix factor_gram(FactorBytesView factors);

}  // namespace limn
