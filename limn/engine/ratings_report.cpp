// How far predicted ratings are off, beside what needs no model.
#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "limn/engine/ratings.h"
#include "limn/recommend/rating_means.h"

namespace limn {
namespace {

// An interval of the mean squared error, users drawn anew. Users have ratings in different numbers,
// so the error is a ratio of two sums over users; what is drawn is its linear part at each user,
// whose mean is the error itself (the delta method: Efron and Tibshirani, 1993, chapter 5).
Interval squared_error_interval(std::span<const Rating> test, std::span<const double> squares,
                                std::uint64_t seed) {
  std::map<UserIndex, std::pair<double, double>> of_user;  // sum, count
  for (std::size_t i = 0; i < test.size(); ++i) {
    auto& [sum, count] = of_user[test[i].user];
    sum += squares[i];
    count += 1;
  }
  const double error = mean(squares);
  const auto usual_count = static_cast<double>(test.size()) / static_cast<double>(of_user.size());
  std::vector<double> values;
  values.reserve(of_user.size());
  for (const auto& [user, own] : of_user)
    values.push_back(error + (own.first - error * own.second) / usual_count);
  return bootstrap_mean(values, {.seed = seed});
}

template <typename Guess>
RatingErrors errors_of(std::string name, std::span<const Rating> test, std::uint64_t seed,
                       const Guess& guess) {
  std::vector<double> squares;
  std::vector<double> sizes;
  for (const Rating& rating : test) {
    const double error = guess(rating) - rating.value;
    squares.push_back(error * error);
    sizes.push_back(std::abs(error));
  }
  const Interval interval = squared_error_interval(test, squares, seed);
  return {std::move(name),
          std::sqrt(mean(squares)),
          mean(sizes),
          {std::sqrt(std::max(0.0, interval.low)), std::sqrt(interval.high)}};
}

}  // namespace

Result<RatingReport> evaluate_ratings(const RatingSplit& split, std::size_t users,
                                      std::size_t items, std::uint64_t seed) {
  if (split.train.empty() || split.test.empty()) {
    return fail(ErrorCode::invalid_argument,
                "cannot evaluate ratings: {} to learn from and {} to predict (it takes events of "
                "kind rate, or reviews with stars, on both sides of the split)",
                split.train.size(), split.test.size());
  }
  const FittedRatings fitted = fit_ratings(split.train, users, items, seed);
  const RatingModel biases = fit_biases(split.train, users, items, fitted.fit);
  std::vector<Rating> train;
  for (const DatedRating& one : split.train) train.push_back(one.rating);
  const RatingMeans of_users(train, users, [](const Rating& rating) { return rating.user; });
  const RatingMeans of_items(train, items, [](const Rating& rating) { return rating.item; });
  RatingReport report;
  report.train = split.train.size();
  report.test = split.test.size();
  report.fit = fitted.fit;
  const auto add = [&](std::string name, const auto& guess) {
    report.rows.push_back(errors_of(std::move(name), split.test, seed, guess));
  };
  add("mean", [&](const Rating&) { return of_users.of_all(); });
  add("user mean", [&](const Rating& rating) { return of_users.of(rating.user); });
  add("item mean", [&](const Rating& rating) { return of_items.of(rating.item); });
  add("biases", [&](const Rating& rating) {
    return double{predicted_rating(biases, rating.user, rating.item)};
  });
  add("mf", [&](const Rating& rating) {
    return double{predicted_rating(fitted.model, rating.user, rating.item)};
  });
  return report;
}

Json to_json(const RatingReport& report) {
  JsonArray rows;
  for (const RatingErrors& row : report.rows) {
    rows.push_back(JsonObject{{"predictor", row.name},
                              {"rmse", rounded(row.rmse)},
                              {"mae", rounded(row.mae)},
                              {"rmse_ci95", to_json(row.rmse_ci95)}});
  }
  return JsonObject{{"train", report.train},
                    {"test", report.test},
                    {"rows", std::move(rows)},
                    {"settings", to_json(report.fit)}};
}

}  // namespace limn
