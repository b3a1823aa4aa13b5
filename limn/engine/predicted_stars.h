// PredictedStars: what a user would rate an item, from the user's own ratings as they are now.
#pragma once

#include <optional>
#include <span>

#include "limn/engine/snapshot.h"
#include "limn/recommend/mf.h"

namespace limn {

class PredictedStars {
 public:
  // Borrows from the snapshot. O(ratings dim^2).
  PredictedStars(const Snapshot& snapshot, std::span<const OwnRating> ratings)
      : items_(snapshot.rated_items()), known_(snapshot.info().ratings.ratings > 0) {
    if (known_) taste_ = fold_in_ratings(items_, ratings, snapshot.info().ratings.options);
  }

  // Nothing where the build could not learn from ratings.
  [[nodiscard]] std::optional<double> of(ItemIndex item) const {
    if (!known_) return std::nullopt;
    return predicted_rating(items_, taste_, item);
  }

 private:
  RatedItems items_;
  bool known_;
  RatingTaste taste_;
};

}  // namespace limn
