// Thompson sampling over arms (strategies), in each segment of users.
//
// An arm's rate is the share of its lists that satisfied. What is known of it in a segment is a
// Beta posterior whose prior is the arm's record in the other segments, as strong as these have
// proved alike (empirical Bayes): a segment with few lists leans on all, one with many on its own.
//
// An arm is shown with the probability that it is the best one (Thompson, 1933). These shares are
// computed when the records change, not drawn at the request: so the propensity that is logged with
// a list is exactly the one it was chosen with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "limn/feedback/beta.h"

namespace limn {

// Lists shown, and how many of them satisfied.
struct ArmRecord {
  double shown = 0;
  double satisfied = 0;

  [[nodiscard]] double rate() const { return shown > 0 ? satisfied / shown : 0; }

  friend bool operator==(const ArmRecord&, const ArmRecord&) = default;
};

// records[arm][segment]; every arm has as many segments.
using ArmRecords = std::vector<std::vector<ArmRecord>>;

// One arm over its segments.
[[nodiscard]] ArmRecord total(std::span<const ArmRecord> segments);

// How many lists elsewhere count as one segment's own, from how far the segments of each arm are
// apart (Kleinman's moment estimator of the beta-binomial, 1973). Within [1, 1e6].
[[nodiscard]] double prior_strength(const ArmRecords& records);

// posteriors[arm][segment].
[[nodiscard]] std::vector<std::vector<Beta>> segment_posteriors(const ArmRecords& records);

// Each arm over all segments together.
[[nodiscard]] std::vector<Beta> overall_posteriors(const ArmRecords& records);

struct ShareOptions {
  // No running arm is shown less often than this: an estimate needs to see every arm.
  double least_share = 0.02;
  std::size_t draws = 4'096;
  std::uint64_t seed = 1;
};

// (arms): the probability of showing each: that its rate is the highest, raised to the least share.
// `stopped` (arms): not 0 for arms that are not shown. Adds up to 1 unless all are stopped.
[[nodiscard]] std::vector<double> thompson_shares(std::span<const Beta> posteriors,
                                                  std::span<const std::uint8_t> stopped,
                                                  const ShareOptions& options = {});

// The arm that `uniform` in [0, 1) falls on. Requires shares that add up to 1.
[[nodiscard]] std::size_t pick(std::span<const double> shares, double uniform);

// One arm against the present one.
struct Lead {
  double value = 0;  // difference of the rates
  double low = 0;    // of its interval, by the normal approximation of the posteriors
  double high = 0;
};

// 2.58 is 99 %: arms are judged often, and each look is a chance to err.
[[nodiscard]] Lead lead_over(const Beta& arm, const Beta& present, double z = 2.58);

// What the guardrails say of an arm: promote only what is surely better than the present one, and
// stop what is surely worse; below `least_lists` nothing is sure.
enum class Verdict { undecided, better, worse };
[[nodiscard]] Verdict judge(const Beta& arm, const Beta& present, double least_lists = 100);

// What the records say: whom to show what, and whom no longer.
struct Learned {
  std::vector<std::vector<double>> shares;  // [segment][arm]: the propensities
  std::vector<std::uint8_t> stopped;        // (arms): not 0 where the arm is surely worse
  std::vector<Verdict> verdicts;            // (arms): over all segments, against the present arm
  std::vector<Beta> overall;                // (arms)
};

// `stopped` (arms) as before: what was stopped stays so. The present arm is never stopped. Pure.
[[nodiscard]] Learned learn(const ArmRecords& records, std::size_t present,
                            std::vector<std::uint8_t> stopped, const ShareOptions& options = {});

}  // namespace limn
