#include "limn/engine/ratings.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>

#include "limn/core/random.h"

namespace limn {
namespace {

// One factor less than a tile of the kernels, so that the bias fits beside them.
constexpr std::size_t factors = 15;

// Fits end sooner, where another iteration stops helping the validation part.
constexpr int most_iterations = 20;

// Grown with the root of the number of ratings, as docs/models.md found best.
constexpr double exponent = 0.5;
constexpr double bias_grid[] = {0.1, 0.3, 1, 3};
constexpr double factor_grid[] = {0.4, 0.8, 1.3, 2, 4};

// Fewer say more of chance than of taste; more take a build longer than its other parts.
constexpr std::size_t fewest_ratings = 500;
constexpr std::size_t most_ratings = 5'000'000;

struct Cut {
  std::vector<Rating> known;
  std::vector<Rating> held_out;
};

// The last fifth of each user's ratings, one of two at least; any where they all have one time.
Cut hold_out(std::span<const DatedRating> ratings, std::uint64_t seed) {
  const bool dated = std::ranges::any_of(
      ratings, [&](const DatedRating& one) { return one.time != ratings.front().time; });
  std::vector<DatedRating> order(ratings.begin(), ratings.end());
  if (dated) {
    std::ranges::stable_sort(order, {}, &DatedRating::time);
  } else {
    Random random(seed);
    random.shuffle(std::span(order));
  }
  std::unordered_map<UserIndex, std::size_t> left;
  for (const DatedRating& one : order) left[one.rating.user] += 1;
  for (auto& [user, count] : left) {
    if (count > 1) count -= std::max<std::size_t>(1, count / 5);
  }
  Cut cut;
  for (const DatedRating& one : order) {
    std::size_t& count = left[one.rating.user];
    (count > 0 ? cut.known : cut.held_out).push_back(one.rating);
    count -= count > 0 ? 1 : 0;
  }
  return cut;
}

std::vector<double> squared_errors(const RatingModel& model, std::span<const Rating> ratings) {
  std::vector<double> squares;
  squares.reserve(ratings.size());
  for (const Rating& one : ratings) {
    const double error = predicted_rating(model, one.user, one.item) - one.value;
    squares.push_back(error * error);
  }
  return squares;
}

// The settings of least error on what is held out, and those errors.
class Search {
 public:
  Search(const Cut& cut, std::size_t users, std::size_t items)
      : cut_(cut), users_(users), items_(items) {}

  // Fits until an iteration does not help any more. The least mean squared error that it came to.
  double offer(MfOptions trial) {
    double least = INFINITY;
    trial.iterations = most_iterations;
    int iteration = 0;
    const auto go_on = [&](const RatingModel& model) {
      ++iteration;
      std::vector<double> squares = squared_errors(model, cut_.held_out);
      const double error = mean(squares);
      if (best_squares_.empty() || error < mean(best_squares_)) {
        best_ = trial;
        best_.iterations = iteration;
        best_squares_ = std::move(squares);
      }
      const bool helps = error < least * (1 - worth_an_iteration);
      least = std::min(least, error);
      return helps;
    };
    (void)fit_mf(cut_.known, users_, items_, trial, go_on);
    return least;
  }

  [[nodiscard]] const MfOptions& best() const { return best_; }
  [[nodiscard]] std::span<const double> squares() const { return best_squares_; }
  [[nodiscard]] double rmse() const { return std::sqrt(mean(best_squares_)); }

 private:
  static constexpr double worth_an_iteration = 6e-4;  // of the mean squared error

  const Cut& cut_;
  std::size_t users_;
  std::size_t items_;
  MfOptions best_;
  std::vector<double> best_squares_;
};

// What is less is not worth the factors: two fits of biases alone differ by as much.
constexpr double least_gain = 0.003;  // of the mean squared error

// Whether `b` errs less than `a` by that and by two standard errors of the difference, which is
// summed by user: the ratings of one user rise and fall together. The best of a grid's fits always
// looks good.
bool surely_less(const Cut& cut, std::size_t users, std::span<const double> a,
                 std::span<const double> b) {
  std::vector<double> gains(users);
  double gain = 0;
  for (std::size_t i = 0; i < cut.held_out.size(); ++i) {
    gains[cut.held_out[i].user] += a[i] - b[i];
    gain += a[i] - b[i];
  }
  if (gain < least_gain * std::accumulate(a.begin(), a.end(), 0.0)) return false;
  double squares = 0;
  for (const double own : gains) squares += own * own;
  return gain > 2 * std::sqrt(squares);
}

// Tries a grid from its middle, in the direction that helps, for as long as it does.
template <typename Offer>
void descend(std::span<const double> grid, const Offer& offer) {
  const std::size_t middle = grid.size() / 2;
  const double at_middle = offer(grid[middle]);
  double least = at_middle;
  for (std::size_t i = middle + 1; i < grid.size(); ++i) {
    const double error = offer(grid[i]);
    if (error >= least) break;
    least = error;
  }
  if (least < at_middle) return;
  for (std::size_t i = middle; i-- > 0;) {
    const double error = offer(grid[i]);
    if (error >= least) break;
    least = error;
  }
}

void search_biases(Search& search, std::uint64_t seed) {
  descend(bias_grid, [&](double bias_l2) {
    return search.offer({.dim = 0, .bias_l2 = bias_l2, .l2_exponent = exponent, .seed = seed});
  });
}

void search_factors(Search& search, double bias_l2, std::uint64_t seed) {
  descend(factor_grid, [&](double l2) {
    return search.offer(
        {.dim = factors, .l2 = l2, .bias_l2 = bias_l2, .l2_exponent = exponent, .seed = seed});
  });
}

void choose_settings(const Cut& cut, std::size_t users, std::size_t items, std::uint64_t seed,
                     RatingFit& fit) {
  Search biases(cut, users, items);
  search_biases(biases, seed);
  Search both(cut, users, items);
  search_factors(both, biases.best().bias_l2, seed);
  const bool better = surely_less(cut, users, biases.squares(), both.squares());
  fit.biases = biases.best();
  fit.bias_rmse = biases.rmse();
  fit.options = better ? both.best() : fit.biases;
  fit.rmse = better ? both.rmse() : fit.bias_rmse;
}

std::vector<Rating> without_times(std::span<const DatedRating> ratings) {
  std::vector<Rating> plain;
  plain.reserve(ratings.size());
  for (const DatedRating& one : ratings) plain.push_back(one.rating);
  return plain;
}

tl::unexpected<Error> wrong(std::string_view key) {
  return fail(ErrorCode::corrupt,
              "cannot read generation: manifest.json: ratings: {}: not a number in its range "
              "(build again)",
              key);
}

}  // namespace

bool has_stars(std::string_view kind, float value) {
  return std::isfinite(value) && (kind == "rate" || (kind == "review" && value != 0));
}

std::vector<DatedRating> ratings_of(const EventTable& events) {
  std::vector<std::uint8_t> rates(events.kinds.size());
  std::vector<std::uint8_t> reviews(events.kinds.size());
  for (std::size_t kind = 0; kind < events.kinds.size(); ++kind) {
    rates[kind] = has_stars(events.kinds[kind], 0) ? 1 : 0;
    reviews[kind] = has_stars(events.kinds[kind], 1) ? 1 : 0;
  }
  const auto given = [&](std::size_t row) {
    const std::uint32_t kind = events.kind[row];
    return events.item[row] != no_item && std::isfinite(events.value[row]) &&
           (events.value[row] == 0 ? rates[kind] : reviews[kind]) != 0;
  };
  std::vector<DatedRating> ratings;
  std::size_t begin = 0;  // of the user's
  const auto close_user = [&] {
    const auto own = std::span(ratings).subspan(begin);
    std::ranges::stable_sort(own, {}, [](const DatedRating& one) { return one.rating.item; });
    std::size_t kept = begin;
    for (std::size_t i = begin; i < ratings.size(); ++i) {
      const bool again = kept > begin && ratings[kept - 1].rating.item == ratings[i].rating.item;
      ratings[again ? kept - 1 : kept++] = ratings[i];
    }
    ratings.resize(kept);
    begin = kept;
  };
  for (std::size_t row = 0; row < events.size(); ++row) {
    if (row > 0 && events.user[row] != events.user[row - 1]) close_user();
    if (!given(row)) continue;
    ratings.push_back({{events.user[row], events.item[row], events.value[row]}, events.time[row]});
  }
  close_user();
  return ratings;
}

FittedRatings fit_ratings(std::span<const DatedRating> ratings, std::size_t users,
                          std::size_t items, std::uint64_t seed) {
  FittedRatings fitted;
  if (ratings.empty()) return fitted;
  const Cut cut = hold_out(ratings, seed);
  RatingFit& fit = fitted.fit;
  fit.options = fit.biases = {.dim = 0, .bias_l2 = 1, .l2_exponent = exponent, .seed = seed};
  if (!cut.held_out.empty()) choose_settings(cut, users, items, seed, fit);
  fitted.model = fit_mf(without_times(ratings), users, items, fit.options);
  fit.ratings = ratings.size();
  fit.mean = fitted.model.mean;
  fit.lowest = fitted.model.lowest;
  fit.highest = fitted.model.highest;
  return fitted;
}

RatingModel fit_biases(std::span<const DatedRating> ratings, std::size_t users, std::size_t items,
                       const RatingFit& fit) {
  return fit_mf(without_times(ratings), users, items, fit.biases);
}

Result<bool> wants_ratings(std::string_view setting, std::span<const DatedRating> ratings) {
  if (setting == "off") return false;
  if (setting == "on") return !ratings.empty();
  if (setting != "auto") {
    return fail(ErrorCode::invalid_argument,
                "cannot predict ratings: recommend.predict_ratings: {}: must be on, off or auto",
                setting);
  }
  const bool differ = std::ranges::any_of(ratings, [&](const DatedRating& one) {
    return one.rating.value != ratings.front().rating.value;
  });
  return differ && fewest_ratings <= ratings.size() && ratings.size() <= most_ratings;
}

JsonObject to_json(const RatingFit& fit) {
  if (fit.ratings == 0) return {{"ratings", 0}};
  return {{"ratings", fit.ratings},
          {"mean", fit.mean},
          {"lowest", fit.lowest},
          {"highest", fit.highest},
          {"dim", fit.options.dim},
          {"l2", fit.options.l2},
          {"bias_l2", fit.options.bias_l2},
          {"iterations", fit.options.iterations},
          {"l2_exponent", fit.options.l2_exponent},
          {"validation_rmse", rounded(fit.rmse)},
          {"validation_rmse_of_biases", rounded(fit.bias_rmse)}};
}

Result<RatingFit> rating_fit_from_json(const JsonObject& json) {
  const auto number = [&](std::string_view key) {
    const Json* value = json.if_contains(key);
    return value != nullptr && value->is_number() ? value->to_number<double>() : std::nan("");
  };
  RatingFit fit;
  if (!(number("ratings") >= 0)) return wrong("ratings");
  fit.ratings = static_cast<std::size_t>(number("ratings"));
  if (fit.ratings == 0) return fit;
  for (const std::string_view key : {"mean", "lowest", "highest", "dim", "l2_exponent"}) {
    if (!std::isfinite(number(key))) return wrong(key);
  }
  for (const std::string_view key : {"l2", "bias_l2"}) {
    if (!(number(key) > 0) || !std::isfinite(number(key))) return wrong(key);
  }
  fit.mean = static_cast<float>(number("mean"));
  fit.lowest = static_cast<float>(number("lowest"));
  fit.highest = static_cast<float>(number("highest"));
  if (!(fit.lowest <= fit.highest)) return wrong("highest");
  fit.options.dim = static_cast<std::size_t>(std::max(0.0, number("dim")));
  fit.options.l2 = number("l2");
  fit.options.bias_l2 = number("bias_l2");
  fit.options.l2_exponent = number("l2_exponent");
  return fit;
}

}  // namespace limn
