#include "limn/recommend/row_fit.h"

#include <algorithm>
#include <utility>

#include "limn/core/check.h"
#include "limn/core/parallel.h"

namespace limn {
namespace {

// Rows a thread takes at once: enough that clearing its accumulator costs little.
constexpr std::size_t rows_per_chunk = 128;

}  // namespace

std::vector<WeightedItem> RowAccumulator::take() {
  // An addend that rounded to 0 leaves its item on the list twice; the second is 0.
  std::vector<WeightedItem> row(touched_.size() + 1);
  std::size_t taken = 0;
  const auto take_one = [&](ItemIndex item) {
    row[taken] = {item, std::exchange(sums_[item], 0.0F)};
    taken += row[taken].weight != 0 ? 1 : 0;
  };
  // A pass over all items costs less than sorting many.
  constexpr std::size_t few = 8;
  if (touched_.size() * few > sums_.size()) {
    for (std::size_t item = 0; item < sums_.size(); ++item) take_one(static_cast<ItemIndex>(item));
  } else {
    std::ranges::sort(touched_);
    for (const ItemIndex item : touched_) take_one(item);
  }
  touched_.clear();
  row.resize(taken);
  return row;
}

ItemWeights fit_rows(
    std::size_t item_count, std::size_t k,
    const std::function<std::vector<WeightedItem>(ItemIndex, RowAccumulator&)>& fit,
    std::span<const std::uint8_t> wanted) {
  LIMN_CHECK(wanted.empty() || wanted.size() == item_count);
  std::vector<std::vector<WeightedItem>> rows(item_count);
  parallel_for(item_count, rows_per_chunk, [&](std::size_t begin, std::size_t end) {
    RowAccumulator accumulator(item_count);
    for (std::size_t i = begin; i < end; ++i) {
      if (!wanted.empty() && wanted[i] == 0) continue;
      const auto item = static_cast<ItemIndex>(i);
      std::vector<WeightedItem> row = fit(item, accumulator);
      std::erase_if(row, [&](const WeightedItem& entry) { return entry.item == item; });
      keep_largest(row, k);
      rows[i].assign(row.begin(), row.end());  // a copy: the kept few, without the spare capacity
    }
  });
  return to_item_weights(rows, item_count);
}

}  // namespace limn
