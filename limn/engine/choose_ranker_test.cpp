#include "limn/engine/choose_ranker.h"

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <utility>

#include <gtest/gtest.h>

#include "limn/core/parallel.h"
#include "limn/core/random.h"
#include "limn/core/top_k.h"
#include "limn/engine/din_ranker.h"
#include "limn/engine/test_ranker.h"

namespace limn {
namespace {

constexpr std::size_t item_count = 60;

SparseMatrix random_weights(std::uint64_t seed) {
  Random random(seed);
  std::vector<Triplet> entries;
  for (std::uint32_t row = 0; row < item_count; ++row) {
    for (std::uint32_t col = 0; col < item_count; ++col) {
      if (row != col) entries.push_back({row, col, static_cast<float>(random.normal())});
    }
  }
  return SparseMatrix::from_triplets(item_count, item_count, std::move(entries));
}

// Users who have one item each, and two parts with weight that see all others. What users choose
// later is where both parts say the same, of good or ill: no sum of the two ranks by that.
struct Made {
  SparseMatrix first = random_weights(1);
  SparseMatrix second = random_weights(2);
  std::vector<float> popularity = std::vector<float>(item_count, 1);
  Matrix user_vectors;
  SparseMatrix interactions = SparseMatrix::from_triplets(0, item_count, {});
  ModelView models;
  std::vector<std::vector<HistoryEntry>> histories;
  std::vector<std::vector<ItemIndex>> later;
  std::vector<ValidationUser> users;
  BlendWeights weights;

  explicit Made(std::size_t count, std::uint64_t seed) {
    models.popularity = popularity;
    models.interactions = interactions;
    models.rp3beta = first;
    models.item_knn = second;
    Random random(seed);
    for (std::size_t user = 0; user < count; ++user) {
      const auto item = static_cast<ItemIndex>(random.below(item_count));
      histories.push_back({{.item = item, .weight = 1}});
      std::vector<float> agreement(item_count);
      for (std::size_t j = 0; j < first.view().row(item).size(); ++j) {
        const std::uint32_t other = first.view().row(item).cols[j];
        agreement[other] = first.view().row(item).values[j] * second.view().row(item).values[j];
      }
      later.emplace_back();
      for (const Scored& best : top_k(agreement, 5)) later.back().push_back(best.index);
    }
  }

  void forget_what_was_learnable(std::uint64_t seed) {
    Random random(seed);
    for (std::size_t user = 0; user < later.size(); ++user) {
      for (ItemIndex& item : later[user]) {
        do {
          item = static_cast<ItemIndex>(random.below(item_count));
        } while (item == histories[user].front().item);
      }
    }
  }

  Result<ChosenRanker> choose(RankerKind kind = RankerKind::trees) {
    const Parts parts(models, Config{});
    for (auto& of_bucket : weights) {
      of_bucket.clear();
      for (const std::string& name : parts.names()) {
        of_bucket.push_back(name == "rp3beta" || name == "item_knn" ? 0.5F : 0.0F);
      }
    }
    users.clear();
    for (std::size_t user = 0; user < histories.size(); ++user) {
      users.push_back({{.history = histories[user]}, later[user]});
    }
    return choose_ranker({.models = models, .parts = parts, .weights = weights, .users = users},
                         {.kind = kind, .lightgbm = lightgbm_of_tests});
  }
};

TEST(ChooseRanker, KeepsTreesThatKnowWhatNoBlendCanSay) {
  if (!has_lightgbm()) GTEST_SKIP() << without_lightgbm;
  Made made(240, 3);
  const auto chosen = made.choose();
  ASSERT_TRUE(chosen) << chosen.error().message;
  const RankerReport& report = chosen->report;
  EXPECT_EQ(report.learning_users, 120U);
  EXPECT_EQ(report.gate_users, 120U);
  EXPECT_TRUE(report.passed);
  EXPECT_GT(report.gain, 0.3);
  EXPECT_GT(report.interval.low, 0);
  EXPECT_LT(report.interval.low, report.gain);
  EXPECT_EQ(chosen->model.kind, RankerKind::trees);
  EXPECT_EQ(chosen->model.weight, static_cast<float>(report.weight));

  // As the model is kept, it lifts the lists of users whom it never saw.
  Made others(60, 4);
  const Parts parts(others.models, Config{});
  const auto ranker = make_ranker(chosen->model, others.models, parts.names(), lightgbm_of_tests);
  ASSERT_TRUE(ranker) << ranker.error().message;
  const RankedBlend with({parts.all().begin(), parts.all().end()}, made.weights,
                         {ranker->get(), chosen->model.weight});
  std::size_t hits = 0;
  std::size_t blend_hits = 0;
  for (std::size_t user = 0; user < others.histories.size(); ++user) {
    const Query query{.history = others.histories[user]};
    std::vector<float> scores(item_count);
    const auto found = [&](const Recommender& recommender) {
      recommender.score(query, scores);
      scores[others.histories[user].front().item] = -100;
      std::size_t count = 0;
      for (const Scored& best : top_k(scores, 5))
        count += static_cast<std::size_t>(std::ranges::count(others.later[user], best.index));
      return count;
    };
    hits += found(with);
    blend_hits += found(with.blend());
  }
  EXPECT_GT(2 * hits, 3 * blend_hits);
}

TEST(ChooseRanker, RefusesTreesThatLearnNoise) {
  if (!has_lightgbm()) GTEST_SKIP() << without_lightgbm;
  int passed = 0;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    Made made(80, seed);
    made.forget_what_was_learnable(seed + 10);
    const auto chosen = made.choose();
    ASSERT_TRUE(chosen) << chosen.error().message;
    passed += chosen->report.passed ? 1 : 0;
    EXPECT_EQ(chosen->model.kind == RankerKind::trees, chosen->report.passed) << seed;
  }
  EXPECT_LE(passed, 1);  // of two standard errors, one in forty by chance for each weight
}

TEST(ChooseRanker, IsTheSameOnAnyNumberOfThreads) {
  if (!has_lightgbm()) GTEST_SKIP() << without_lightgbm;
  const std::size_t before = thread_count();
  const auto chosen_on = [&](std::size_t threads) {
    set_thread_count(threads);
    auto chosen = Made(48, 5).choose();
    set_thread_count(before);
    EXPECT_TRUE(chosen);
    chosen->report.seconds = 0;
    return to_text(Json(to_json(chosen->report))) + chosen->model.trees;
  };
  EXPECT_EQ(chosen_on(1), chosen_on(3));
}

TEST(ChooseRanker, LearnsNothingFromTooFewUsersAndWantsNothingUnasked) {
  Made few(30, 6);
  const auto chosen = few.choose();
  ASSERT_TRUE(chosen);
  EXPECT_FALSE(chosen->report.passed);
  EXPECT_EQ(chosen->model.kind, RankerKind::none);
  const auto unasked = few.choose(RankerKind::none);
  ASSERT_TRUE(unasked);
  EXPECT_EQ(unasked->report.kind, RankerKind::none);
  EXPECT_EQ(unasked->report.learning_users, 0U);
}

// Users with a taste for two of six kinds of items, of which nobody is told, and one part with
// weight, that says anything.
struct Tastes {
  SparseMatrix first = random_weights(1);
  std::vector<float> popularity = std::vector<float>(item_count, 1);
  SparseMatrix interactions = SparseMatrix::from_triplets(0, item_count, {});
  ModelView models;
  std::vector<std::vector<HistoryEntry>> past;   // (users)
  std::vector<std::vector<HistoryEntry>> whole;  // (users): and what they chose later
  std::vector<std::vector<ItemIndex>> later;     // (users)
  BlendWeights weights;

  Tastes(std::size_t users, std::uint64_t seed) {
    models.popularity = popularity;
    models.interactions = interactions;
    models.rp3beta = first;
    Random random(seed);
    for (std::size_t user = 0; user < users; ++user) {
      std::vector<ItemIndex> liked;
      const std::size_t kinds[] = {random.below(6), random.below(6)};
      for (ItemIndex item = 0; item < item_count; ++item) {
        if (item % 6 == kinds[0] || item % 6 == kinds[1]) liked.push_back(item);
      }
      random.shuffle(std::span(liked));
      liked.resize(10);
      for (const ItemIndex item : liked)
        whole.resize(user + 1), whole.back().push_back({.item = item, .weight = 1});
      past.emplace_back(whole.back().begin(), whole.back().begin() + 6);
      later.emplace_back(liked.begin() + 6, liked.end());
    }
  }

  Result<ChosenRanker> choose() {
    const Parts parts(models, Config{});
    for (auto& of_bucket : weights) {
      of_bucket.clear();
      for (const std::string& name : parts.names())
        of_bucket.push_back(name == "rp3beta" ? 1.0F : 0.0F);
    }
    std::vector<ValidationUser> users;
    for (std::size_t user = 0; user < past.size(); ++user)
      users.push_back({{.history = past[user]}, later[user]});
    const std::vector<History> histories(past.begin(), past.end());
    const std::vector<History> all_histories(whole.begin(), whole.end());
    return choose_ranker({.models = models,
                          .parts = parts,
                          .weights = weights,
                          .users = users,
                          .histories = histories,
                          .all_histories = all_histories},
                         {.kind = RankerKind::din});
  }
};

TEST(ChooseRanker, KeepsADinThatKnowsTastes) {
  Tastes tastes(250, 1);
  const auto chosen = tastes.choose();
  ASSERT_TRUE(chosen) << chosen.error().message;
  const RankerReport& report = chosen->report;
  EXPECT_TRUE(report.passed);
  EXPECT_GT(report.epochs, 0U);
  EXPECT_GT(report.gain, 0.1);
  EXPECT_EQ(to_json(report).at("epochs"), report.epochs);
  EXPECT_EQ(chosen->model.kind, RankerKind::din);

  // It knows the tastes of users whom it never saw.
  const Tastes others(50, 2);
  double of_taste = 0;
  double of_others = 0;
  for (std::size_t user = 0; user < others.past.size(); ++user) {
    std::vector<ItemIndex> items(item_count);
    std::iota(items.begin(), items.end(), ItemIndex{0});
    const auto scores = standardized(din_scores(chosen->model.din, others.past[user], items));
    for (const ItemIndex item : items) {
      const auto& later = others.later[user];
      if (std::ranges::find(later, item) != later.end()) of_taste += scores[item];
      if (std::ranges::none_of(others.whole[user], [&](const HistoryEntry& entry) {
            return entry.item % 6 == item % 6;
          })) {
        of_others += scores[item] / 10;  // ten of a kind
      }
    }
  }
  EXPECT_GT(of_taste, 50 * 4 * 0.3);
  EXPECT_LT(of_others, 0);
}

TEST(ChooseRanker, RefusesADinWhereThereIsNoTaste) {
  Tastes tastes(200, 3);
  Random random(4);
  for (std::size_t user = 0; user < tastes.later.size(); ++user) {
    for (ItemIndex& item : tastes.later[user]) {
      do {
        item = static_cast<ItemIndex>(random.below(item_count));
      } while (std::ranges::any_of(tastes.past[user],
                                   [&](const HistoryEntry& entry) { return entry.item == item; }));
    }
  }
  const auto chosen = tastes.choose();
  ASSERT_TRUE(chosen) << chosen.error().message;
  EXPECT_FALSE(chosen->report.passed);
  EXPECT_GT(chosen->report.blend_ndcg, 0);  // told in any case
  EXPECT_EQ(chosen->model.kind, RankerKind::none);
}

TEST(ChooseRanker, ADinIsTheSameOnAnyNumberOfThreads) {
  const std::size_t before = thread_count();
  const auto chosen_on = [&](std::size_t threads) {
    set_thread_count(threads);
    auto chosen = Tastes(60, 5).choose();
    set_thread_count(before);
    EXPECT_TRUE(chosen);
    EXPECT_GT(chosen->report.epochs, 0U);
    chosen->report.seconds = 0;
    return std::pair(to_text(Json(to_json(chosen->report))), chosen->model.din.parameters.items);
  };
  EXPECT_EQ(chosen_on(1), chosen_on(3));
}

TEST(WantedRanker, RefusesNamesThatAreNoneAndTreesWithoutTheirLibrary) {
  Config config;
  EXPECT_EQ(wanted_ranker(config, {}).value(), RankerKind::none);
  config.recommend.ranker = "forest";
  EXPECT_EQ(wanted_ranker(config, {}).error().code, ErrorCode::invalid_argument);
  config.recommend.ranker = "din";
  EXPECT_EQ(wanted_ranker(config, {}).value(), RankerKind::din);
  config.recommend.ranker = "trees";
  EXPECT_EQ(wanted_ranker(config, {}).error().code, ErrorCode::unavailable);
  config.recommend.lightgbm = "/nowhere/lib_lightgbm.so";
  const auto absent = wanted_ranker(config, {});
  EXPECT_EQ(absent.error().code, ErrorCode::unavailable);
  EXPECT_NE(absent.error().message.find("/nowhere/lib_lightgbm.so"), std::string::npos);
}

}  // namespace
}  // namespace limn
