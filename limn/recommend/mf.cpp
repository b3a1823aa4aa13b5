#include "limn/recommend/mf.h"

#include <algorithm>
#include <cmath>

#include "limn/core/check.h"
#include "limn/core/parallel.h"
#include "limn/core/random.h"
#include "limn/core/sparse.h"
#include "limn/core/vector_ops.h"
#include "limn/recommend/factor_kernels.h"
#include "limn/recommend/rating_means.h"

namespace limn {
namespace {

// Rows that a thread takes at once.
constexpr std::size_t rows_per_chunk = 64;

// The scale of the factors at the start: products are small beside a step of a rating.
constexpr double initial_deviation = 0.1;

// The ratings by row, with a place for each, whatever its value: SparseMatrix adds equal places.
struct RatedRows {
  std::vector<std::size_t> offsets;   // (rows + 1)
  std::vector<std::uint32_t> others;  // (ratings)
  std::vector<float> values;          // (ratings), less the mean
};

template <typename Row, typename Other>
RatedRows by_row(std::span<const Rating> ratings, std::size_t rows, double mean, Row row,
                 Other other) {
  RatedRows result;
  result.offsets.assign(rows + 1, 0);
  for (const Rating& rating : ratings) result.offsets[row(rating) + 1] += 1;
  for (std::size_t i = 0; i < rows; ++i) result.offsets[i + 1] += result.offsets[i];
  std::vector<std::size_t> next(result.offsets.begin(), result.offsets.end() - 1);
  result.others.resize(ratings.size());
  result.values.resize(ratings.size());
  for (const Rating& rating : ratings) {
    const std::size_t place = next[row(rating)]++;
    result.others[place] = other(rating);
    result.values[place] = static_cast<float>(rating.value - mean);
  }
  return result;
}

// One side of the model: a row is the factors, then a 1 to which the other side's bias answers,
// then zeros; the side's own biases stand apart.
struct Half {
  FactorRows rows;
  std::vector<float> bias;
};

Half random_half(std::size_t count, std::size_t dim, Random& random) {
  Half half{FactorRows(count, whole_tiles(dim + 1)), std::vector<float>(count)};
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < dim; ++j) {
      half.rows.row(i)[j] = static_cast<float>(initial_deviation * random.normal());
    }
    half.rows.row(i)[dim] = 1;
  }
  return half;
}

class RatedRowSolver {
 public:
  RatedRowSolver(const RatedRows& rated, const Half& held, const MfOptions& options)
      : rated_(rated),
        held_(held),
        options_(options),
        width_(held.rows.width()),
        sums_(width_ * width_),
        solution_(width_),
        scratch_(std::max(solve_scratch_size(width_), outer_chunk * width_)) {}

  void solve(std::size_t row, Half& solved) {
    const std::size_t begin = rated_.offsets[row];
    const std::size_t count = rated_.offsets[row + 1] - begin;
    const ChosenRows chosen{held_.rows.data(), width_, rated_.others.data() + begin, count};
    targets_.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
      targets_[i] = rated_.values[begin + i] - held_.bias[chosen.index[i]];
    }
    if (options_.dim == 0) {
      solved.bias[row] = bias_alone();
      return;
    }
    if (ones_.size() < count) ones_.resize(count, 1);
    set_ridge(count);
    kernels_.add_outer(chosen, {0, width_}, ones_.data(), sums_.data(), scratch_.data());
    std::fill_n(solution_.data(), width_, 0.0F);
    kernels_.add_rows(chosen, {0, width_}, targets_.data(), solution_.data());
    kernels_.solve(sums_.data(), width_, solution_.data(), scratch_.data());
    std::copy_n(solution_.data(), options_.dim, solved.rows.row(row));
    solved.bias[row] = solution_.data()[options_.dim];
  }

 private:
  [[nodiscard]] double ridge_scale(std::size_t count) const {
    return count == 0 ? 1 : std::pow(count, options_.l2_exponent);
  }

  // The solve of one number.
  [[nodiscard]] float bias_alone() const {
    double sum = 0;
    for (const float target : targets_) sum += target;
    const auto count = static_cast<double>(targets_.size());
    return static_cast<float>(sum / (count + options_.bias_l2 * ridge_scale(targets_.size())));
  }

  void set_ridge(std::size_t count) {
    const double scale = ridge_scale(count);
    std::fill_n(sums_.data(), sums_.size(), 0.0F);
    for (std::size_t j = 0; j < width_; ++j) {
      const double l2 = j < options_.dim ? options_.l2 : options_.bias_l2;
      sums_.data()[j * width_ + j] = j <= options_.dim ? static_cast<float>(l2 * scale) : 1;
    }
  }

  const FactorKernels& kernels_ = factor_kernels();
  const RatedRows& rated_;
  const Half& held_;
  const MfOptions& options_;
  std::size_t width_;
  AlignedFloats sums_;
  AlignedFloats solution_;
  AlignedFloats scratch_;
  std::vector<float> targets_;
  std::vector<float> ones_;
};

void solve_half(const RatedRows& rated, const Half& held, const MfOptions& options, Half& solved) {
  parallel_for(solved.bias.size(), rows_per_chunk, [&](std::size_t begin, std::size_t end) {
    RatedRowSolver solver(rated, held, options);
    for (std::size_t row = begin; row < end; ++row) solver.solve(row, solved);
  });
}

void copy_halves(const Half& users, const Half& items, std::size_t dim, RatingModel& model) {
  model.user_bias = users.bias;
  model.item_bias = items.bias;
  model.users = users.rows.matrix(dim);
  model.items = items.rows.matrix(dim);
}

}  // namespace

RatingModel fit_mf(std::span<const Rating> ratings, std::size_t users, std::size_t items,
                   const MfOptions& options, const std::function<bool(const RatingModel&)>& go_on) {
  LIMN_CHECK(options.l2 > 0 && options.bias_l2 > 0);
  double sum = 0;
  RatingModel model;
  if (!ratings.empty()) model.lowest = model.highest = ratings.front().value;
  for (const Rating& rating : ratings) {
    LIMN_CHECK(rating.user < users && rating.item < items);
    sum += rating.value;
    model.lowest = std::min(model.lowest, rating.value);
    model.highest = std::max(model.highest, rating.value);
  }
  const double mean = ratings.empty() ? 0 : sum / static_cast<double>(ratings.size());
  model.mean = static_cast<float>(mean);

  const auto user_of = [](const Rating& rating) { return rating.user; };
  const auto item_of = [](const Rating& rating) { return rating.item; };
  const RatedRows of_users = by_row(ratings, users, mean, user_of, item_of);
  const RatedRows of_items = by_row(ratings, items, mean, item_of, user_of);
  Random random(options.seed);
  Half user_half = random_half(users, options.dim, random);
  Half item_half = random_half(items, options.dim, random);
  for (int iteration = 0; iteration < options.iterations; ++iteration) {
    solve_half(of_users, item_half, options, user_half);
    solve_half(of_items, user_half, options, item_half);
    const bool last = iteration + 1 == options.iterations;
    if (!last && !go_on) continue;
    copy_halves(user_half, item_half, options.dim, model);
    if (go_on && !go_on(model)) return model;
  }
  if (options.iterations <= 0) copy_halves(user_half, item_half, options.dim, model);
  return model;
}

RatingModel fit_mf(std::span<const Rating> ratings, std::size_t users, std::size_t items,
                   const MfOptions& options) {
  return fit_mf(ratings, users, items, options, {});
}

float predicted_rating(const RatingModel& model, UserIndex user, ItemIndex item) {
  const bool known_user = user < model.user_bias.size();
  const bool known_item = item < model.item_bias.size();
  float rating = model.mean;
  if (known_user) rating += model.user_bias[user];
  if (known_item) rating += model.item_bias[item];
  if (known_user && known_item) rating += dot(model.users.row(user), model.items.row(item));
  return std::clamp(rating, model.lowest, model.highest);
}

RatedItems rated_items(const RatingModel& model) {
  return {model.mean, model.lowest, model.highest, model.item_bias, model.items};
}

RatingTaste fold_in_ratings(const RatedItems& items, std::span<const OwnRating> ratings,
                            const MfOptions& options) {
  const std::size_t dim = items.factors.cols();
  RatingTaste taste{0, std::vector<float>(dim)};
  RatedRows rated{{0}, {}, {}};
  Half held{FactorRows(ratings.size(), whole_tiles(dim + 1)), {}};
  for (const OwnRating& rating : ratings) {
    if (rating.item >= items.bias.size()) continue;
    const auto place = static_cast<std::uint32_t>(rated.others.size());
    if (dim > 0) std::ranges::copy(items.factors.row(rating.item), held.rows.row(place));
    held.rows.row(place)[dim] = 1;
    held.bias.push_back(items.bias[rating.item]);
    rated.others.push_back(place);
    rated.values.push_back(rating.value - items.mean);
  }
  if (rated.others.empty()) return taste;
  rated.offsets.push_back(rated.others.size());
  MfOptions of_fit = options;
  of_fit.dim = dim;
  Half solved{FactorRows(1, whole_tiles(dim + 1)), std::vector<float>(1)};
  RatedRowSolver(rated, held, of_fit).solve(0, solved);
  taste.bias = solved.bias[0];
  std::copy_n(solved.rows.row(0), dim, taste.factors.begin());
  return taste;
}

float predicted_rating(const RatedItems& items, const RatingTaste& taste, ItemIndex item) {
  float rating = items.mean + taste.bias;
  if (item < items.bias.size()) rating += items.bias[item];
  if (item < items.factors.rows() && taste.factors.size() == items.factors.cols())
    rating += dot(items.factors.row(item), taste.factors);
  return std::clamp(rating, items.lowest, items.highest);
}

double rating_rmse(const RatingModel& model, std::span<const Rating> ratings) {
  return guess_rmse(ratings, [&](const Rating& one) {
    return double{predicted_rating(model, one.user, one.item)};
  });
}

}  // namespace limn
