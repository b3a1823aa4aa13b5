#include "limn/recommend/choose_weights.h"

#include <cmath>

#include <gtest/gtest.h>

#include "limn/core/parallel.h"
#include "limn/recommend/test_data.h"

namespace limn {
namespace {

constexpr std::size_t item_count = 120;

// Scores each user's held-out items above the rest by `signal`, in noise of its own.
class Noisy final : public Recommender {
 public:
  Noisy(const std::vector<std::vector<ItemIndex>>* held_out, double signal, std::uint64_t seed)
      : held_out_(held_out), signal_(signal), seed_(seed) {}
  [[nodiscard]] std::string_view name() const override { return "noisy"; }
  [[nodiscard]] std::size_t item_count() const override { return limn::item_count; }
  void score(const Query& query, std::span<float> scores) const override {
    Random random(seed_ * 1'000'003 + *query.user);
    for (float& score : scores) score = static_cast<float>(random.normal());
    for (const ItemIndex item : (*held_out_)[*query.user]) {
      scores[item] += static_cast<float>(signal_);
    }
  }
  [[nodiscard]] std::vector<std::vector<Term>> explain_items(
      const Query& /*query*/, std::span<const ItemIndex>) const override {
    return {};
  }

 private:
  const std::vector<std::vector<ItemIndex>>* held_out_;
  double signal_;
  std::uint64_t seed_;
};

struct ChooseWeightsTest : testing::Test {
  static constexpr std::size_t user_count = 400;
  std::vector<std::vector<HistoryEntry>> histories;
  std::vector<std::vector<ItemIndex>> held_out;

  ChooseWeightsTest() {
    Random random(1);
    for (std::size_t u = 0; u < user_count; ++u) {
      auto& history = histories.emplace_back();
      const std::size_t length = 1 + u % 20;
      for (ItemIndex i = 0; i < length; ++i) history.push_back({.item = i, .weight = 1});
      auto& later = held_out.emplace_back();
      while (later.size() < 4) {
        const auto item = static_cast<ItemIndex>(20 + random.below(item_count - 20));
        if (std::find(later.begin(), later.end(), item) == later.end()) later.push_back(item);
      }
    }
  }

  [[nodiscard]] std::vector<ValidationUser> users() const {
    std::vector<ValidationUser> result;
    for (std::uint32_t u = 0; u < user_count; ++u) {
      result.push_back({{.history = histories[u], .user = u}, held_out[u]});
    }
    return result;
  }
};

TEST_F(ChooseWeightsTest, WeighsByWhatAPartAdds) {
  const Noisy strong(&held_out, 1.5, 1);
  const Noisy weak(&held_out, 0.75, 2);
  const Noisy noise(&held_out, 0, 3);
  const Recommender* parts[] = {&noise, &strong, &weak};
  const ChosenWeights chosen = choose_weights(parts, users(), {}, {});
  const std::vector<float>& weights = chosen.weights[3];
  EXPECT_GT(weights[1], weights[2]);
  EXPECT_GT(weights[2], weights[0]);
  EXPECT_LT(weights[0], 0.15F);
  // Independent normal noise: the best weights are as the signals.
  EXPECT_NEAR(weights[2] / weights[1], 0.5, 0.25);
  for (const double alone : chosen.part_ndcg) EXPECT_GT(chosen.ndcg, alone);
}

TEST_F(ChooseWeightsTest, LeavesTheBestPartAloneWhereABlendGainsNothing) {
  const Noisy perfect(&held_out, 50, 1);
  const Noisy noise(&held_out, 0, 2);
  const Recommender* parts[] = {&noise, &perfect};
  const ChosenWeights chosen = choose_weights(parts, users(), {}, {});
  EXPECT_NEAR(chosen.ndcg, 1, 1e-9);
  EXPECT_NEAR(chosen.part_ndcg[1], 1, 1e-9);
  for (std::size_t bucket = 1; bucket < history_bucket_count; ++bucket) {
    EXPECT_EQ(chosen.weights[bucket], (std::vector<float>{0, 1}));
  }
}

// As Noisy, under a name that must earn its place.
class Gated final : public Recommender {
 public:
  explicit Gated(const Recommender* inner) : inner_(inner) {}
  [[nodiscard]] std::string_view name() const override { return "text"; }
  [[nodiscard]] std::size_t item_count() const override { return limn::item_count; }
  void score(const Query& query, std::span<float> scores) const override {
    inner_->score(query, scores);
  }
  [[nodiscard]] std::vector<std::vector<Term>> explain_items(
      const Query& /*query*/, std::span<const ItemIndex>) const override {
    return {};
  }

 private:
  const Recommender* inner_;
};

TEST_F(ChooseWeightsTest, AGatedPartThatSaysNothingIsLeftOutAndOneThatDoesIsNot) {
  const Noisy strong(&held_out, 1.0, 1);
  const Noisy weak(&held_out, 1.0, 2);
  std::size_t left_out = 0;
  for (std::uint64_t seed = 10; seed < 16; ++seed) {
    SCOPED_TRACE(seed);
    const Noisy noise(&held_out, 0, seed);
    const Gated gated(&noise);
    const Recommender* parts[] = {&gated, &strong, &weak};
    const ChosenWeights chosen = choose_weights(parts, users(), {}, {});
    left_out += chosen.weights[3][0] == 0 ? 1 : 0;

    const Noisy telling(&held_out, 1.0, seed);
    const Gated earned(&telling);
    const Recommender* more[] = {&earned, &strong, &weak};
    EXPECT_GT(choose_weights(more, users(), {}, {}).weights[3][0], 0.1F);
  }
  EXPECT_GE(left_out, 4U);
  // Where there is nothing else, it is taken without a trial.
  const Gated alone(&strong);
  const Recommender* parts[] = {&alone};
  EXPECT_EQ(choose_weights(parts, users(), {}, {}).weights[3], std::vector<float>{1});
}

TEST_F(ChooseWeightsTest, KeepsEveryPartAudibleForNewcomers) {
  const Noisy perfect(&held_out, 50, 1);
  const Noisy noise(&held_out, 0, 2);
  const Recommender* parts[] = {&noise, &perfect};
  const ChosenWeights chosen = choose_weights(parts, users(), {}, {});
  EXPECT_GT(chosen.weights[0][0], 0);
  EXPECT_GT(chosen.weights[0][1], 0.9F);
}

// Good for users with a long history only.
class LongOnly final : public Recommender {
 public:
  explicit LongOnly(const Recommender* inner) : inner_(inner) {}
  [[nodiscard]] std::string_view name() const override { return "long_only"; }
  [[nodiscard]] std::size_t item_count() const override { return limn::item_count; }
  void score(const Query& query, std::span<float> scores) const override {
    if (query.history.size() > 10) return inner_->score(query, scores);
    Random random(99 + *query.user);
    for (float& score : scores) score = static_cast<float>(random.normal());
  }
  [[nodiscard]] std::vector<std::vector<Term>> explain_items(
      const Query& /*query*/, std::span<const ItemIndex>) const override {
    return {};
  }

 private:
  const Recommender* inner_;
};

TEST_F(ChooseWeightsTest, WeighsByTheLengthOfTheHistory) {
  const Noisy strong(&held_out, 2, 1);
  const LongOnly long_only(&strong);
  const Noisy steady(&held_out, 1, 2);
  const Recommender* parts[] = {&long_only, &steady};
  const ChosenWeights chosen = choose_weights(parts, users(), {}, {.shrink_users = 20});
  EXPECT_GT(chosen.weights[3][0], chosen.weights[3][1]);
  EXPECT_LT(chosen.weights[1][0], chosen.weights[1][1]);
  EXPECT_LT(chosen.weights[2][0], chosen.weights[2][1]);
  EXPECT_EQ(chosen.users[0], 0U);
  EXPECT_EQ(chosen.users[1], 60U);
  EXPECT_EQ(chosen.users[2], 140U);
  EXPECT_EQ(chosen.users[3], 200U);
}

TEST_F(ChooseWeightsTest, IsTheSameOnAnyNumberOfThreads) {
  const Noisy a(&held_out, 1, 1);
  const Noisy b(&held_out, 0.8, 2);
  const Recommender* parts[] = {&a, &b};
  const std::size_t before = thread_count();
  set_thread_count(1);
  const ChosenWeights one = choose_weights(parts, users(), {}, {.max_users = 150});
  set_thread_count(7);
  const ChosenWeights seven = choose_weights(parts, users(), {}, {.max_users = 150});
  set_thread_count(before);
  EXPECT_EQ(one.weights, seven.weights);
  EXPECT_EQ(one.ndcg, seven.ndcg);
}

TEST_F(ChooseWeightsTest, DoesNotCountExcludedItems) {
  const Noisy part(&held_out, 50, 1);
  const Recommender* parts[] = {&part};
  const std::vector<std::uint8_t> everything(item_count, 1);
  EXPECT_EQ(choose_weights(parts, users(), everything, {}).ndcg, 0);
}

// Tells nothing apart.
class Silent final : public Recommender {
 public:
  [[nodiscard]] std::string_view name() const override { return "silent"; }
  [[nodiscard]] std::size_t item_count() const override { return limn::item_count; }
  void score(const Query& /*query*/, std::span<float> scores) const override {
    std::ranges::fill(scores, 0.0F);
  }
  [[nodiscard]] std::vector<std::vector<Term>> explain_items(
      const Query& /*query*/, std::span<const ItemIndex>) const override {
    return {};
  }
};

TEST_F(ChooseWeightsTest, RanksOnlyTheCandidatesWhereTheyAreGiven) {
  // With the held-out items alone as candidates, any list is right; with one item more, of two that
  // a part cannot tell apart each is first as often, wherever they stand in the catalogue.
  const Silent silent;
  const Recommender* parts[] = {&silent};
  std::vector<ValidationUser> given = users();
  for (ValidationUser& user : given) {
    user.held_out = user.held_out.first(1);
    user.candidates = user.held_out;
  }
  EXPECT_DOUBLE_EQ(choose_weights(parts, given, {}, {}).ndcg, 1);

  std::vector<std::vector<ItemIndex>> pairs;
  for (const ValidationUser& user : given) {
    const auto used = used_items(user.query.history, item_count);
    ItemIndex other = 0;
    while (used[other] != 0 || other == user.held_out[0]) ++other;
    pairs.push_back({std::min(other, user.held_out[0]), std::max(other, user.held_out[0])});
  }
  for (std::size_t u = 0; u < given.size(); ++u) given[u].candidates = pairs[u];
  EXPECT_NEAR(choose_weights(parts, given, {}, {}).ndcg, 1 / std::log2(2.5), 1e-9);
}

TEST_F(ChooseWeightsTest, GivesEveryPartTheSameWithoutUsersAndWithoutTexts) {
  const Noisy a(&held_out, 1, 1);
  const Noisy b(&held_out, 1, 2);
  const Recommender* parts[] = {&a, &b};
  const ChosenWeights chosen = choose_weights(parts, {}, {}, {});
  for (const auto& weights : chosen.weights) EXPECT_EQ(weights, (std::vector<float>{0.5F, 0.5F}));
}

TEST_F(ChooseWeightsTest, TrustsTheTextsWhereNothingCouldBeTried) {
  const Noisy behaviour(&held_out, 1, 1);
  const Gated text(&behaviour);
  const Recommender* parts[] = {&behaviour, &text};
  const ChosenWeights chosen = choose_weights(parts, {}, {}, {});
  for (const std::size_t bucket : {1U, 2U, 3U})
    EXPECT_EQ(chosen.weights[bucket], (std::vector<float>{0, 1}));
  EXPECT_GT(chosen.weights[0][0], 0);  // newcomers
}

}  // namespace
}  // namespace limn
