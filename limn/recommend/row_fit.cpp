#include "limn/recommend/row_fit.h"

#include "limn/core/check.h"
#include "limn/core/parallel.h"

namespace limn {
namespace {

// Rows a thread takes at once: enough that clearing its accumulator costs little.
constexpr std::size_t rows_per_chunk = 128;

}  // namespace

std::vector<WeightedItem> RowAccumulator::take() {
  std::vector<WeightedItem> row;
  row.reserve(touched_.size());
  for (const ItemIndex item : touched_) {
    // An addend that rounded to 0 leaves its item on the list twice; the second is 0.
    row.push_back({item, sums_[item]});
    sums_[item] = 0;
  }
  touched_.clear();
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
