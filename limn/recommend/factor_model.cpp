#include "limn/recommend/factor_model.h"

#include <algorithm>
#include <cmath>

#include "limn/core/check.h"
#include "limn/core/vector_ops.h"

namespace limn {

namespace {

// x := A^-1 x. Copies the system, which the kernel takes apart.
void solve(FactorRows system, AlignedFloats& x) {
  AlignedFloats scratch(solve_scratch_size(system.width()));
  factor_kernels().solve(system.data(), system.width(), x.data(), scratch.data());
}

}  // namespace

// What is known of the user as rows of least squares: one for each event, then the words.
struct FactorModel::Observations {
  FactorRows rows;
  std::vector<float> weights;  // signed
  std::vector<Term> terms;     // what each row is; their weights are still to be set
};

FactorModel::FactorModel(std::string name, FactorBytesView items, MatrixView gram,
                         MatrixView text_map, const FactorModelOptions& options)
    : name_(std::move(name)), items_(items), gram_(gram), text_map_(text_map), options_(options) {
  LIMN_CHECK(gram.rows() == items.cols());
  LIMN_CHECK(gram.cols() == items.cols());
  LIMN_CHECK(text_map.empty() || text_map.rows() == items.cols());
  LIMN_CHECK(options.objective.l2 > 0);
}

FactorModel::Observations FactorModel::observe(const Query& query) const {
  Observations seen;
  seen.rows = FactorRows(query.history.size() + 1, whole_tiles(items_.cols()));
  for (const HistoryEntry& entry : query.history) {
    if (entry.item >= items_.rows() || entry.weight == 0 || !std::isfinite(entry.weight)) continue;
    items_.copy_row(entry.item, {seen.rows.row(seen.weights.size()), items_.cols()});
    seen.weights.push_back(entry.weight);
    seen.terms.push_back(
        {.kind = Term::Kind::history_item, .ref = entry.item, .event = entry.event});
  }
  const bool words = !text_map_.empty() && query.text.size() == text_map_.cols();
  if (words && options_.text_weight > 0) {
    multiply(text_map_, query.text, {seen.rows.row(seen.weights.size()), text_map_.rows()});
    seen.weights.push_back(options_.text_weight);
    seen.terms.push_back({.kind = Term::Kind::text});
  }
  return seen;
}

// A (width, width), the tiles on and above its diagonal.
FactorRows FactorModel::system(const Observations& seen) const {
  const std::size_t width = seen.rows.width();
  const std::size_t count = seen.weights.size();
  std::vector<std::uint32_t> index(count);
  std::vector<float> weights(count);
  double observed = 0;
  for (std::size_t h = 0; h < count; ++h) {
    index[h] = static_cast<std::uint32_t>(h);
    weights[h] = std::abs(seen.weights[h]);
    observed += weights[h];
  }
  const auto ridge = static_cast<float>(ials_ridge(observed, items_.rows(), options_.objective));
  const auto unobserved = static_cast<float>(options_.objective.unobserved_weight);

  FactorRows sums(width, width);
  for (std::size_t r = 0; r < width; ++r) {
    float* const row = sums.row(r);
    if (r < gram_.rows()) {
      for (std::size_t j = 0; j < gram_.cols(); ++j) row[j] = unobserved * gram_.row(r)[j];
    }
    row[r] += ridge;
  }
  AlignedFloats scratch(outer_chunk * width);
  factor_kernels().add_outer({seen.rows.data(), width, index.data(), count}, {0, width},
                             weights.data(), sums.data(), scratch.data());
  return sums;
}

std::vector<float> FactorModel::fold_in(const Query& query) const {
  const Observations seen = observe(query);
  std::vector<float> user(items_.cols());
  if (seen.weights.empty()) return user;
  AlignedFloats sum(seen.rows.width());
  for (std::size_t h = 0; h < seen.weights.size(); ++h) {
    add_scaled({sum.data(), sum.size()}, seen.weights[h], {seen.rows.row(h), sum.size()});
  }
  solve(system(seen), sum);
  std::copy_n(sum.data(), user.size(), user.begin());
  return user;
}

void FactorModel::score(const Query& query, std::span<float> scores) const {
  LIMN_CHECK(scores.size() == item_count());
  items_.multiply(fold_in(query), scores);
}

std::vector<std::vector<Term>> FactorModel::explain_items(const Query& query,
                                                          std::span<const ItemIndex> items) const {
  const Observations seen = observe(query);
  std::vector<std::vector<Term>> terms(items.size());
  if (seen.weights.empty()) return terms;
  const FactorRows sums = system(seen);
  for (std::size_t i = 0; i < items.size(); ++i) {
    LIMN_CHECK(items[i] < item_count());
    AlignedFloats factors(seen.rows.width());
    items_.copy_row(items[i], {factors.data(), items_.cols()});
    solve(sums, factors);
    terms[i] = seen.terms;
    for (std::size_t h = 0; h < seen.weights.size(); ++h) {
      terms[i][h].weight = seen.weights[h] * dot({factors.data(), factors.size()},
                                                 {seen.rows.row(h), factors.size()});
    }
  }
  return terms;
}

Matrix factor_gram(FactorBytesView factors) {
  const FactorRows sums = gram(FactorRows(factors.matrix()));
  Matrix result(factors.cols(), factors.cols());
  for (std::size_t i = 0; i < result.rows(); ++i) {
    std::copy_n(sums.row(i), result.cols(), result.row(i).begin());
  }
  return result;
}

}  // namespace limn
