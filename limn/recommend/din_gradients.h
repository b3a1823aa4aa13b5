// The network of DIN on a batch of examples: its loss and the gradient of every parameter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "limn/core/types.h"
#include "limn/recommend/mlp.h"

namespace limn {

// Was the item clicked by one who used `history` (oldest first) before? Borrowed.
struct ClickExample {
  std::span<const ItemIndex> history;
  ItemIndex item = 0;
  bool clicked = false;
};

// An item is the embedding of itself beside that of its category: width = 2 dim numbers.
struct DinShape {
  std::size_t dim = 16;
  std::size_t max_history = 50;  // the newest so many are read
  bool attention = true;         // false: the history's plain mean, to compare with
  MlpShape unit;                 // [h, q, h - q, h * q] to a history item's weight
  MlpShape output;               // [sum, q, sum * q] to the log odds of a click

  [[nodiscard]] std::size_t width() const { return 2 * dim; }
};

template <typename T>
struct DinParameters {
  std::vector<T> items;       // (items, dim)
  std::vector<T> categories;  // (categories, dim)
  std::vector<T> unit;        // MlpShape's
  std::vector<T> output;
};

// Gradients of the few rows of a table that a batch touches, in the order in which they came.
template <typename T>
class RowGradients {
 public:
  explicit RowGradients(std::size_t dim) : dim_(dim) {}

  void add(std::uint32_t row, const T* gradient) {
    const auto [place, added] = places_.try_emplace(row, rows_.size());
    if (added) {
      rows_.push_back(row);
      values_.resize(values_.size() + dim_);
    }
    T* const sum = values_.data() + place->second * dim_;
    for (std::size_t j = 0; j < dim_; ++j) sum[j] += gradient[j];
  }

  [[nodiscard]] const std::vector<std::uint32_t>& rows() const { return rows_; }
  [[nodiscard]] const T* gradient(std::size_t i) const { return values_.data() + i * dim_; }

 private:
  std::size_t dim_;
  std::vector<std::uint32_t> rows_;
  std::vector<T> values_;  // (rows, dim)
  std::unordered_map<std::uint32_t, std::size_t> places_;
};

template <typename T>
struct DinStatistics {
  MlpStatistics<T> unit;
  MlpStatistics<T> output;
};

template <typename T>
struct DinGradients {
  explicit DinGradients(std::size_t dim) : items(dim), categories(dim) {}

  double loss = 0;  // the sum of the examples' log losses
  RowGradients<T> items;
  RowGradients<T> categories;
  std::vector<T> unit;
  std::vector<T> output;
  DinStatistics<T> statistics;  // of this batch
};

// Of the sum of the examples' log losses. `category` (items): each item's. Any thread.
template <typename T>
[[nodiscard]] DinGradients<T> din_gradients(const DinShape& shape,
                                            const DinParameters<T>& parameters,
                                            std::span<const std::uint32_t> category,
                                            std::span<const ClickExample> examples);

// The log odds of a click for each example; normalises by `statistics`. Any thread.
template <typename T>
[[nodiscard]] std::vector<T> din_log_odds(const DinShape& shape, const DinParameters<T>& parameters,
                                          const DinStatistics<T>& statistics,
                                          std::span<const std::uint32_t> category,
                                          std::span<const ClickExample> examples);

}  // namespace limn
