#include "limn/eval/protocol.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "limn/core/parallel.h"
#include "limn/core/random.h"
#include "limn/core/vector_ops.h"

namespace limn {
namespace {

HistoryEntry entry(ItemIndex item, float weight = 1) {
  return {.item = item, .weight = weight};
}

// Scores that are random, with ties, but always the same for one user and item.
NamedScorer noise(std::uint64_t seed) {
  return {.name = "noise",
          .score =
              [seed](UserIndex user, std::span<float> scores) {
                Random random(seed * 1000 + user);
                for (float& score : scores) score = static_cast<float>(random.below(30));
              },
          .settings = {{"seed", seed}},
          .fit_seconds = 0.5};
}

NamedScorer fixed(std::string name, std::vector<float> values) {
  return {.name = std::move(name), .score = [values](UserIndex, std::span<float> scores) {
            std::ranges::copy(values, scores.begin());
          }};
}

Split random_split(std::uint64_t seed) {
  Random random(seed);
  Split split{.items = 60};
  for (int user = 0; user < 50; ++user) {
    std::vector<HistoryEntry> parts[3];
    for (auto& part : parts) {
      for (std::uint64_t n = random.below(6); n > 0; --n) {
        part.push_back(entry(static_cast<ItemIndex>(random.below(60)),
                             static_cast<float>(1 + random.below(5))));
      }
    }
    split.train.push_back(parts[0]);
    split.valid.push_back(parts[1]);
    split.test.push_back(parts[2]);
  }
  return split;
}

EvaluationReport run(const Split& split, std::span<const NamedScorer> scorers,
                     const EvaluateOptions& options = {}) {
  auto report = evaluate(split, scorers, options);
  EXPECT_TRUE(report);
  return std::move(*report);
}

TEST(Evaluate, MeasuresACaseDoneByHand) {
  // Items 0 to 5. User 0 has 0 and finds 1, which leads once 0 is gone; user 1 has 1 and finds 3,
  // the third of what is left (0, 2, 3); user 2 has nothing to find.
  const Split split{.items = 6,
                    .train = {{entry(0)}, {entry(1)}, {entry(0)}},
                    .valid = UserHistories(3),
                    .test = {{entry(1)}, {entry(3)}, {}}};
  const NamedScorer scorer = fixed("falling", {6, 5, 4, 3, 2, 1});
  const EvaluationReport report = run(split, {&scorer, 1}, {.ks = {2, 3}});
  ASSERT_EQ(report.rows.size(), 1U);
  const auto& metrics = report.rows[0].metrics;
  EXPECT_EQ(report.ranked_users, (std::vector<UserIndex>{0, 1}));
  EXPECT_DOUBLE_EQ(metrics.at("recall@2"), 0.5);
  EXPECT_DOUBLE_EQ(metrics.at("recall@3"), 1);
  EXPECT_DOUBLE_EQ(metrics.at("ndcg@3"), (1 + 0.5) / 2);
  EXPECT_DOUBLE_EQ(metrics.at("mrr@3"), (1 + 1.0 / 3) / 2);
  EXPECT_DOUBLE_EQ(metrics.at("precision@2"), 0.25);
  // Lists of two: 1 2 and 0 2.
  EXPECT_DOUBLE_EQ(metrics.at("coverage@2"), 0.5);
  // Item 0 belongs to 2 of 3 users, item 1 to one, item 2 to none and counts as one's.
  EXPECT_NEAR(metrics.at("novelty@2"), (2 * std::log2(3.0) + std::log2(1.5) + std::log2(3.0)) / 4,
              1e-12);
  EXPECT_EQ(metrics.count("diversity@2"), 0U);
  EXPECT_EQ(report.rows[0].per_user.at("recall@2"), (std::vector<double>{1, 0}));
}

TEST(Evaluate, NeverShowsWhatTheUserHas) {
  const Split split = random_split(1);
  // Every item is known to whoever has it with the highest score, yet no hit can come of it.
  NamedScorer cheat{.name = "cheat", .score = [&](UserIndex user, std::span<float> scores) {
                      std::ranges::fill(scores, 0.0F);
                      for (const auto& e : split.train[user]) scores[e.item] = 9;
                      for (const auto& e : split.valid[user]) scores[e.item] = 9;
                      for (const auto& e : split.test[user]) scores[e.item] += 1;
                    }};
  const EvaluationReport report = run(split, {&cheat, 1}, {.ks = {10}});
  // What is left of the test part leads every list.
  EXPECT_DOUBLE_EQ(report.rows[0].metrics.at("recall@10"), 1);
  EXPECT_DOUBLE_EQ(report.rows[0].metrics.at("ndcg@10"), 1);
}

TEST(Evaluate, RanksOnlyUsersWithARelevantNewItem) {
  const Split split{.items = 4,
                    .train = {{entry(0)}, {entry(0)}, {entry(0)}, {}},
                    .valid = UserHistories(4),
                    .test = {{entry(1, -1), entry(2, 1)}, {entry(1, -1)}, {entry(0)}, {entry(3)}}};
  const NamedScorer scorer = fixed("flat", {1, 1, 1, 1});
  const EvaluationReport report = run(split, {&scorer, 1}, {.ks = {1}});
  EXPECT_EQ(report.ranked_users, (std::vector<UserIndex>{0, 3}));
  EXPECT_EQ(report.users_without_relevant, 2U);
  EXPECT_EQ(report.users_on_both_sides, 3U);
  EXPECT_EQ(run(split, {&scorer, 1}, {.ks = {1}, .relevance = {.all = true}}).ranked_users,
            (std::vector<UserIndex>{0, 1, 3}));
  EXPECT_TRUE(
      run(split, {&scorer, 1}, {.ks = {1}, .relevance = {.at_least = 4.0F}}).ranked_users.empty());
}

TEST(Evaluate, CountsHowManyHitsWereLiked) {
  // Both users meet item 1 and 2 in the first two places; user 0 liked one of them, user 1 none.
  const Split split{.items = 5,
                    .train = {{entry(0, 5)}, {entry(0, 5)}},
                    .valid = UserHistories(2),
                    .test = {{entry(1, 2), entry(2, 5)}, {entry(1, 1), entry(4, 3)}}};
  const NamedScorer scorer = fixed("falling", {9, 8, 7, 6, 5});
  const EvaluationReport report =
      run(split, {&scorer, 1}, {.ks = {2}, .relevance = {.at_least = 4.0F}});
  const Satisfaction found = report.rows[0].satisfaction.at(2);
  EXPECT_DOUBLE_EQ(found.hits, 3);
  EXPECT_DOUBLE_EQ(found.liked, 1);
  EXPECT_DOUBLE_EQ(found.share(), 1.0 / 3);
}

TEST(Evaluate, IsTheSameOnAnyNumberOfThreads) {
  const Split split = random_split(2);
  const std::vector<NamedScorer> scorers = {noise(1), noise(2)};
  const auto text_of = [&](std::size_t threads) {
    set_thread_count(threads);
    EvaluationReport report = run(split, scorers, {.ks = {5, 20}});
    report.peak_rss_mb = 0;
    for (auto& row : report.rows) row.score_seconds = 0;
    return to_text(to_json(report));
  };
  const std::size_t before = thread_count();
  const std::string one = text_of(1);
  const std::string four = text_of(4);
  set_thread_count(before);
  EXPECT_EQ(one, four);
}

TEST(Evaluate, GivesEachUsersValuesTheirMeanAndInterval) {
  const Split split = random_split(3);
  const NamedScorer scorer = noise(3);
  const EvaluationReport report = run(split, {&scorer, 1}, {.ks = {20}});
  const RecommenderReport& row = report.rows[0];
  for (const auto& [name, values] : row.per_user) {
    EXPECT_EQ(values.size(), report.ranked_users.size());
    EXPECT_DOUBLE_EQ(mean(values), row.metrics.at(name));
    EXPECT_EQ(row.ci95.at(name), bootstrap_mean(values));
    EXPECT_LE(row.ci95.at(name).low, row.metrics.at(name));
    EXPECT_GE(row.ci95.at(name).high, row.metrics.at(name));
  }
}

TEST(Evaluate, MeasuresDiversityWithEmbeddings) {
  const Split split{
      .items = 4, .train = {{entry(0)}}, .valid = UserHistories(1), .test = {{entry(1)}}};
  const Matrix embeddings(4, 2, {1, 0, 1, 0, 0, 1, 1, 0});
  const NamedScorer scorer = fixed("falling", {9, 8, 7, 6});
  const EvaluationReport report = run(split, {&scorer, 1}, {.ks = {3}, .embeddings = embeddings});
  EXPECT_NEAR(report.rows[0].metrics.at("diversity@3"), 2.0 / 3, 1e-6);
}

TEST(Evaluate, MeasuresListsAgainstTheUsersPastAndPopularity) {
  // Classes: items 0, 1, 2 are of class 0, items 3, 4, 5 of class 1. User 0 liked one of each, user
  // 1 disliked what they had: everyone's shares (1/2, 1/2) stand in.
  const Split split{.items = 6,
                    .train = {{entry(0), entry(3)}, {entry(0, -1)}, {entry(0), entry(3)}},
                    .valid = UserHistories(3),
                    .test = {{entry(1)}, {entry(4)}, {}}};
  const SparseMatrix classes = SparseMatrix::from_triplets(
      6, 2, {{0, 0, 1}, {1, 0, 1}, {2, 0, 1}, {3, 1, 1}, {4, 1, 1}, {5, 1, 1}});
  const NamedScorer scorer = fixed("given", {9, 8, 7, 6, 5, 4});
  const EvaluationReport report = run(split, {&scorer, 1}, {.ks = {2}, .item_classes = classes});
  const RecommenderReport& row = report.rows[0];
  // User 0 gets 1 and 2, both of class 0; user 1 gets 1 and 2 as well.
  const double gap = 0.5 * std::log(0.5 / 0.995) + 0.5 * std::log(0.5 / 0.005);
  EXPECT_NEAR(row.per_user.at("calibration@2")[0], gap, 1e-9);
  EXPECT_NEAR(row.per_user.at("calibration@2")[1], gap, 1e-9);
  EXPECT_EQ(row.metrics.at("popularity@2"), 0);
  // By popularity: 0 (3 users), 3 (2), 1, 2, ...; user 0 has 0 and 3, so 1 and 2 are expected.
  EXPECT_EQ(row.per_user.at("serendipity@2"), (std::vector<double>{0, 0}));
  // User 1 has 0 alone: 3 and 1 are expected, so finding 4 is serendipitous.
  const NamedScorer other = fixed("other", {1, 2, 3, 9, 8, 0});
  const EvaluationReport second = run(split, {&other, 1}, {.ks = {2}, .item_classes = classes});
  EXPECT_EQ(second.rows[0].per_user.at("serendipity@2"), (std::vector<double>{0, 0.5}));
  EXPECT_EQ(second.rows[0].per_user.at("popularity@2"), (std::vector<double>{0, 1}));
  EXPECT_EQ(run(split, {&other, 1}, {.ks = {2}}).rows[0].metrics.count("calibration@2"), 0U);
}

TEST(Evaluate, SurvivesNoUsersAndNoScorers) {
  const NamedScorer scorer = noise(1);
  EXPECT_EQ(run({}, {&scorer, 1}).rows[0].metrics.at("ndcg@10"), 0);
  EXPECT_TRUE(run(random_split(1), {}).rows.empty());
}

TEST(ToJson, HasTheKeysThatScriptsRelyOn) {
  const NamedScorer scorer = noise(1);
  Split split = random_split(4);
  merge_validation(split);
  const Json json =
      to_json(run(split, {&scorer, 1}, {.ks = {20}, .relevance = {.at_least = 4.0F}}));
  const JsonObject& object = json.as_object();
  for (const char* key : {"split", "k", "users", "items", "events_train", "events_test", "protocol",
                          "rows", "satisfaction", "peak_rss_mb"}) {
    EXPECT_TRUE(object.contains(key)) << key;
  }
  EXPECT_EQ(object.at("split"), "given");
  EXPECT_EQ(object.at("protocol").at("trained_on_valid"), true);
  const Json& row = object.at("rows").at(0);
  EXPECT_EQ(row.at("recommender"), "noise");
  EXPECT_EQ(row.at("settings").at("seed"), 1U);
  EXPECT_EQ(row.at("fit_seconds"), 0.5);
  EXPECT_TRUE(row.at("metrics").as_object().contains("coverage@20"));
  EXPECT_EQ(row.at("ci95").at("ndcg@20").as_array().size(), 2U);
  EXPECT_TRUE(object.at("satisfaction").at("noise").as_object().contains("share@20"));
}

}  // namespace
}  // namespace limn
