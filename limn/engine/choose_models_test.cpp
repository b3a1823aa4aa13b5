#include "limn/engine/choose_models.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "limn/core/parallel.h"
#include "limn/core/random.h"

namespace limn {
namespace {

using Histories = std::vector<std::vector<HistoryEntry>>;

constexpr std::size_t item_count = 60;

// Users who walk round a circle of items from some place on, now and then looking elsewhere: what
// comes next is said by the last event, and by nothing else.
Histories walkers(std::size_t users, std::uint64_t seed) {
  Random random(seed);
  Histories histories(users);
  std::int64_t event = 0;
  for (auto& history : histories) {
    std::uint64_t place = random.below(item_count);
    for (std::int64_t step = 0; step < 12; ++step) {
      place = random.below(10) == 0 ? random.below(item_count) : (place + 1) % item_count;
      history.push_back({.item = static_cast<ItemIndex>(place),
                         .weight = 1,
                         .time = Time(std::chrono::hours(step)),
                         .event = ++event});
    }
  }
  return histories;
}

Training training_of(std::span<const History> views) {
  Training training;
  training.histories = views;
  training.items = item_count;
  training.now = Time(std::chrono::hours(12));
  return training;
}

Config quick_config() {
  Config config;
  config.recommend.factors = 8;
  config.recommend.ials_dim = 8;
  config.recommend.search_fits = 4;
  return config;
}

TEST(ChooseModels, NeverLeavesAPartWorseThanItBegan) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    SCOPED_TRACE(seed);
    const Histories histories = walkers(120, seed);
    const std::vector<History> views(histories.begin(), histories.end());
    const auto chosen = choose_models(training_of(views), quick_config());
    ASSERT_TRUE(chosen);
    ASSERT_FALSE(chosen->found.parts.empty());
    for (const PartSearch& part : chosen->found.parts) {
      EXPECT_GE(part.after, part.before) << part.part;
      EXPECT_LE(part.fits, 4U) << part.part;
    }
    // The gate: the blend is at least as good as each of its parts.
    for (const double alone : chosen->weights.part_ndcg)
      EXPECT_GE(chosen->weights.ndcg, alone - 1e-9);
  }
}

TEST(ChooseModels, LearnsThatTheLastEventSaysWhatIsNext) {
  const Histories histories = walkers(200, 5);
  const std::vector<History> views(histories.begin(), histories.end());
  const auto chosen = choose_models(training_of(views), quick_config());
  ASSERT_TRUE(chosen);
  const PartHalfLives& half_lives = chosen->found.settings.half_lives;
  EXPECT_GT(half_lives.at("cooccurrence"), 0);
  EXPECT_LT(half_lives.at("cooccurrence"), Config{}.recommend.half_life_events);
  const auto& parts = chosen->found.parts;
  const auto found =
      std::ranges::find_if(parts, [](const PartSearch& p) { return p.part == "cooccurrence"; });
  ASSERT_NE(found, parts.end());
  EXPECT_GT(found->after, found->before * 1.05);
}

TEST(ChooseModels, IsTheSameOnAnyNumberOfThreads) {
  const Histories histories = walkers(80, 2);
  const std::vector<History> views(histories.begin(), histories.end());
  const auto text_of = [&](std::size_t threads) {
    const std::size_t before = thread_count();
    set_thread_count(threads);
    auto chosen = choose_models(training_of(views), quick_config());
    set_thread_count(before);
    EXPECT_TRUE(chosen);
    chosen->found.seconds = 0;
    std::string text = to_text(Json(to_json(chosen->found)));
    for (const auto& weights : chosen->weights.weights) {
      for (const float weight : weights) text += " " + std::to_string(weight);
    }
    return text;
  };
  EXPECT_EQ(text_of(1), text_of(3));
}

TEST(ChooseModels, TakesWhatCameLaterWhereItIsGiven) {
  // The next item of the circle comes after all that is known: what follows is found by the whole
  // history's last event, which a fifth held out would have hidden.
  const Histories histories = walkers(200, 3);
  Histories later(histories.size());
  std::size_t expected = 0;
  for (std::size_t user = 0; user < later.size(); ++user) {
    const auto next = static_cast<ItemIndex>((histories[user].back().item + 1) % item_count);
    later[user].push_back({.item = next, .weight = 1, .time = Time(std::chrono::hours(20))});
    const bool known = std::ranges::any_of(
        histories[user], [&](const HistoryEntry& entry) { return entry.item == next; });
    expected += known ? 0 : 1;
  }
  const std::vector<History> views(histories.begin(), histories.end());
  const auto chosen = choose_models(training_of(views), quick_config(), {.later = later});
  ASSERT_TRUE(chosen);
  std::size_t users = 0;
  for (const std::size_t of_bucket : chosen->weights.users) users += of_bucket;
  EXPECT_EQ(users, expected);
  EXPECT_GT(chosen->weights.ndcg, 0.8);
}

TEST(ChooseModels, HoldsOutOneEventWhereEveryHistoryIsTooShortForAFifth) {
  for (const std::size_t length : {std::size_t{1}, std::size_t{3}}) {
    Histories histories = walkers(60, 5);
    for (auto& history : histories) history.resize(length);
    const std::vector<History> views(histories.begin(), histories.end());
    const auto chosen = choose_models(training_of(views), quick_config());
    ASSERT_TRUE(chosen);
    EXPECT_EQ(chosen->weights.users[1] > 0, length > 1);
  }
}

TEST(ChooseModels, ChoosesWeightsForShortListsFromListsOfThatLength) {
  const Histories histories = walkers(60, 6);
  const std::vector<History> views(histories.begin(), histories.end());
  Config config = quick_config();
  config.recommend.search_fits = 0;
  const auto whole = choose_models(training_of(views), config);
  const auto brief = choose_models(training_of(views), config, {.candidates = 4});
  ASSERT_TRUE(whole && brief);
  // One of few is found more easily than one of all, by chance as well, and each user has ten
  // lists.
  EXPECT_GT(brief->weights.ndcg, whole->weights.ndcg);
  std::size_t lists = 0;
  std::size_t users = 0;
  for (const std::size_t of_bucket : brief->weights.users) lists += of_bucket;
  for (const std::size_t of_bucket : whole->weights.users) users += of_bucket;
  EXPECT_EQ(lists, 10 * users);
  // More than there are: all that the user has not used.
  EXPECT_TRUE(choose_models(training_of(views), config, {.candidates = 1'000}));
}

TEST(ChooseModels, WithoutFitsLeavesTheSettingsAsTheyAre) {
  const Histories histories = walkers(40, 4);
  const std::vector<History> views(histories.begin(), histories.end());
  Config config = quick_config();
  config.recommend.search_fits = 0;
  const auto chosen = choose_models(training_of(views), config);
  ASSERT_TRUE(chosen);
  EXPECT_TRUE(chosen->found.parts.empty());
  ModelSettings expected = default_settings(config);
  expected.ials.objective.unobserved_weight =
      chosen->found.settings.ials.objective.unobserved_weight;
  EXPECT_EQ(to_json(chosen->found.settings), to_json(expected));
}

TEST(ChooseModels, WeighsWhatNobodyUsedByHowFullTheMatrixIs) {
  const Histories histories = walkers(40, 4);
  const std::vector<History> views(histories.begin(), histories.end());
  Config config = quick_config();
  config.recommend.search_fits = 0;
  const auto weight_among = [&](std::size_t items) {
    Training training = training_of(views);
    training.items = items;
    const auto chosen = choose_models(training, config);
    EXPECT_TRUE(chosen);
    return chosen->found.settings.ials.objective.unobserved_weight;
  };
  const std::size_t items = 20 * training_of(views).items;  // so that neither meets a limit
  EXPECT_NEAR(weight_among(items), 2 * weight_among(2 * items), 1e-9);
}

// Walkers who all begin anew in their last hours.
Histories walkers_who_jump(std::size_t users, std::uint64_t seed) {
  Histories histories = walkers(users, seed);
  Random random(seed + 100);
  for (auto& history : histories) {
    const std::uint64_t place = random.below(item_count);
    for (std::size_t step = 9; step < history.size(); ++step)
      history[step].item = static_cast<ItemIndex>((place + step) % item_count);
  }
  return histories;
}

TEST(ChooseModels, AsksAfterOneMomentWithWhatIsNewThen) {
  const Histories histories = walkers_who_jump(200, 7);
  const std::vector<History> views(histories.begin(), histories.end());
  Config config = quick_config();
  config.recommend.search_fits = 0;
  const auto chosen = [&](HoldOut hold_out) {
    auto found = choose_models(training_of(views), config, {.hold_out = hold_out});
    EXPECT_TRUE(found);
    return std::move(*found);
  };
  const ChosenModels of_each = chosen(HoldOut::end_of_each);
  const ChosenModels moment = chosen(HoldOut::after_moment);
  const ChosenModels news = chosen(HoldOut::after_news);
  EXPECT_FALSE(of_each.by_time);
  EXPECT_TRUE(moment.by_time);
  EXPECT_TRUE(news.by_time);
  // Nobody could say beforehand where they would go; once they are there, what comes next is clear.
  EXPECT_LT(moment.weights.ndcg, 0.3);
  EXPECT_GT(news.weights.ndcg, 2 * moment.weights.ndcg);
}

// A day's items are of that day: what is used by everyone now was unknown before.
TEST(ChooseModels, WeighsWhatIsTrendingWhereAllAreAskedAtOneMoment) {
  Random random(8);
  Histories histories(150);
  for (auto& history : histories) {
    for (std::int64_t day = 0; day < 20; ++day) {
      const std::uint64_t first = static_cast<std::uint64_t>(day) * item_count / 25;
      history.push_back({.item = static_cast<ItemIndex>(first + random.below(9)),
                         .weight = 1,
                         .time = Time(std::chrono::days(day))});
    }
  }
  const std::vector<History> views(histories.begin(), histories.end());
  Training training = training_of(views);
  training.now = Time(std::chrono::days(19));
  Config config = quick_config();
  config.recommend.search_fits = 0;
  const auto moment = choose_models(training, config, {.hold_out = HoldOut::after_moment});
  const auto of_each = choose_models(training, config);
  ASSERT_TRUE(moment && of_each);
  // One part more: `trending`, the second.
  ASSERT_EQ(moment->weights.part_ndcg.size(), of_each->weights.part_ndcg.size() + 1);
  EXPECT_GT(moment->weights.part_ndcg[1], moment->weights.part_ndcg[0]);
  EXPECT_GT(moment->weights.weights.back()[1], 0);
}

TEST(ChooseModels, HoldsOutTheEndOfEachWhereFewAreSeenAfterAMoment) {
  const Histories histories = walkers(49, 9);
  const std::vector<History> views(histories.begin(), histories.end());
  for (const HoldOut hold_out : {HoldOut::after_moment, HoldOut::after_news}) {
    const auto chosen = choose_models(training_of(views), quick_config(), {.hold_out = hold_out});
    ASSERT_TRUE(chosen);
    EXPECT_FALSE(chosen->by_time);
    EXPECT_GT(chosen->weights.ndcg, 0);
  }
  EXPECT_TRUE(choose_models(training_of({}), quick_config(), {.hold_out = HoldOut::after_news}));
}

// Users of three of four hundred kinds of items, five of each.
Histories many_tastes(std::size_t users, std::uint64_t seed) {
  Random random(seed);
  Histories histories(users);
  for (auto& history : histories) {
    std::vector<ItemIndex> liked;
    for (int kind = 0; kind < 3; ++kind) {
      const auto first = static_cast<ItemIndex>(5 * random.below(400));
      for (ItemIndex item = first; item < first + 5; ++item) liked.push_back(item);
    }
    random.shuffle(std::span(liked));
    liked.resize(12);
    for (const ItemIndex item : liked)
      history.push_back(
          {.item = item, .weight = 1, .time = Time(std::chrono::hours(history.size()))});
  }
  return histories;
}

// Many kinds want many dimensions, of ials alone and of the blend: both are asked.
TEST(ChooseModels, TakesMoreDimensionsWhereTheBlendIsBetterWithThem) {
  Config config = quick_config();
  config.recommend.ials_dim = 16;
  const Histories histories = many_tastes(120, 1);
  const std::vector<History> views(histories.begin(), histories.end());
  Training training = training_of(views);
  training.items = 10'000;  // of fewer the dimensions are not searched for
  config.recommend.search_fits = 0;
  const auto first = choose_models(training, config);
  config.recommend.search_fits = 3;
  const auto chosen = choose_models(training, config);
  ASSERT_TRUE(first && chosen);
  EXPECT_EQ(first->found.settings.ials_dim, 16);
  EXPECT_GT(chosen->found.settings.ials_dim, 16);
  EXPECT_EQ(chosen->found.ials_dim_alone, 0);
  EXPECT_FALSE(to_json(chosen->found).contains("ials_dim_alone"));
  EXPECT_GT(chosen->weights.ndcg, first->weights.ndcg);
}

}  // namespace
}  // namespace limn
