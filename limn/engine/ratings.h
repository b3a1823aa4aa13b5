// Ratings: what users gave stars, what they would give, and how far off that is.
//
// Lists are not ordered by predicted stars: the least squared error is not the best order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "limn/core/json.h"
#include "limn/core/result.h"
#include "limn/eval/intervals.h"
#include "limn/recommend/mf.h"
#include "limn/store/event_table.h"

namespace limn {

// A rating and when it was given.
struct DatedRating {
  Rating rating;
  Time time{};
};

// The ratings among the events, and the reviews with stars: the last of each user and item, by
// user, then item. O(ratings log ratings).
[[nodiscard]] std::vector<DatedRating> ratings_of(const EventTable& events);

// What predictions need beside the arrays, as the manifest keeps it.
struct RatingFit {
  std::size_t ratings = 0;  // that were fitted; 0: nothing is predicted
  float mean = 0;
  float lowest = 0;
  float highest = 0;
  MfOptions options;     // that were chosen; dim 0: the biases alone
  MfOptions biases;      // the best of biases alone
  double rmse = 0;       // on the validation part: of `options`, and
  double bias_rmse = 0;  // of `biases`
};

struct FittedRatings {
  RatingFit fit;
  RatingModel model;
};

// Ridges and iterations by the last fifth of each user's ratings (any fifth where they are not
// dated), then a fit of all. Factors are taken up where they err less there than biases do by two
// standard errors. At most 7 fits of 20 iterations each, the most of them of biases alone or ended
// early. Deterministic.
[[nodiscard]] FittedRatings fit_ratings(std::span<const DatedRating> ratings, std::size_t users,
                                        std::size_t items, std::uint64_t seed);

// The biases alone, with the settings that `fit` found best for them.
[[nodiscard]] RatingModel fit_biases(std::span<const DatedRating> ratings, std::size_t users,
                                     std::size_t items, const RatingFit& fit);

// Whether limn.toml's recommend.predict_ratings asks for it: on, or auto where there are ratings
// enough to learn from, of two values at least, and not so many that a build would take long over
// them. Errors: invalid_argument, for another word.
[[nodiscard]] Result<bool> wants_ratings(std::string_view setting,
                                         std::span<const DatedRating> ratings);

[[nodiscard]] JsonObject to_json(const RatingFit& fit);
// Errors: corrupt.
[[nodiscard]] Result<RatingFit> rating_fit_from_json(const JsonObject& json);

// Whether an event of this kind and value carries stars.
[[nodiscard]] bool has_stars(std::string_view kind, float value);

// Ratings of the past, and of the future.
struct RatingSplit {
  std::vector<DatedRating> train;
  std::vector<Rating> test;
};

// How far one way of guessing is off.
struct RatingErrors {
  std::string name;  // mean, user mean, item mean, biases, mf
  double rmse = 0;
  double mae = 0;
  Interval rmse_ci95;  // users drawn anew
};

struct RatingReport {
  std::size_t train = 0;
  std::size_t test = 0;
  std::vector<RatingErrors> rows;
  RatingFit fit;
};

// Guesses of means, biases and factors, learnt from `split.train`, against `split.test`. Errors:
// invalid_argument, where either is empty.
[[nodiscard]] Result<RatingReport> evaluate_ratings(const RatingSplit& split, std::size_t users,
                                                    std::size_t items, std::uint64_t seed);

[[nodiscard]] Json to_json(const RatingReport& report);

}  // namespace limn
