#include "limn/recommend/mf.h"

#include <algorithm>
#include <cmath>

#include "limn/core/check.h"
#include "limn/core/parallel.h"
#include "limn/core/random.h"
#include "limn/core/sparse.h"
#include "limn/core/vector_ops.h"
#include "limn/recommend/factor_kernels.h"

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
  void set_ridge(std::size_t count) {
    const double scale = count == 0 ? 1 : std::pow(count, options_.l2_exponent);
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

}  // namespace

RatingModel fit_mf(std::span<const Rating> ratings, std::size_t users, std::size_t items,
                   const MfOptions& options) {
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
  }
  model.user_bias = std::move(user_half.bias);
  model.item_bias = std::move(item_half.bias);
  model.users = user_half.rows.matrix(options.dim);
  model.items = item_half.rows.matrix(options.dim);
  return model;
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

double rating_rmse(const RatingModel& model, std::span<const Rating> ratings) {
  if (ratings.empty()) return 0;
  double sum = 0;
  for (const Rating& rating : ratings) {
    const double error = predicted_rating(model, rating.user, rating.item) - rating.value;
    sum += error * error;
  }
  return std::sqrt(sum / static_cast<double>(ratings.size()));
}

}  // namespace limn
