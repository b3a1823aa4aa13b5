// What texts say in ials: taken up where validation users are surely better off, and not else.
#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "limn/core/random.h"
#include "limn/core/vector_ops.h"
#include "limn/engine/choose_models.h"
#include "limn/engine/models.h"
#include "limn/recommend/interactions.h"

namespace limn {
namespace {

constexpr std::size_t item_count = 90;
constexpr std::size_t text_dim = 6;
constexpr std::size_t tastes = 3;

// Items of three tastes, a third each; the last ten of each taste are new: nobody used them before
// the day to predict.
struct Shop {
  Matrix texts = Matrix(item_count, text_dim);       // (items, text_dim)
  std::vector<std::vector<HistoryEntry>> histories;  // (users)
  std::vector<std::vector<HistoryEntry>> later;      // (users)
  std::vector<History> views;

  [[nodiscard]] Training training() const {
    Training training;
    training.histories = views;
    training.items = item_count;
    training.item_embeddings = texts;
    training.dated = false;
    return training;
  }
};

ItemIndex item_of(std::size_t taste, std::size_t place) {
  return static_cast<ItemIndex>(taste + tastes * place);
}

// `honest` texts point where their taste does; others anywhere.
Shop make_shop(bool honest, std::uint64_t seed) {
  Shop shop;
  Random random(seed);
  for (std::size_t item = 0; item < item_count; ++item) {
    for (float& value : shop.texts.row(item)) value = 0.2F * static_cast<float>(random.normal());
    if (honest) shop.texts.row(item)[item % tastes] += 1;
    normalize(shop.texts.row(item));
  }
  for (std::size_t user = 0; user < 150; ++user) {
    auto& history = shop.histories.emplace_back();
    auto& later = shop.later.emplace_back();
    for (std::size_t n = 0; n < 8; ++n) {
      const ItemIndex item = item_of(user % tastes, random.below(20));
      history.push_back({.item = item, .weight = 1, .event = static_cast<std::int64_t>(n + 1)});
    }
    for (std::size_t n = 0; n < 3; ++n)
      later.push_back({.item = item_of(user % tastes, 20 + random.below(10)), .weight = 1});
  }
  shop.views.assign(shop.histories.begin(), shop.histories.end());
  return shop;
}

Config quick_config() {
  Config config;
  config.recommend.factors = 4;
  config.recommend.ials_dim = 8;
  config.recommend.search_fits = 2;
  return config;
}

TEST(IalsTexts, SpeakForItemsThatNobodyUsed) {
  const Shop shop = make_shop(true, 1);
  const Training training = shop.training();
  const auto chosen = choose_models(training, quick_config(), {.later = shop.later});
  ASSERT_TRUE(chosen);
  const ModelSettings& settings = chosen->found.settings;
  EXPECT_GT(settings.ials_text_prior, 0);
  EXPECT_EQ(settings.ials_text_weight, 0);  // nobody wrote

  const auto fitted = fit_models(training, quick_config(), settings);
  ASSERT_TRUE(fitted);
  const ModelView models = fitted->view(training);
  const Parts parts(models, quick_config());
  const auto ials = std::ranges::find(parts.all(), "ials", &Recommender::name);
  ASSERT_NE(ials, parts.all().end());
  Query query;
  query.history = shop.histories[0];  // of taste 0
  std::vector<float> scores(item_count);
  (*ials)->score(query, scores);
  double own = 0;
  double others = 0;
  for (std::size_t place = 20; place < 30; ++place) {
    own += scores[item_of(0, place)] / 10;
    others += (scores[item_of(1, place)] + scores[item_of(2, place)]) / 20;
  }
  EXPECT_GT(own, 3 * std::abs(others));
}

TEST(IalsTexts, AreLeftOutWhereTheySayNothing) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    SCOPED_TRACE(seed);
    Shop shop = make_shop(false, seed);
    // What comes later is like what came before, and texts have no part in it.
    for (auto& later : shop.later) {
      for (HistoryEntry& entry : later) entry.item = item_of(entry.item % tastes, entry.item % 20);
    }
    const auto chosen = choose_models(shop.training(), quick_config(), {.later = shop.later});
    ASSERT_TRUE(chosen);
    EXPECT_EQ(chosen->found.settings.ials_text_prior, 0);
  }
}

TEST(IalsTexts, HearWhatUsersWroteAsOneMoreEvent) {
  const Shop shop = make_shop(true, 2);
  // Every user says what she wants, in a direction of her own taste; her history is of all tastes.
  Shop mixed = shop;
  Random random(7);
  Matrix said(shop.histories.size(), text_dim);
  std::vector<std::vector<TextEvent>> texts(shop.histories.size());
  for (std::size_t user = 0; user < texts.size(); ++user) {
    said.row(user)[user % tastes] = 1;
    texts[user].push_back({.embedding = std::as_const(said).row(user)});
    for (HistoryEntry& entry : mixed.histories[user]) {
      if (random.below(2) == 0) entry.item = item_of(random.below(tastes), random.below(20));
    }
    for (HistoryEntry& entry : mixed.later[user])
      entry.item = item_of(user % tastes, random.below(20));
  }
  Training training = mixed.training();
  mixed.views.assign(mixed.histories.begin(), mixed.histories.end());
  training.histories = mixed.views;
  training.user_texts = texts;
  const auto chosen = choose_models(training, quick_config(), {.later = mixed.later});
  ASSERT_TRUE(chosen);
  ASSERT_GT(chosen->found.settings.ials_text_weight, 0);

  const auto fitted = fit_models(training, quick_config(), chosen->found.settings);
  ASSERT_TRUE(fitted);
  const Parts parts(fitted->view(training), quick_config());
  const auto ials = std::ranges::find(parts.all(), "ials", &Recommender::name);
  ASSERT_NE(ials, parts.all().end());
  // Someone who did nothing yet is heard as well, and told why.
  Query query;
  query.text = std::as_const(said).row(1);
  std::vector<float> scores(item_count);
  (*ials)->score(query, scores);
  const auto best = static_cast<ItemIndex>(std::ranges::max_element(scores) - scores.begin());
  EXPECT_EQ(best % tastes, 1U);
  const std::vector<Term> terms = (*ials)->explain(query, best);
  ASSERT_EQ(terms.size(), 1U);
  EXPECT_EQ(terms[0].kind, Term::Kind::text);
  EXPECT_NEAR(terms[0].weight, scores[best], 1e-5);
}

TEST(IalsTexts, WithoutTextsAreNothing) {
  const Shop shop = make_shop(true, 3);
  Training training = shop.training();
  training.item_embeddings = {};
  const SparseMatrix used = interactions(training.histories, item_count, {});
  ModelSettings settings = default_settings(quick_config());
  const auto plain = fit_part("ials", training, used, settings);
  ASSERT_TRUE(plain);
  settings.ials_text_prior = 3;
  settings.ials_text_weight = 1;
  const auto asked = fit_part("ials", training, used, settings);
  ASSERT_TRUE(asked);
  EXPECT_TRUE(asked->text_map.empty());
  const FactorBytesView with = asked->factors;
  const FactorBytesView without = plain->factors;
  EXPECT_TRUE(std::ranges::equal(with.values(), without.values()));
  EXPECT_TRUE(std::ranges::equal(with.scales(), without.scales()));
}

}  // namespace
}  // namespace limn
