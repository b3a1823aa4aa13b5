// Interests from events: weights, polarity, confidence, lift and the events behind them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "limn/profile/profile.h"

namespace limn {

// What one event adds to one topic (or tag).
struct Contribution {
  std::uint32_t index = 0;  // the topic or tag
  std::int64_t event = 0;
  ItemIndex item = no_item;
  double amount = 0;  // positive liked, negative disliked
};

// Every index with its interest, the most relevant first, at most `max_evidence` events each.
// Contributions of one event on one item to one index are added first. `base_shares` are
// everybody's shares of the indices; where empty, lift is 1. Order of `contributions` is no matter.
[[nodiscard]] std::vector<Interest> rank_interests(std::vector<Contribution> contributions,
                                                   std::span<const float> base_shares,
                                                   std::size_t max_evidence);

// The lowest share of agreement that `events` events, of which the share `agreeing` agree, still
// make plausible (Wilson's one-sided 95 % bound). 0 without events.
[[nodiscard]] double agreement_bound(double agreeing, double events);

// How many equally heavy events say as much as events of these weights (Kish):
// (sum |w|)^2 / sum w^2. 0 without events.
[[nodiscard]] double effective_count(std::span<const double> weights);

// Entropy of the interests' weights over log(count): 0 all on one, 1 alike on all `count`.
[[nodiscard]] double diversity(std::span<const Interest> interests, std::size_t count);

}  // namespace limn
