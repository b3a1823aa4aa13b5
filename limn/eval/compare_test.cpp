#include "limn/eval/compare.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "limn/core/random.h"
#include "limn/eval/groups.h"

namespace limn {
namespace {

HistoryEntry entry(ItemIndex item, int second = 0) {
  return {.item = item, .weight = 1, .time = Time{std::chrono::seconds{second}}};
}

// A report of made values: row r of user u is base + r * step + noise.
EvaluationReport made_report(std::size_t users, double step, std::uint64_t seed) {
  Random random(seed);
  EvaluationReport report;
  report.options.ks = {10};
  for (UserIndex u = 0; u < users; ++u) report.ranked_users.push_back(u);
  const char* names[] = {"low", "middle", "high"};
  for (std::size_t r = 0; r < 3; ++r) {
    RecommenderReport& row = report.rows.emplace_back();
    row.name = names[r];
    std::vector<double>& values = row.per_user["ndcg@10"];
    for (std::size_t u = 0; u < users; ++u)
      values.push_back(static_cast<double>(r) * step + random.uniform());
    row.metrics["ndcg@10"] = mean(values);
  }
  return report;
}

TEST(Compare, FindsADifferenceThatIsThereAndNoneWhereNoneIs) {
  const EvaluationReport report = made_report(400, 0.2, 1);
  const auto found = compare(report, pairs_with_best(report, "ndcg@10"), "ndcg@10");
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 2U);
  for (const Comparison& comparison : *found) {
    EXPECT_EQ(comparison.a, "high");
    EXPECT_LT(comparison.difference.interval.high, 0);
    EXPECT_LT(comparison.adjusted_p, 0.05);
    EXPECT_GT(comparison.sign.worse, comparison.sign.better);
  }
  EXPECT_EQ(found->front().b, "low");

  const EvaluationReport same = made_report(400, 0, 2);
  const auto none = compare(same, pairs_with_best(same, "ndcg@10"), "ndcg@10");
  ASSERT_TRUE(none);
  for (const Comparison& comparison : *none) EXPECT_GT(comparison.adjusted_p, 0.05);
}

TEST(Compare, IsThePairedBootstrapAndTheSignTestOfTheValues) {
  const EvaluationReport report = made_report(60, 0.02, 3);
  const auto found = compare(report, {{"low", "high"}}, "ndcg@10");
  ASSERT_TRUE(found);
  const auto& low = report.rows[0].per_user.at("ndcg@10");
  const auto& high = report.rows[2].per_user.at("ndcg@10");
  const PairedComparison expected = paired_bootstrap(low, high);
  EXPECT_EQ(found->front().difference.difference, expected.difference);
  EXPECT_EQ(found->front().difference.interval, expected.interval);
  EXPECT_EQ(found->front().adjusted_p, expected.p_value);
  EXPECT_EQ(found->front().sign.better, sign_test(low, high).better);
}

// Holm's rule, by its definition: p(i) counts (n - i + 1) times, and is not below those before it.
TEST(Compare, AdjustsByHolm) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    SCOPED_TRACE(seed);
    const EvaluationReport report = made_report(50, 0.05, seed);
    const auto found =
        compare(report, {{"low", "middle"}, {"low", "high"}, {"middle", "high"}}, "ndcg@10");
    ASSERT_TRUE(found);
    for (const Comparison& one : *found) {
      double expected = 0;
      for (const Comparison& other : *found) {
        if (other.difference.p_value > one.difference.p_value) continue;
        const auto smaller = std::ranges::count_if(*found, [&](const Comparison& c) {
          return c.difference.p_value < other.difference.p_value;
        });
        expected = std::max(
            expected, std::min(1.0, static_cast<double>(3 - smaller) * other.difference.p_value));
      }
      EXPECT_DOUBLE_EQ(one.adjusted_p, expected);
    }
  }
}

TEST(Compare, PassesOverWhatIsLeftOut) {
  const EvaluationReport report = made_report(50, 0.3, 6);
  const std::vector<std::string> left_out{"high"};
  EXPECT_EQ(best_row(report, "ndcg@10").name, "high");
  EXPECT_EQ(best_row(report, "ndcg@10", left_out).name, "middle");
  const std::vector<NamedPair> pairs = pairs_with_best(report, "ndcg@10", left_out);
  ASSERT_EQ(pairs.size(), 1U);
  EXPECT_EQ(pairs[0].a, "middle");
  EXPECT_EQ(pairs[0].b, "low");
}

TEST(Compare, NamesWhatIsNotThere) {
  const EvaluationReport report = made_report(5, 0, 1);
  EXPECT_FALSE(compare(report, {{"low", "other"}}, "ndcg@10"));
  EXPECT_FALSE(compare(report, {{"low", "high"}}, "coverage@10"));
  EXPECT_TRUE(pairs_with_best({}, "ndcg@10").empty());
}

// Users 0 to 29 have as many events as their number; the even items are everybody's.
Split laddered_split() {
  Split split{.items = 100};
  for (int user = 0; user < 30; ++user) {
    std::vector<HistoryEntry> past;
    for (int i = 0; i < user; ++i) past.push_back(entry(static_cast<ItemIndex>(i)));
    split.train.push_back(past);
    split.test.push_back({entry(99)});
  }
  split.valid = UserHistories(30);
  return split;
}

TEST(Groups, FollowTheDefinitions) {
  const Split split = laddered_split();
  NamedScorer scorer{.name = "flat", .score = [](UserIndex user, std::span<float> scores) {
                       std::ranges::fill(scores, 0.0F);
                       scores[99] = static_cast<float>(user);
                     }};
  const auto report = evaluate(split, {&scorer, 1}, {.ks = {1}});
  ASSERT_TRUE(report);
  const std::vector<UserGroup> groups = group_users(split, *report);
  std::map<std::string, std::size_t> sizes;
  for (const UserGroup& group : groups)
    sizes[group.respect + " " + group.name] = group.positions.size();
  EXPECT_EQ(sizes["stage new"], 4U);
  EXPECT_EQ(sizes["stage warming"], 16U);
  EXPECT_EQ(sizes["stage known"], 10U);
  EXPECT_EQ(sizes["history 0"], 1U);
  EXPECT_EQ(sizes["history 1-3"], 3U);
  EXPECT_EQ(sizes["history 4-10"], 7U);
  EXPECT_EQ(sizes["history more"], 19U);
  // 29 users have a past: five at either end.
  EXPECT_EQ(sizes["taste niche"], 5U);
  EXPECT_EQ(sizes["taste popular"], 5U);
  EXPECT_EQ(sizes["taste mixed"], 19U);
  for (const UserGroup& group : groups) {
    if (group.respect != "taste") continue;
    // The first items are the popular ones, so those with the longest past have the largest share
    // of the others.
    if (group.name == "niche") {
      EXPECT_EQ(group.positions, (std::vector<std::size_t>{25, 26, 27, 28, 29}));
    }
    if (group.name == "popular") {
      for (const std::size_t position : group.positions) EXPECT_LE(position, 6U);
    }
  }
}

TEST(Groups, MeansAndIntervalsAreThoseOfTheirUsersAlone) {
  const EvaluationReport report = made_report(40, 0.1, 4);
  const std::vector<UserGroup> groups = {{"stage", "new", {0, 3, 7}}, {"stage", "known", {1, 2}}};
  const std::vector<GroupReport> measured = measure_groups(report, groups, "ndcg@10");
  ASSERT_EQ(measured.size(), 2U);
  EXPECT_EQ(measured[0].users, 3U);
  ASSERT_EQ(measured[0].values.size(), 3U);
  for (std::size_t r = 0; r < 3; ++r) {
    const auto& all = report.rows[r].per_user.at("ndcg@10");
    const std::vector<double> own{all[0], all[3], all[7]};
    EXPECT_DOUBLE_EQ(measured[0].values[r].mean, mean(own));
    EXPECT_EQ(measured[0].values[r].ci95, bootstrap_mean(own));
  }
}

}  // namespace
}  // namespace limn
