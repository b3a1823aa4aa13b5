// Directed co-occurrence. Each pair of events of one history counts from the earlier item to the
// later one, less with every event between them, and a little in the other direction. It is the
// cheap relative of the transition models SLIS and SLIT (Choi et al., 2021).
#include "limn/recommend/cooccurrence.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "limn/core/check.h"
#include "limn/recommend/row_fit.h"

namespace limn {
namespace {

// Pairs that count less than this are not looked at.
constexpr double least_count = 0.01;

// Where an item stands in a history.
struct Occurrence {
  std::uint32_t history = 0;
  std::uint32_t position = 0;
};

using Sequence = std::vector<HistoryEntry>;

std::vector<Sequence> liked_events(std::span<const History> histories) {
  std::vector<Sequence> sequences(histories.size());
  for (std::size_t i = 0; i < histories.size(); ++i) {
    for (const HistoryEntry& entry : histories[i]) {
      if (entry.weight > 0 && std::isfinite(entry.weight)) sequences[i].push_back(entry);
    }
  }
  return sequences;
}

std::vector<std::vector<Occurrence>> occurrences_by_item(std::span<const Sequence> sequences,
                                                         std::size_t item_count) {
  std::vector<std::vector<Occurrence>> by_item(item_count);
  for (std::uint32_t history = 0; history < sequences.size(); ++history) {
    for (std::uint32_t position = 0; position < sequences[history].size(); ++position) {
      const ItemIndex item = sequences[history][position].item;
      LIMN_CHECK(item < item_count);
      by_item[item].push_back({history, position});
    }
  }
  return by_item;
}

// counts[d - 1]: what a pair d places apart counts.
std::vector<float> counts_by_distance(double reach) {
  std::vector<float> counts{1};
  while (true) {
    const double count = std::exp(-static_cast<double>(counts.size()) / reach);
    if (!(count >= least_count)) return counts;
    counts.push_back(static_cast<float>(count));
  }
}

// Adds what `at` contributes to the row of its item.
void add_neighbours(const Sequence& sequence, std::size_t at, std::span<const float> counts,
                    float backward, RowAccumulator& accumulator) {
  const float own = sequence[at].weight;
  for (std::size_t d = 1; d <= counts.size() && at + d < sequence.size(); ++d) {
    const HistoryEntry& later = sequence[at + d];
    accumulator.add(later.item, counts[d - 1] * std::min(own, later.weight));
  }
  for (std::size_t d = 1; d <= counts.size() && d <= at; ++d) {
    const HistoryEntry& earlier = sequence[at - d];
    accumulator.add(earlier.item, backward * counts[d - 1] * std::min(own, earlier.weight));
  }
}

std::vector<float> powers_of_counts(std::span<const std::vector<Occurrence>> occurrences,
                                    double exponent) {
  std::vector<float> powers(occurrences.size());
  for (std::size_t item = 0; item < powers.size(); ++item) {
    const auto count = static_cast<double>(std::max<std::size_t>(1, occurrences[item].size()));
    powers[item] = static_cast<float>(std::pow(count, -exponent));
  }
  return powers;
}

}  // namespace

ItemWeights fit_cooccurrence(std::span<const History> histories, std::size_t item_count,
                             const CooccurrenceOptions& options) {
  LIMN_CHECK(options.reach > 0 && options.backward >= 0);
  const std::vector<Sequence> sequences = liked_events(histories);
  const auto occurrences = occurrences_by_item(sequences, item_count);
  const std::vector<float> counts = counts_by_distance(options.reach);
  const std::vector<float> from_scales = powers_of_counts(occurrences, options.from_exponent);
  const std::vector<float> to_scales = powers_of_counts(occurrences, options.to_exponent);
  const auto backward = static_cast<float>(options.backward);

  return fit_rows(
      item_count, options.k,
      [&](ItemIndex item, RowAccumulator& accumulator) {
        for (const auto& [history, position] : occurrences[item]) {
          add_neighbours(sequences[history], position, counts, backward, accumulator);
        }
        std::vector<WeightedItem> row = accumulator.take();
        for (WeightedItem& entry : row) entry.weight *= from_scales[item] * to_scales[entry.item];
        return row;
      },
      options.rows);
}

}  // namespace limn
