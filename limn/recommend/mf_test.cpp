#include "limn/recommend/mf.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "limn/core/parallel.h"
#include "limn/core/random.h"
#include "limn/recommend/rating_means.h"
#include "limn/recommend/test_data.h"

namespace limn {
namespace {

// Ratings of a known model: mean 3, biases, three factors, and noise of deviation 0.2.
std::vector<Rating> made_ratings(std::size_t users, std::size_t items, std::size_t per_user,
                                 std::uint64_t seed) {
  Random random(seed);
  const Matrix p = random_embeddings(users, 3, seed + 1);
  const Matrix q = random_embeddings(items, 3, seed + 2);
  std::vector<double> user_bias(users);
  std::vector<double> item_bias(items);
  for (double& bias : user_bias) bias = 0.4 * random.normal();
  for (double& bias : item_bias) bias = 0.4 * random.normal();
  std::vector<Rating> ratings;
  for (UserIndex u = 0; u < users; ++u) {
    for (std::size_t k = 0; k < per_user; ++k) {
      const auto i = static_cast<ItemIndex>(random.below(items));
      const double value =
          3 + user_bias[u] + item_bias[i] + 1.5 * dot(p.row(u), q.row(i)) + 0.2 * random.normal();
      ratings.push_back({u, i, static_cast<float>(value)});
    }
  }
  return ratings;
}

TEST(Mf, FindsTheModelThatMadeTheRatings) {
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    SCOPED_TRACE(seed);
    std::vector<Rating> ratings = made_ratings(200, 100, 50, seed);
    Random random(seed);
    random.shuffle(std::span<Rating>(ratings));
    const auto [train, test] = cut_ratings(ratings);
    const RatingMeans means(train, 200, [](const Rating& one) { return one.user; });
    const double mean = guess_rmse(test, [&](const Rating&) { return means.of_all(); });
    const double biases =
        rating_rmse(fit_mf(train, 200, 100, {.dim = 0, .bias_l2 = 0.01, .seed = seed}), test);
    const double factors = rating_rmse(
        fit_mf(train, 200, 100, {.dim = 4, .l2 = 0.01, .bias_l2 = 0.01, .seed = seed}), test);
    EXPECT_LT(biases, 0.9 * mean);
    EXPECT_LT(factors, 0.5 * biases);
    EXPECT_LT(factors, 0.3);  // the noise is 0.2
  }
}

// The items were solved last: no item's bias or factor can be moved to lower the loss.
TEST(Mf, LeavesNoSlopeInTheItems) {
  const std::vector<Rating> ratings = made_ratings(30, 20, 12, 5);
  for (const double exponent : {0.0, 1.0}) {
    const MfOptions options{
        .dim = 3, .iterations = 2, .l2 = 0.2, .bias_l2 = 0.3, .l2_exponent = exponent};
    RatingModel model = fit_mf(ratings, 30, 20, options);
    for (ItemIndex item = 0; item < 20; ++item) {
      const auto loss = [&] {
        double sum = 0;
        double count = 0;
        for (const Rating& rating : ratings) {
          if (rating.item != item) continue;
          const double predicted = model.mean + model.user_bias[rating.user] +
                                   model.item_bias[item] +
                                   dot(model.users.row(rating.user), model.items.row(item));
          sum += std::pow(rating.value - predicted, 2);
          count += 1;
        }
        const double scale = count == 0 ? 1 : std::pow(count, exponent);
        const auto factors = model.items.row(item);
        return sum + 0.2 * scale * dot(factors, factors) +
               0.3 * scale * std::pow(model.item_bias[item], 2);
      };
      const auto slope = [&](float& value) {
        const float kept = value;
        value = kept + 1e-2F;
        const double above = loss();
        value = kept - 1e-2F;
        const double below = loss();
        value = kept;
        return (above - below) / 2e-2;
      };
      EXPECT_NEAR(slope(model.item_bias[item]), 0, 5e-3);
      for (float& value : model.items.row(item)) EXPECT_NEAR(slope(value), 0, 5e-3);
    }
  }
}

TEST(Mf, CanBeWatchedAndEnded) {
  const std::vector<Rating> ratings = made_ratings(30, 20, 12, 6);
  int seen = 0;
  const auto three = [&](const RatingModel&) { return ++seen < 3; };
  const RatingModel watched = fit_mf(ratings, 30, 20, {.dim = 3, .iterations = 9}, three);
  EXPECT_EQ(seen, 3);
  const RatingModel whole = fit_mf(ratings, 30, 20, {.dim = 3, .iterations = 3});
  EXPECT_EQ(watched.item_bias, whole.item_bias);
  EXPECT_EQ(watched.user_bias, whole.user_bias);
}

// The bias alone is the sum over the count and the ridge: by hand, from users at rest.
TEST(Mf, FitsBiasesAloneByTheirOneNumber) {
  const std::vector<Rating> ratings{{0, 0, 4}, {1, 0, 2}, {1, 1, 3}};
  const RatingModel model =
      fit_mf(ratings, 2, 2, {.dim = 0, .iterations = 1, .bias_l2 = 0.5, .l2_exponent = 0});
  const double user0 = 1 / 1.5;           // 4 - 3
  const double user1 = (-1.0 + 0) / 2.5;  // 2 - 3, 3 - 3
  EXPECT_NEAR(model.user_bias[0], user0, 1e-6);
  EXPECT_NEAR(model.user_bias[1], user1, 1e-6);
  EXPECT_NEAR(model.item_bias[0], (1 - user0 - 1 - user1) / 2.5, 1e-6);
  EXPECT_NEAR(model.item_bias[1], -user1 / 1.5, 1e-6);
}

TEST(Mf, IsTheSameOnAnyNumberOfThreads) {
  const std::vector<Rating> ratings = made_ratings(300, 150, 20, 8);
  const std::size_t threads = thread_count();
  set_thread_count(1);
  const RatingModel one = fit_mf(ratings, 300, 150, {.iterations = 3});
  set_thread_count(4);
  const RatingModel four = fit_mf(ratings, 300, 150, {.iterations = 3});
  set_thread_count(threads);
  EXPECT_EQ(one.user_bias, four.user_bias);
  EXPECT_EQ(one.item_bias, four.item_bias);
  EXPECT_TRUE(std::equal(one.users.data(), one.users.data() + 300 * 16, four.users.data()));
}

TEST(Mf, AnswersTheMeanForStrangersAndStaysInTheScale) {
  const std::vector<Rating> ratings{{0, 0, 1}, {0, 1, 5}, {1, 0, 2}};
  const RatingModel model = fit_mf(ratings, 3, 3, {.dim = 2});
  EXPECT_FLOAT_EQ(predicted_rating(model, 2, 2), 8.0F / 3);  // no ratings
  EXPECT_FLOAT_EQ(predicted_rating(model, 9, 9), 8.0F / 3);  // after the fit
  const RatingModel loose = fit_mf(ratings, 3, 3, {.dim = 2, .l2 = 1e-4, .bias_l2 = 1e-4});
  for (UserIndex u = 0; u < 3; ++u) {
    for (ItemIndex i = 0; i < 3; ++i) {
      EXPECT_GE(predicted_rating(loose, u, i), 1);
      EXPECT_LE(predicted_rating(loose, u, i), 5);
    }
  }
  EXPECT_EQ(rating_rmse(model, {}), 0);
  EXPECT_EQ(predicted_rating(fit_mf({}, 0, 0, {}), 0, 0), 0);
}

TEST(Mf, FoldsAUserInAsTheFitDoes) {
  const std::vector<Rating> ratings = made_ratings(60, 40, 20, 3);
  const MfOptions options{.dim = 4, .iterations = 60, .l2 = 0.05, .bias_l2 = 0.05};
  const RatingModel model = fit_mf(ratings, 60, 40, options);
  const RatedItems items = rated_items(model);
  for (const UserIndex user : {0U, 17U, 59U}) {
    std::vector<OwnRating> own;
    for (const Rating& rating : ratings) {
      if (rating.user == user) own.push_back({rating.item, rating.value});
    }
    own.push_back({1'000, 5});  // an item that came after the fit says nothing
    const RatingTaste taste = fold_in_ratings(items, own, options);
    for (ItemIndex item = 0; item < 40; ++item) {
      EXPECT_NEAR(predicted_rating(items, taste, item), predicted_rating(model, user, item), 0.01);
    }
  }
}

TEST(Mf, ExpectsTheItemsOwnRatingOfSomeoneUnknown) {
  const std::vector<Rating> ratings = made_ratings(30, 10, 10, 4);
  const RatingModel model = fit_mf(ratings, 30, 10, {.dim = 2});
  const RatedItems items = rated_items(model);
  const RatingTaste nobody = fold_in_ratings(items, {}, {.dim = 2});
  EXPECT_EQ(nobody.bias, 0);
  EXPECT_FLOAT_EQ(predicted_rating(items, nobody, 3), model.mean + model.item_bias[3]);
  EXPECT_FLOAT_EQ(predicted_rating(items, nobody, 99), model.mean);
}

}  // namespace
}  // namespace limn
