// Each estimator is written as a mean of one number a row, so that one bootstrap gives all the
// intervals. The self-normalised one is a ratio; its numbers are those of its linearisation, whose
// mean is the ratio itself.
#include "limn/eval/off_policy.h"

#include <algorithm>
#include <cmath>

#include "limn/core/check.h"

namespace limn {
namespace {

// The mean reward of each action in each context, drawn towards the context's own mean.
class RewardModel {
 public:
  RewardModel(const PolicyLog& log, std::size_t left_out_fold, const OffPolicyOptions& options)
      : actions_(log.actions), means_(log.contexts * log.actions) {
    std::vector<double> counts(means_.size());
    std::vector<double> context_sums(log.contexts);
    std::vector<double> context_counts(log.contexts);
    for (std::size_t i = 0; i < log.rows.size(); ++i) {
      if (i % options.folds == left_out_fold) continue;
      const LoggedAction& row = log.rows[i];
      means_[row.context * actions_ + row.action] += row.reward;
      counts[row.context * actions_ + row.action] += 1;
      context_sums[row.context] += row.reward;
      context_counts[row.context] += 1;
    }
    for (std::size_t cell = 0; cell < means_.size(); ++cell) {
      const std::size_t context = cell / actions_;
      const double prior =
          context_counts[context] > 0 ? context_sums[context] / context_counts[context] : 0;
      means_[cell] =
          (means_[cell] + options.prior_rows * prior) / (counts[cell] + options.prior_rows);
    }
  }

  [[nodiscard]] double mean(std::uint32_t context, std::uint32_t action) const {
    return means_[context * actions_ + action];
  }

  // What the target earns in a context by this model.
  [[nodiscard]] double value(std::uint32_t context, const PolicyTable& target) const {
    double sum = 0;
    for (std::uint32_t a = 0; a < actions_; ++a)
      sum += target.probability(context, a) * mean(context, a);
    return sum;
  }

 private:
  std::size_t actions_;
  std::vector<double> means_;
};

// (rows): how much more often the target shows what was shown, cut to `clip`.
std::vector<double> importance_weights(const PolicyLog& log, const PolicyTable& target,
                                       double clip) {
  std::vector<double> weights;
  weights.reserve(log.rows.size());
  for (const LoggedAction& row : log.rows) {
    LIMN_CHECK(row.propensity > 0);
    weights.push_back(std::min(clip, target.probability(row.context, row.action) / row.propensity));
  }
  return weights;
}

// The log with the propensities of the mixture of policies that wrote it.
PolicyLog balanced_log(const PolicyLog& log) {
  const PolicyTable mixture = PolicyTable::shares_of(log);
  PolicyLog balanced = log;
  for (LoggedAction& row : balanced.rows)
    row.propensity = mixture.probability(row.context, row.action);
  return balanced;
}

// (rows): the doubly robust number of each row. Its reward model comes from the other folds.
std::vector<double> doubly_robust_values(const PolicyLog& log, const PolicyTable& target,
                                         std::span<const double> weights,
                                         const OffPolicyOptions& options) {
  std::vector<double> values(log.rows.size());
  for (std::size_t fold = 0; fold < options.folds; ++fold) {
    const RewardModel model(log, fold, options);
    std::vector<double> by_context(log.contexts);
    for (std::uint32_t c = 0; c < log.contexts; ++c) by_context[c] = model.value(c, target);
    for (std::size_t i = fold; i < values.size(); i += options.folds) {
      const LoggedAction& row = log.rows[i];
      values[i] =
          by_context[row.context] + weights[i] * (row.reward - model.mean(row.context, row.action));
    }
  }
  return values;
}

std::vector<double> rewards_of(const PolicyLog& log) {
  std::vector<double> rewards;
  rewards.reserve(log.rows.size());
  for (const LoggedAction& row : log.rows) rewards.push_back(row.reward);
  return rewards;
}

std::vector<double> products(std::span<const double> a, std::span<const double> b) {
  std::vector<double> result(a.size());
  std::transform(a.begin(), a.end(), b.begin(), result.begin(), std::multiplies<>());
  return result;
}

// (rows): numbers whose mean is the weighted mean of the rewards.
std::vector<double> self_normalised_values(std::span<const double> rewards,
                                           std::span<const double> weights, double mean_weight) {
  if (!(mean_weight > 0)) return std::vector<double>(rewards.size(), 0);
  const double ratio = mean(products(rewards, weights)) / mean_weight;
  std::vector<double> values(rewards.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = ratio + weights[i] * (rewards[i] - ratio) / mean_weight;
  return values;
}

double effective_count(std::span<const double> weights) {
  double sum = 0;
  double sum_sq = 0;
  for (const double weight : weights) {
    sum += weight;
    sum_sq += weight * weight;
  }
  return sum_sq > 0 ? sum * sum / sum_sq : 0;
}

}  // namespace

PolicyTable PolicyTable::shares_of(const PolicyLog& log) {
  PolicyTable table;
  table.actions_ = log.actions;
  table.probabilities_.resize(log.contexts * log.actions);
  std::vector<double> totals(log.contexts);
  for (const LoggedAction& row : log.rows) {
    table.probabilities_[row.context * log.actions + row.action] += 1;
    totals[row.context] += 1;
  }
  for (std::size_t cell = 0; cell < table.probabilities_.size(); ++cell) {
    const double total = totals[cell / log.actions];
    if (total > 0) table.probabilities_[cell] /= total;
  }
  return table;
}

double PolicyTable::probability(std::uint32_t context, std::uint32_t action) const {
  LIMN_CHECK(action < actions_);
  const std::size_t cell = context * actions_ + action;
  LIMN_CHECK(cell < probabilities_.size());
  return probabilities_[cell];
}

OffPolicyReport estimate_off_policy(const PolicyLog& log, const PolicyTable& target,
                                    const OffPolicyOptions& options) {
  LIMN_CHECK(!log.rows.empty());
  LIMN_CHECK(target.actions() == log.actions);
  LIMN_CHECK(options.folds >= 2);
  OffPolicyReport report;
  report.rows = log.rows.size();
  report.clip = options.clip > 0 ? options.clip : std::sqrt(static_cast<double>(log.rows.size()));
  const std::vector<double> weights = importance_weights(log, target, report.clip);
  const auto clipped = std::ranges::count(weights, report.clip);
  report.clipped_share = static_cast<double>(clipped) / static_cast<double>(report.rows);
  report.mean_weight = mean(weights);
  report.effective_rows = effective_count(weights);
  const std::vector<double> balanced = importance_weights(balanced_log(log), target, report.clip);
  report.balanced_effective_rows = effective_count(balanced);

  const std::vector<double> rewards = rewards_of(log);
  const std::vector<std::vector<double>> columns = {
      rewards, products(rewards, weights),
      self_normalised_values(rewards, weights, report.mean_weight),
      doubly_robust_values(log, target, weights, options), products(rewards, balanced)};
  const std::vector<Interval> intervals = bootstrap_means(columns, options.bootstrap);
  ValueEstimate* estimates[] = {&report.logged, &report.ips, &report.snips, &report.doubly_robust,
                                &report.balanced};
  for (std::size_t c = 0; c < columns.size(); ++c)
    *estimates[c] = {.value = mean(columns[c]), .interval = intervals[c]};
  return report;
}

ValueEstimate on_policy_value(const PolicyLog& log, const BootstrapOptions& bootstrap) {
  const std::vector<double> rewards = rewards_of(log);
  return {.value = mean(rewards), .interval = bootstrap_mean(rewards, bootstrap)};
}

Json to_json(const ValueEstimate& estimate) {
  return JsonObject{{"value", rounded(estimate.value)}, {"ci95", to_json(estimate.interval)}};
}

Json to_json(const OffPolicyReport& report) {
  return JsonObject{{"rows", report.rows},
                    {"clip", rounded(report.clip)},
                    {"clipped_share", rounded(report.clipped_share)},
                    {"mean_weight", rounded(report.mean_weight)},
                    {"effective_rows", rounded(report.effective_rows)},
                    {"balanced_effective_rows", rounded(report.balanced_effective_rows)},
                    {"logged", to_json(report.logged)},
                    {"ips", to_json(report.ips)},
                    {"snips", to_json(report.snips)},
                    {"doubly_robust", to_json(report.doubly_robust)},
                    {"balanced", to_json(report.balanced)}};
}

}  // namespace limn
