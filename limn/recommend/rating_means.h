// RatingMeans: the guesses of ratings that need no model, by which the models are judged.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "limn/recommend/mf.h"

namespace limn {

// The mean of each row's ratings; of all ratings where a row has none, and 0 where there are none.
class RatingMeans {
 public:
  // `row_of` gives the row of a rating, below `rows`. O(ratings + rows).
  template <typename RowOf>
  RatingMeans(std::span<const Rating> ratings, std::size_t rows, RowOf row_of)
      : means_(rows), counts_(rows) {
    for (const Rating& rating : ratings) {
      means_[row_of(rating)] += rating.value;
      counts_[row_of(rating)] += 1;
      mean_ += rating.value;
    }
    if (!ratings.empty()) mean_ /= static_cast<double>(ratings.size());
    for (std::size_t row = 0; row < rows; ++row)
      means_[row] = counts_[row] > 0 ? means_[row] / counts_[row] : mean_;
  }

  [[nodiscard]] double of(std::size_t row) const { return means_[row]; }
  [[nodiscard]] double of_all() const { return mean_; }

 private:
  std::vector<double> means_;  // (rows)
  std::vector<double> counts_;
  double mean_ = 0;
};

// The root of the mean squared difference of guess(rating) and each of `ratings`; 0 for none.
template <typename Guess>
[[nodiscard]] double guess_rmse(std::span<const Rating> ratings, const Guess& guess) {
  if (ratings.empty()) return 0;
  double sum = 0;
  for (const Rating& rating : ratings) {
    const double error = guess(rating) - rating.value;
    sum += error * error;
  }
  return std::sqrt(sum / static_cast<double>(ratings.size()));
}

// The first four fifths, to learn from, and the rest.
[[nodiscard]] inline std::pair<std::span<const Rating>, std::span<const Rating>> cut_ratings(
    std::span<const Rating> ratings) {
  const std::size_t first = ratings.size() * 4 / 5;
  return {ratings.first(first), ratings.subspan(first)};
}

}  // namespace limn
