// Off-policy evaluation: what one policy would have earned, estimated from the log of another.
//
// Each shown item carries its propensity, the probability with which the logging policy showed it.
// The target policy is a table of probabilities, taken from how often it shows each item at each
// position. Four textbook estimators; see Saito et al., Open Bandit Dataset and Pipeline (2020).
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "limn/core/json.h"
#include "limn/core/result.h"
#include "limn/eval/intervals.h"

namespace limn {

// One action that was shown, and what came of it.
struct LoggedAction {
  std::uint32_t action = 0;   // an item, or a strategy: below PolicyLog::actions
  std::uint32_t context = 0;  // a position, or a segment: below PolicyLog::contexts
  double reward = 0;          // a click: 0 or 1
  double propensity = 1;      // of the action in its context, in (0, 1]
};

struct PolicyLog {
  std::vector<LoggedAction> rows;
  std::size_t actions = 0;   // numbers given; those of two logs read together are the same
  std::size_t contexts = 0;  // likewise
};

struct PolicyLogs {
  PolicyLog logged;
  PolicyLog target;
};

// Reads two CSV files with a header. The columns: action (or item_id); reward (or click);
// propensity (or propensity_score); context (or position), which may be absent. Other columns are
// passed over; fields hold neither quotes nor commas. Errors: not_found, unavailable;
// invalid_argument, naming file, line and field.
[[nodiscard]] Result<PolicyLogs> read_policy_logs(const std::filesystem::path& logged,
                                                  const std::filesystem::path& target);

// (contexts x actions) probabilities, each row adding up to 1, or to 0 where nothing was seen.
class PolicyTable {
 public:
  // How often the policy that wrote `log` shows each action in each context.
  static PolicyTable shares_of(const PolicyLog& log);

  [[nodiscard]] double probability(std::uint32_t context, std::uint32_t action) const;
  [[nodiscard]] std::size_t actions() const { return actions_; }

 private:
  std::size_t actions_ = 0;
  std::vector<double> probabilities_;
};

struct OffPolicyOptions {
  // Importance weights above this are cut to it: 0 takes the root of the number of rows, which lets
  // bias and variance vanish alike (Ionides, 2008).
  double clip = 0;
  std::size_t folds = 5;       // the reward model never sees the row that it corrects
  double prior_rows = 100;     // of a context's own mean, in the reward model of each action
  BootstrapOptions bootstrap;  // of the intervals
};

struct ValueEstimate {
  double value = 0;  // reward per row
  Interval interval;
};

struct OffPolicyReport {
  std::size_t rows = 0;
  double clip = 0;                     // as it was used
  double clipped_share = 0;            // of rows
  double mean_weight = 0;              // near 1 where the log covers what the target does
  double effective_rows = 0;           // Kish: (sum of weights)^2 / sum of squares
  double balanced_effective_rows = 0;  // the same of the balanced weights
  ValueEstimate logged;                // what the logging policy itself earned
  ValueEstimate ips;                   // inverse propensity score (Horvitz and Thompson, 1952)
  ValueEstimate snips;                 // self-normalised (Swaminathan and Joachims, 2015)
  ValueEstimate doubly_robust;         // Dudik, Langford and Li (2011)
  // IPS by how often the whole log shows the action, in place of each row's propensity: the log of
  // a policy that learned is a mixture of policies, and weights by the mixture vary less (Agarwal
  // et al., 2017). Right where the reward depends on the context alone, not on the moment.
  ValueEstimate balanced;
};

// What `target` would have earned on the contexts of `log`. Requires at least one row, and as many
// actions in `target` as in `log` or more. O(rows x (actions + resamples)).
[[nodiscard]] OffPolicyReport estimate_off_policy(const PolicyLog& log, const PolicyTable& target,
                                                  const OffPolicyOptions& options = {});

// The mean reward of a log, with its interval: what an estimate is held against.
[[nodiscard]] ValueEstimate on_policy_value(const PolicyLog& log,
                                            const BootstrapOptions& bootstrap = {});

[[nodiscard]] Json to_json(const OffPolicyReport& report);
[[nodiscard]] Json to_json(const ValueEstimate& estimate);

}  // namespace limn
