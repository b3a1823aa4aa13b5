// Biased matrix factorisation: what a user will rate an item.
//
// For ratings alone: the best guess of a rating is not the best ranking, so lists do not come from
// here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "limn/core/matrix.h"
#include "limn/core/types.h"

namespace limn {

struct Rating {
  UserIndex user = 0;
  ItemIndex item = 0;
  float value = 0;
};

struct MfOptions {
  std::size_t dim = 16;    // 0: the biases alone
  int iterations = 20;     // of users, then items
  double l2 = 0.1;         // ridge of the factors, times n^l2_exponent for n ratings
  double bias_l2 = 0.05;   // ridge of the biases, likewise
  double l2_exponent = 1;  // 1: as Zhou et al. (2008) weigh it; 0: the same for all
  std::uint64_t seed = 1;
};

// A rating of item i by user u is close to mean + b_u + b_i + <p_u, q_i> (Koren, 2009). All 0 for
// who or what nothing is known of, so that the rest of the sum answers.
struct RatingModel {
  float mean = 0;
  float lowest = 0;  // ratings that were seen; answers stay between
  float highest = 0;
  std::vector<float> user_bias;  // (users)
  std::vector<float> item_bias;  // (items)
  Matrix users;                  // (users, dim)
  Matrix items;                  // (items, dim)
};

// Fits by alternating least squares: a user's bias and factors are one solve while the items' are
// held, and the other way round. O(ratings dim^2 + (users + items) dim^3) an iteration, of
// biases alone O(ratings), in parallel; the same bytes on any number of threads. Requires user <
// users, item < items, finite values, and l2 and bias_l2 > 0.
[[nodiscard]] RatingModel fit_mf(std::span<const Rating> ratings, std::size_t users,
                                 std::size_t items, const MfOptions& options);

// The same, watched: after each iteration `go_on` sees the model as it is, and ends the fit by
// false.
[[nodiscard]] RatingModel fit_mf(std::span<const Rating> ratings, std::size_t users,
                                 std::size_t items, const MfOptions& options,
                                 const std::function<bool(const RatingModel&)>& go_on);

// Between lowest and highest; the mean for who and what the model does not know. O(dim).
[[nodiscard]] float predicted_rating(const RatingModel& model, UserIndex user, ItemIndex item);

// The side of the items, which a build keeps: whoever asks is folded in. Borrowed.
struct RatedItems {
  float mean = 0;
  float lowest = 0;
  float highest = 0;
  std::span<const float> bias;  // (items)
  MatrixView factors;           // (items, dim)
};

// A user's side.
struct RatingTaste {
  float bias = 0;
  std::vector<float> factors;  // (dim)
};

// A rating of one user's.
struct OwnRating {
  ItemIndex item = 0;
  float value = 0;
};

[[nodiscard]] RatedItems rated_items(const RatingModel& model);

// What the user's ratings say, the items' side held: the row that fit_mf() would give. All 0
// without ratings of known items. O(ratings dim^2 + dim^3). Requires the options of the fit.
[[nodiscard]] RatingTaste fold_in_ratings(const RatedItems& items,
                                          std::span<const OwnRating> ratings,
                                          const MfOptions& options);

// Between lowest and highest.
[[nodiscard]] float predicted_rating(const RatedItems& items, const RatingTaste& taste,
                                     ItemIndex item);

// The root of the mean squared difference of predictions and `ratings`; 0 for none.
[[nodiscard]] double rating_rmse(const RatingModel& model, std::span<const Rating> ratings);

}  // namespace limn
