// limn_mf: the error of predicted ratings, against means and biases, on a RecBole file of ratings.
//
//   limn_mf RATINGS.inter [SEEDS]
//
// Two splits: a random fifth as the test (a row of the table is the mean over seeds 1 to SEEDS, 5
// by default, and their deviation), and the last fifth in time. Settings are chosen on a fifth of
// the training part, cut the same way; then the model is fitted to all of it and the test read
// once.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "limn/core/random.h"
#include "limn/recommend/mf.h"
#include "limn/recommend/rating_means.h"
#include "limn/recommend/ratings_file.h"

namespace limn {
namespace {

struct Sizes {
  std::size_t users = 0;
  std::size_t items = 0;
};

// The settings of least error on the last fifth of `train`.
MfOptions choose(std::span<const Rating> train, const Sizes& sizes, bool factors) {
  const auto [inner, validation] = cut_ratings(train);
  MfOptions best;
  double least = INFINITY;
  const std::vector<std::size_t> dims =
      factors ? std::vector<std::size_t>{8, 16, 32} : std::vector<std::size_t>{0};
  for (const std::size_t dim : dims) {
    for (const double exponent : {0.0, 0.5, 1.0}) {
      const double center = std::pow(60, -exponent);  // a user has some 60 ratings
      for (const double l2 : {2.5 * center, 5 * center, 10 * center, 20 * center}) {
        for (const double bias : {0.25, 1.0}) {
          const MfOptions options{
              .dim = dim, .l2 = l2, .bias_l2 = bias * l2, .l2_exponent = exponent};
          const double error =
              rating_rmse(fit_mf(inner, sizes.users, sizes.items, options), validation);
          if (error >= least) continue;
          least = error;
          best = options;
        }
      }
    }
  }
  return best;
}

constexpr const char* names[] = {"mean", "mean of the user", "mean of the item", "biases",
                                 "biases and factors"};

std::vector<double> errors(std::span<const Rating> ratings, const Sizes& sizes) {
  const auto [train, test] = cut_ratings(ratings);
  const RatingMeans users(train, sizes.users, [](const Rating& one) { return one.user; });
  const RatingMeans items(train, sizes.items, [](const Rating& one) { return one.item; });
  std::vector<double> result{
      guess_rmse(test, [&](const Rating&) { return users.of_all(); }),
      guess_rmse(test, [&](const Rating& one) { return users.of(one.user); }),
      guess_rmse(test, [&](const Rating& one) { return items.of(one.item); })};
  for (const bool factors : {false, true}) {
    const MfOptions options = choose(train, sizes, factors);
    result.push_back(rating_rmse(fit_mf(train, sizes.users, sizes.items, options), test));
    std::fprintf(stderr, "chosen: dim %zu, l2 %g, bias_l2 %g, l2_exponent %g: %.4f\n", options.dim,
                 options.l2, options.bias_l2, options.l2_exponent, result.back());
  }
  return result;
}

void print(const char* split, const std::vector<std::vector<double>>& runs) {
  std::printf("%s\n", split);
  for (std::size_t row = 0; row < std::size(names); ++row) {
    double sum = 0;
    double squares = 0;
    for (const auto& run : runs) {
      sum += run[row];
      squares += run[row] * run[row];
    }
    const auto n = static_cast<double>(runs.size());
    const double deviation = std::sqrt(std::max(0.0, squares / n - sum * sum / n / n));
    std::printf("  %-20s %.4f +- %.4f\n", names[row], sum / n, deviation);
  }
}

int run(const std::vector<std::string>& arguments) {
  const auto file = read_ratings(arguments[0]);
  if (!file) {
    std::fprintf(stderr, "%s\n", file.error().message.c_str());
    return 1;
  }
  std::vector<Rating> ratings;
  for (const RatingLine& line : file->lines) ratings.push_back({line.user, line.item, line.value});
  const Sizes sizes{file->users, file->items.size()};
  const auto seeds = arguments.size() > 1 ? number_or_zero<std::uint64_t>(arguments[1]) : 5;
  std::vector<std::vector<double>> runs;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    std::vector<Rating> shuffled = ratings;
    Random random(seed);
    random.shuffle(std::span<Rating>(shuffled));
    runs.push_back(errors(shuffled, sizes));
  }
  print("a random fifth", runs);
  print("the last fifth in time", {errors(ratings, sizes)});
  return 0;
}

}  // namespace
}  // namespace limn

int main(int count, char** values) {
  if (count < 2) {
    std::fprintf(stderr, "limn_mf RATINGS.inter [SEEDS]\n");
    return 2;
  }
  return limn::run({values + 1, values + count});
}
