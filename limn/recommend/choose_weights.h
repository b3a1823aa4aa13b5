// Choosing blend weights: a coordinate search for the best NDCG on held-out items.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "limn/recommend/blend.h"
#include "limn/recommend/recommender.h"

namespace limn {

// One user's validation: what is known, and what came after it. The items of the query's history
// are not candidates.
struct ValidationUser {
  Query query;                          // borrows; must outlive the call
  std::span<const ItemIndex> held_out;  // liked later; not of the history
  // All that is ranked, ascending, the held-out items among them; empty: the catalogue.
  std::span<const ItemIndex> candidates = {};
};

struct ChooseOptions {
  std::size_t max_users = 1'000;  // more are sampled
  std::size_t k = 10;             // NDCG@k
  std::size_t candidates = 60;    // best items of each part that are looked at
  double shrink_users = 100;      // a bucket with so many users is half its own, half everyone's
  // Parts by name that must earn their place: a bucket takes them only where its users are better
  // off than with the best weights of the other parts, by more than one standard error.
  std::vector<std::string_view> gated = {"text", "words"};
  // The weights by name where no user has anything held out. Parts that are not named have none;
  // where no part is named, all weigh alike.
  std::map<std::string, float, std::less<>> untried = {
      {"text", 1}, {"words", 1}, {"popularity", 0.3F}, {"similar_users", 0.3F}};
  std::uint64_t seed = 1;
};

struct ChosenWeights {
  BlendWeights weights;
  double ndcg = 0;                                        // of the blend, over all users looked at
  std::vector<double> part_ndcg;                          // (parts), each alone
  std::array<std::size_t, history_bucket_count> users{};  // looked at, by length of history
};

// The weights (not negative) that rank the held-out items best. The parts must not have seen them.
// Where no blend beats the best part alone, that part has weight 1 and the others 0.
//
// Scores each part once a user, in parallel; the same answer on any number of threads. `excluded`
// (items, or empty) marks items that are never recommended. Memory: users * parts^2 * candidates *
// 4 bytes, at most.
[[nodiscard]] ChosenWeights choose_weights(std::span<const Recommender* const> parts,
                                           std::span<const ValidationUser> users,
                                           std::span<const std::uint8_t> excluded,
                                           const ChooseOptions& options);

}  // namespace limn
