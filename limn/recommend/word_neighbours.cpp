#include "limn/recommend/word_neighbours.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "limn/recommend/row_fit.h"

namespace limn {
namespace {

// Every count becomes what the word adds to its text's score, its rarity included.
void weigh_as_bm25(SparseMatrix& counts, const WordNeighbourOptions& options) {
  const auto items = static_cast<double>(counts.rows());
  std::vector<double> texts(counts.cols(), 0);
  const SparseView view = counts.view();
  for (const std::uint32_t word : view.indices()) texts[word] += 1;
  const std::span<const float> all = view.values();
  const double mean_length = std::accumulate(all.begin(), all.end(), 0.0) / std::max(1.0, items);
  for (std::size_t item = 0; item < counts.rows(); ++item) {
    const SparseRow row = counts.row(item);
    const double length = std::accumulate(row.values.begin(), row.values.end(), 0.0);
    const double damping = options.k1 * (1 - options.b + options.b * length / mean_length);
    const std::span<float> values = counts.row_values(item);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double used = texts[row.cols[i]];
      const double idf = std::log1p((items - used + 0.5) / (used + 0.5));
      values[i] = static_cast<float>(idf * values[i] * (options.k1 + 1) / (values[i] + damping));
    }
  }
}

// The words of a text that weigh most, with their weights.
std::vector<WeightedItem> query_of(SparseRow row, std::size_t query_words) {
  std::vector<WeightedItem> words;
  for (std::size_t i = 0; i < row.size(); ++i) words.push_back({row.cols[i], row.values[i]});
  keep_largest(words, query_words);
  return words;
}

}  // namespace

ItemWeights fit_word_neighbours(SparseView counts, const WordNeighbourOptions& options) {
  SparseMatrix weighted({counts.offsets().begin(), counts.offsets().end()},
                        {counts.indices().begin(), counts.indices().end()},
                        {counts.values().begin(), counts.values().end()}, counts.cols());
  weigh_as_bm25(weighted, options);
  const SparseMatrix items_of_word = transpose(weighted);
  const auto fit = [&](ItemIndex item, RowAccumulator& accumulator) {
    double own = 0;
    for (const auto& [word, weight] : query_of(weighted.row(item), options.query_words)) {
      own += weight;
      const SparseRow items = items_of_word.row(word);
      for (std::size_t i = 0; i < items.size(); ++i) {
        accumulator.add(items.cols[i], items.values[i]);
      }
    }
    std::vector<WeightedItem> row = accumulator.take();
    for (WeightedItem& entry : row) entry.weight = static_cast<float>(entry.weight / own);
    return row;
  };
  return fit_rows(counts.rows(), options.k, fit, options.rows);
}

}  // namespace limn
