#include "limn/feedback/thompson.h"

#include <algorithm>
#include <cmath>

#include "limn/core/check.h"

namespace limn {
namespace {

// One arm's part in the moment estimator: how far its segments are apart, beyond chance.
struct Dispersion {
  double excess = 0;  // sum of n (r - m)^2 / (m (1 - m)), less what chance makes
  double scale = 0;   // what `excess` is expected to be where segments have nothing in common
};

Dispersion dispersion(std::span<const ArmRecord> segments) {
  const ArmRecord all = total(segments);
  if (all.satisfied <= 0 || all.satisfied >= all.shown) return {};
  const double mean = all.satisfied / all.shown;
  double squares = 0;
  double sizes_sq = 0;
  double count = 0;
  for (const ArmRecord& record : segments) {
    if (record.shown <= 0) continue;
    const double apart = record.satisfied / record.shown - mean;
    squares += record.shown * apart * apart;
    sizes_sq += record.shown * record.shown;
    count += 1;
  }
  if (count < 2) return {};
  return {.excess = squares / (mean * (1 - mean)) - (count - 1),
          .scale = all.shown - sizes_sq / all.shown - (count - 1)};
}

}  // namespace

ArmRecord total(std::span<const ArmRecord> segments) {
  ArmRecord sum;
  for (const ArmRecord& record : segments) {
    sum.shown += record.shown;
    sum.satisfied += record.satisfied;
  }
  return sum;
}

double prior_strength(const ArmRecords& records) {
  constexpr double least = 1;
  constexpr double most = 1e6;
  Dispersion sum;
  for (const auto& segments : records) {
    const Dispersion arm = dispersion(segments);
    sum.excess += arm.excess;
    sum.scale += arm.scale;
  }
  if (sum.scale <= 0 || sum.excess <= 0) return most;
  const double correlation = std::min(1.0, sum.excess / sum.scale);
  return std::clamp(1 / correlation - 1, least, most);
}

std::vector<std::vector<Beta>> segment_posteriors(const ArmRecords& records) {
  const double strength = prior_strength(records);
  std::vector<std::vector<Beta>> posteriors(records.size());
  for (std::size_t arm = 0; arm < records.size(); ++arm) {
    const ArmRecord all = total(records[arm]);
    for (const ArmRecord& own : records[arm]) {
      // The others' record, scaled down to `strength` lists where it is longer.
      const double others = all.shown - own.shown;
      const double scale = others > 0 ? std::min(1.0, strength / others) : 0;
      Beta beta;
      beta.successes += scale * (all.satisfied - own.satisfied) + own.satisfied;
      beta.failures +=
          scale * (others - (all.satisfied - own.satisfied)) + own.shown - own.satisfied;
      posteriors[arm].push_back(beta);
    }
  }
  return posteriors;
}

std::vector<Beta> overall_posteriors(const ArmRecords& records) {
  std::vector<Beta> posteriors;
  for (const auto& segments : records) {
    const ArmRecord all = total(segments);
    posteriors.push_back({1 + all.satisfied, 1 + all.shown - all.satisfied});
  }
  return posteriors;
}

std::vector<double> thompson_shares(std::span<const Beta> posteriors,
                                    std::span<const std::uint8_t> stopped,
                                    const ShareOptions& options) {
  LIMN_CHECK(posteriors.size() == stopped.size());
  std::vector<double> shares(posteriors.size(), 0);
  std::vector<std::size_t> running;
  for (std::size_t arm = 0; arm < stopped.size(); ++arm) {
    if (stopped[arm] == 0) running.push_back(arm);
  }
  if (running.empty()) return shares;

  Random random(options.seed);
  for (std::size_t draw = 0; draw < options.draws; ++draw) {
    std::size_t best = running.front();
    double highest = -1;
    for (const std::size_t arm : running) {
      const double rate = posteriors[arm].sample(random);
      if (rate <= highest) continue;
      highest = rate;
      best = arm;
    }
    shares[best] += 1;
  }
  const auto count = static_cast<double>(running.size());
  const double least = std::min(options.least_share, 1 / count);
  for (const std::size_t arm : running) {
    shares[arm] = least + (1 - least * count) * shares[arm] / static_cast<double>(options.draws);
  }
  return shares;
}

std::size_t pick(std::span<const double> shares, double uniform) {
  std::size_t last = 0;
  for (std::size_t arm = 0; arm < shares.size(); ++arm) {
    if (shares[arm] <= 0) continue;
    last = arm;
    if (uniform < shares[arm]) return arm;
    uniform -= shares[arm];
  }
  return last;
}

Lead lead_over(const Beta& arm, const Beta& present, double z) {
  const double value = arm.mean() - present.mean();
  const double spread = z * std::sqrt(arm.variance() + present.variance());
  return {.value = value, .low = value - spread, .high = value + spread};
}

Verdict judge(const Beta& arm, const Beta& present, double least_lists) {
  const double lists = arm.successes + arm.failures - 2;
  if (lists < least_lists) return Verdict::undecided;
  const Lead lead = lead_over(arm, present);
  if (lead.low > 0) return Verdict::better;
  return lead.high < 0 ? Verdict::worse : Verdict::undecided;
}

Learned learn(const ArmRecords& records, std::size_t present, std::vector<std::uint8_t> stopped,
              const ShareOptions& options) {
  LIMN_CHECK(present < records.size());
  LIMN_CHECK(stopped.size() == records.size());
  Learned learned;
  learned.overall = overall_posteriors(records);
  for (std::size_t arm = 0; arm < records.size(); ++arm) {
    learned.verdicts.push_back(arm == present
                                   ? Verdict::undecided
                                   : judge(learned.overall[arm], learned.overall[present]));
    if (learned.verdicts[arm] == Verdict::worse) stopped[arm] = 1;
  }
  const std::vector<std::vector<Beta>> posteriors = segment_posteriors(records);
  const std::size_t segments = records.front().size();
  for (std::size_t segment = 0; segment < segments; ++segment) {
    std::vector<Beta> own;
    for (const auto& arm : posteriors) own.push_back(arm[segment]);
    ShareOptions of_segment = options;
    of_segment.seed += segment;
    learned.shares.push_back(thompson_shares(own, stopped, of_segment));
  }
  learned.stopped = std::move(stopped);
  return learned;
}

}  // namespace limn
