#include "limn/eval/off_policy.h"

#include <cmath>
#include <fstream>

#include <gtest/gtest.h>

#include "limn/core/random.h"

namespace limn {
namespace {

// Contexts and actions with a click rate each, and two policies over them.
struct World {
  std::size_t actions = 0;
  std::size_t contexts = 0;
  std::vector<double> rates;  // (contexts x actions)

  World(std::size_t a, std::size_t c, std::uint64_t seed) : actions(a), contexts(c) {
    Random random(seed);
    for (std::size_t i = 0; i < a * c; ++i) rates.push_back(0.02 + 0.2 * random.uniform());
  }

  // A policy that takes action a in proportion to exp(sharpness * rate).
  [[nodiscard]] std::vector<double> softmax(double sharpness) const {
    std::vector<double> policy(rates.size());
    for (std::size_t c = 0; c < contexts; ++c) {
      double sum = 0;
      for (std::size_t a = 0; a < actions; ++a)
        sum += policy[c * actions + a] = std::exp(sharpness * rates[c * actions + a]);
      for (std::size_t a = 0; a < actions; ++a) policy[c * actions + a] /= sum;
    }
    return policy;
  }

  [[nodiscard]] double value(const std::vector<double>& policy) const {
    double sum = 0;
    for (std::size_t i = 0; i < policy.size(); ++i) sum += policy[i] * rates[i];
    return sum / static_cast<double>(contexts);
  }

  [[nodiscard]] PolicyLog play(const std::vector<double>& policy, std::size_t rows,
                               std::uint64_t seed) const {
    Random random(seed);
    PolicyLog log{.rows = {}, .actions = actions, .contexts = contexts};
    for (std::size_t i = 0; i < rows; ++i) {
      const auto context = static_cast<std::uint32_t>(random.below(contexts));
      double left = random.uniform();
      std::uint32_t action = 0;
      while (action + 1 < actions && left >= policy[context * actions + action])
        left -= policy[context * actions + action++];
      const std::size_t cell = context * actions + action;
      log.rows.push_back({.action = action,
                          .context = context,
                          .reward = random.uniform() < rates[cell] ? 1.0 : 0.0,
                          .propensity = policy[cell]});
    }
    return log;
  }
};

TEST(OffPolicy, FindsTheValueOfAPolicyFromAnothersLog) {
  const World world(12, 3, 5);
  const std::vector<double> uniform = world.softmax(0);
  const std::vector<double> good = world.softmax(15);
  ASSERT_GT(world.value(good), world.value(uniform) + 0.02);
  int covered = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    const PolicyLog log = world.play(uniform, 4'000, seed);
    const PolicyTable target = PolicyTable::shares_of(world.play(good, 20'000, seed + 100));
    const OffPolicyReport report = estimate_off_policy(log, target);
    for (const ValueEstimate& estimate :
         {report.ips, report.snips, report.doubly_robust, report.balanced}) {
      EXPECT_NEAR(estimate.value, world.value(good), 0.035);
      covered +=
          estimate.interval.low <= world.value(good) && world.value(good) <= estimate.interval.high;
    }
    EXPECT_NEAR(report.mean_weight, 1, 0.1);
    EXPECT_LT(report.effective_rows, 4'000);
  }
  EXPECT_GE(covered, 68);  // of 80 intervals of 95 %, whose four on one log err together
}

TEST(OffPolicy, GivesBackTheLogsOwnValueForItsOwnPolicy) {
  const World world(5, 1, 2);
  const PolicyLog log = world.play(world.softmax(0), 5'000, 9);
  PolicyLog exact = log;  // the log's own shares as its propensities: every weight is 1
  const PolicyTable own = PolicyTable::shares_of(log);
  for (LoggedAction& row : exact.rows) row.propensity = own.probability(0, row.action);
  const OffPolicyReport report = estimate_off_policy(exact, own);
  EXPECT_NEAR(report.ips.value, report.logged.value, 1e-12);
  EXPECT_NEAR(report.snips.value, report.logged.value, 1e-12);
  EXPECT_NEAR(report.effective_rows, 5'000, 1e-6);
}

TEST(OffPolicy, BalancesTheLogOfAPolicyThatLearned) {
  // One policy until half time, another after it; actions that the second one rarely takes weigh
  // heavily by its own propensities, and not by those of both together.
  const World world(10, 1, 8);
  PolicyLog log = world.play(world.softmax(0), 3'000, 1);
  const PolicyLog later = world.play(world.softmax(40), 3'000, 2);
  log.rows.insert(log.rows.end(), later.rows.begin(), later.rows.end());
  const std::vector<double> uniform = world.softmax(0);
  const PolicyTable target = PolicyTable::shares_of(world.play(uniform, 50'000, 3));
  const OffPolicyReport report = estimate_off_policy(log, target);
  EXPECT_GT(report.balanced_effective_rows, 1.5 * report.effective_rows);
  EXPECT_NEAR(report.balanced.value, world.value(uniform), 0.015);
}

TEST(OffPolicy, CountsByHand) {
  // Two actions, shown evenly; the target always shows the second.
  const PolicyLog log{.rows = {{.action = 0, .reward = 1, .propensity = 0.5},
                               {.action = 1, .reward = 1, .propensity = 0.5},
                               {.action = 1, .reward = 0, .propensity = 0.5},
                               {.action = 0, .reward = 0, .propensity = 0.5}},
                      .actions = 2,
                      .contexts = 1};
  const PolicyLog shown{.rows = {{.action = 1}}, .actions = 2, .contexts = 1};
  const PolicyTable target = PolicyTable::shares_of(shown);
  const OffPolicyReport report = estimate_off_policy(log, target, {.clip = 10});
  EXPECT_DOUBLE_EQ(report.ips.value, 0.5);    // (2 x 1 + 2 x 0) / 4
  EXPECT_DOUBLE_EQ(report.snips.value, 0.5);  // 2 / 4
  EXPECT_DOUBLE_EQ(report.balanced.value, 0.5);
  EXPECT_DOUBLE_EQ(report.effective_rows, 2);
  const OffPolicyReport clipped = estimate_off_policy(log, target, {.clip = 1});
  EXPECT_DOUBLE_EQ(clipped.ips.value, 0.25);
  EXPECT_DOUBLE_EQ(clipped.snips.value, 0.5);
  EXPECT_DOUBLE_EQ(clipped.clipped_share, 0.5);
}

TEST(OffPolicy, DoublyRobustForgivesWrongPropensities) {
  // Propensities that are half of what they should be double IPS, not the doubly robust estimate.
  const World world(3, 1, 4);
  const std::vector<double> policy = world.softmax(0);
  PolicyLog log = world.play(policy, 20'000, 6);
  const PolicyTable target = PolicyTable::shares_of(log);
  for (LoggedAction& row : log.rows) row.propensity /= 2;
  const OffPolicyReport report = estimate_off_policy(log, target);
  EXPECT_NEAR(report.ips.value, 2 * world.value(policy), 0.02);
  EXPECT_NEAR(report.doubly_robust.value, world.value(policy), 0.01);
}

class PolicyLogFile : public testing::Test {
 protected:
  std::filesystem::path file(const std::string& text) {
    const auto path = std::filesystem::path(testing::TempDir()) /
                      (std::string("limn_policy_") +
                       testing::UnitTest::GetInstance()->current_test_info()->name() + ".csv");
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
};

TEST_F(PolicyLogFile, ReadsOurColumnsAndThoseOfOpenBandit) {
  const auto path = file(
      ",timestamp,item_id,position,click,propensity_score\r\n"
      "0,2019,7,1,0,0.25\r\n\n1,2019,9,2,1,0.5\n");
  const auto logs = read_policy_logs(path, path);
  ASSERT_TRUE(logs) << logs.error().message;
  ASSERT_EQ(logs->logged.rows.size(), 2U);
  EXPECT_EQ(logs->target.rows[1].action, 1U);
  EXPECT_EQ(logs->target.rows[1].context, 1U);
  EXPECT_DOUBLE_EQ(logs->logged.rows[1].reward, 1);
  EXPECT_DOUBLE_EQ(logs->logged.rows[0].propensity, 0.25);
  const auto ours = file("action,reward,propensity\na,1,1\n");
  EXPECT_TRUE(read_policy_logs(ours, ours));
}

TEST_F(PolicyLogFile, RefusesWhatIsNoLogAndNamesTheField) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "action"},
      {"action,reward\na,1\n", "propensity"},
      {"action,reward,propensity\n", "no rows"},
      {"action,reward,propensity\na,1,0\n", ":2: propensity"},
      {"action,reward,propensity\na,1,1.5\n", ":2: propensity"},
      {"action,reward,propensity\na,1,nan\n", ":2: propensity"},
      {"action,reward,propensity\na,x,1\n", ":2: reward"},
      {"action,reward,propensity\n,1,1\n", ":2: action"},
      {"action,reward,propensity\na\n", ":2: reward"}};
  for (const auto& [text, named] : cases) {
    const auto path = file(text);
    const auto logs = read_policy_logs(path, path);
    ASSERT_FALSE(logs) << text;
    EXPECT_NE(logs.error().message.find(named), std::string::npos) << logs.error().message;
  }
}

}  // namespace
}  // namespace limn
