// Three questions about each topic, three textbook answers.
//
// How much does the user like it? `weight` is the topic's share of the sizes of all event weights,
// `polarity` the balance of likes and dislikes within it.
//
// How sure is that? `confidence` is Wilson's lower bound (1927) on the share of the topic's weight
// that agrees with its polarity. It grows with the events (one event .27, four .60, twenty .88) and
// shrinks when they disagree. Events weigh differently, so the count in the bound is Kish's
// effective one (1965).
//
// Does it tell this user from others? Everybody likes drama. `lift` is the user's share over
// everybody's, where the user's share is drawn towards everybody's as if that had been seen in
// `prior_events` events (a Dirichlet prior; Zhai and Lafferty, 2004). The list is in the order of
// `relevance`, lambda x log(share) + (1 - lambda) x log(lift), which Sievert and Shirley (LDAvis,
// 2014) found readers to prefer at lambda = .6 when words name topics; it is the same question
// here.
#include "limn/profile/interests.h"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace limn {
namespace {

constexpr double one_sided_95_percent = 1.6449;  // quantile of the normal distribution
constexpr double prior_events = 4;               // as many as make a user no longer new
constexpr double lambda = 0.6;
// A topic that nobody has touched yet has, for the lift, a tenth of an even share: a rare topic
// may stand out, but not without bound.
constexpr double least_even_share = 0.1;

// Adds what one event says twice about one topic, and sorts: the sums must not depend on the order
// in which events arrive.
std::vector<Contribution> merged(std::vector<Contribution> contributions) {
  const auto place = [](const Contribution& c) { return std::tie(c.index, c.event, c.item); };
  std::sort(contributions.begin(), contributions.end(),
            [&](const Contribution& a, const Contribution& b) {
              return std::tuple_cat(place(a), std::tie(a.amount)) <
                     std::tuple_cat(place(b), std::tie(b.amount));
            });
  std::vector<Contribution> sums;
  for (const Contribution& contribution : contributions) {
    if (!sums.empty() && place(sums.back()) == place(contribution)) {
      sums.back().amount += contribution.amount;
    } else {
      sums.push_back(contribution);
    }
  }
  std::erase_if(sums, [](const Contribution& c) { return c.amount == 0; });
  return sums;
}

std::vector<InterestEvidence> strongest(std::span<const Contribution> contributions, double mass,
                                        std::size_t count) {
  std::vector<InterestEvidence> evidence;
  for (const Contribution& c : contributions)
    evidence.push_back({c.event, c.item, c.amount / mass});
  std::sort(evidence.begin(), evidence.end(),
            [](const InterestEvidence& a, const InterestEvidence& b) {
              // Of equally strong events the newer one is the better witness.
              return std::tuple(-std::abs(a.share), -a.event, a.item) <
                     std::tuple(-std::abs(b.share), -b.event, b.item);
            });
  if (evidence.size() > count) evidence.resize(count);
  return evidence;
}

std::vector<double> amounts(std::span<const Contribution> contributions) {
  std::vector<double> sizes;
  for (const Contribution& c : contributions) sizes.push_back(c.amount);
  return sizes;
}

// One topic's interest; weight is still its mass.
Interest judge(std::span<const Contribution> contributions, std::size_t max_evidence) {
  double liked = 0;
  double disliked = 0;
  for (const Contribution& c : contributions)
    (c.amount > 0 ? liked : disliked) += std::abs(c.amount);

  Interest interest;
  interest.index = contributions.front().index;
  interest.weight = liked + disliked;
  interest.polarity = (liked - disliked) / interest.weight;
  interest.confidence = agreement_bound(std::max(liked, disliked) / interest.weight,
                                        effective_count(amounts(contributions)));
  interest.events = contributions.size();
  interest.evidence = strongest(contributions, interest.weight, max_evidence);
  return interest;
}

void compare_with_everybody(Interest& interest, std::span<const float> base_shares,
                            double user_events) {
  interest.relevance = interest.weight;
  if (base_shares.empty()) return;
  const double even = 1.0 / static_cast<double>(base_shares.size());
  const double base = std::max<double>(base_shares[interest.index], least_even_share * even);
  const double share =
      (user_events * interest.weight + prior_events * base) / (user_events + prior_events);
  interest.lift = share / base;
  interest.relevance = std::exp(lambda * std::log(share) + (1 - lambda) * std::log(interest.lift));
}

}  // namespace

double agreement_bound(double agreeing, double events) {
  if (events <= 0) return 0;
  const double z_sq = one_sided_95_percent * one_sided_95_percent;
  const double centre = agreeing + z_sq / (2 * events);
  const double spread =
      one_sided_95_percent * std::sqrt((agreeing * (1 - agreeing) + z_sq / (4 * events)) / events);
  return std::max(0.0, (centre - spread) / (1 + z_sq / events));
}

double effective_count(std::span<const double> weights) {
  double sum = 0;
  double sum_sq = 0;
  for (const double weight : weights) {
    sum += std::abs(weight);
    sum_sq += weight * weight;
  }
  return sum_sq > 0 ? sum * sum / sum_sq : 0;
}

std::vector<Interest> rank_interests(std::vector<Contribution> contributions,
                                     std::span<const float> base_shares, std::size_t max_evidence) {
  const std::vector<Contribution> all = merged(std::move(contributions));
  std::vector<Interest> interests;
  double mass = 0;
  for (std::size_t begin = 0, end = 0; begin < all.size(); begin = end) {
    while (end < all.size() && all[end].index == all[begin].index) ++end;
    interests.push_back(judge(std::span(all).subspan(begin, end - begin), max_evidence));
    mass += interests.back().weight;
  }

  const double user_events = effective_count(amounts(all));
  for (Interest& interest : interests) {
    interest.weight /= mass;
    compare_with_everybody(interest, base_shares, user_events);
  }
  std::sort(interests.begin(), interests.end(), [](const Interest& a, const Interest& b) {
    return std::tuple(-a.relevance, a.index) < std::tuple(-b.relevance, b.index);
  });
  return interests;
}

double diversity(std::span<const Interest> interests, std::size_t count) {
  if (count < 2) return 0;
  double entropy = 0;
  for (const Interest& interest : interests) entropy -= interest.weight * std::log(interest.weight);
  return std::clamp(entropy / std::log(static_cast<double>(count)), 0.0, 1.0);
}

}  // namespace limn
