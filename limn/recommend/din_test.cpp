#include "limn/recommend/din.h"

#include <cmath>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "limn/core/parallel.h"
#include "limn/core/random.h"

namespace limn {
namespace {

struct OwnedExamples {
  std::vector<std::vector<ItemIndex>> histories;
  std::vector<ClickExample> examples;
};

OwnedExamples random_examples(std::size_t count, std::size_t items, std::uint64_t seed) {
  Random random(seed);
  OwnedExamples owned;
  owned.histories.resize(count);
  for (std::size_t e = 0; e < count; ++e) {
    auto& history = owned.histories[e];
    history.resize(random.below(5));  // none, too
    for (ItemIndex& item : history) item = static_cast<ItemIndex>(random.below(items));
    owned.examples.push_back(
        {history, static_cast<ItemIndex>(random.below(items)), random.below(2) == 0});
  }
  return owned;
}

std::vector<double> random_numbers(std::size_t size, Random& random) {
  std::vector<double> numbers(size);
  for (double& number : numbers) number = 0.5 * random.normal();
  return numbers;
}

class DinGradientTest : public testing::TestWithParam<std::tuple<bool, MlpActivation>> {};

// Every parameter of the network, embeddings included, against the difference of two losses.
TEST_P(DinGradientTest, IsTheSlopeOfTheLoss) {
  const auto [attention, activation] = GetParam();
  DinShape shape{.dim = 3, .max_history = 3, .attention = attention};
  shape.unit = {4 * shape.width(), {5, 4}, activation};
  shape.output = {3 * shape.width(), {6, 4}, activation};
  constexpr std::size_t items = 7;
  const std::vector<std::uint32_t> category{0, 1, 2, 0, 1, 2, 0};
  Random random(1);
  DinParameters<double> parameters{random_numbers(items * 3, random), random_numbers(3 * 3, random),
                                   random_numbers(shape.unit.parameter_count(), random),
                                   random_numbers(shape.output.parameter_count(), random)};
  const OwnedExamples owned = random_examples(9, items, 2);
  const auto gradients = din_gradients<double>(shape, parameters, category, owned.examples);
  const auto check = [&](double& value, double gradient) {
    const double kept = value;
    value = kept + 1e-6;
    const double above = din_gradients<double>(shape, parameters, category, owned.examples).loss;
    value = kept - 1e-6;
    const double below = din_gradients<double>(shape, parameters, category, owned.examples).loss;
    value = kept;
    EXPECT_NEAR((above - below) / 2e-6, gradient, 1e-6 * (1 + std::abs(gradient)));
  };
  const auto check_rows = [&](std::vector<double>& table, const RowGradients<double>& of_rows) {
    std::vector<double> whole(table.size());
    for (std::size_t i = 0; i < of_rows.rows().size(); ++i) {
      for (std::size_t j = 0; j < 3; ++j) {
        whole[of_rows.rows()[i] * 3 + j] = of_rows.gradient(i)[j];
      }
    }
    for (std::size_t i = 0; i < table.size(); ++i) check(table[i], whole[i]);
  };
  check_rows(parameters.items, gradients.items);
  check_rows(parameters.categories, gradients.categories);
  for (std::size_t i = 0; i < parameters.unit.size(); ++i) {
    SCOPED_TRACE("unit " + std::to_string(i));
    check(parameters.unit[i], gradients.unit[i]);
  }
  for (std::size_t i = 0; i < parameters.output.size(); ++i) {
    SCOPED_TRACE("output " + std::to_string(i));
    check(parameters.output[i], gradients.output[i]);
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, DinGradientTest,
                         testing::Combine(testing::Bool(), testing::Values(MlpActivation::prelu,
                                                                           MlpActivation::dice)));

// Items of 40 categories; one is clicked if the history of 12 items has its category. A mean over
// the history in few dimensions blurs which categories there were; attention looks for the one.
OwnedExamples presence_examples(std::size_t count, std::span<const std::uint32_t> category,
                                std::uint64_t seed) {
  Random random(seed);
  OwnedExamples owned;
  owned.histories.resize(count);
  for (std::size_t e = 0; e < count; ++e) {
    auto& history = owned.histories[e];
    history.resize(12);
    for (ItemIndex& item : history) item = static_cast<ItemIndex>(random.below(category.size()));
    const bool present = random.below(2) == 0;
    ItemIndex asked = 0;
    bool found = !present;
    while (found != present) {
      asked = static_cast<ItemIndex>(random.below(category.size()));
      found = false;
      for (const ItemIndex item : history) found |= category[item] == category[asked];
    }
    const bool noise = random.below(20) == 0;
    owned.examples.push_back({history, asked, present != noise});
  }
  return owned;
}

struct Measured {
  double auc = 0;
  double deviation = 0;
};

// The deviation of an AUC is bounded by that of a share (Hanley and McNeil, 1982).
Measured measure(const DinModel& model, const OwnedExamples& test) {
  std::vector<float> scores;
  std::vector<std::uint8_t> clicked;
  for (const ClickExample& example : test.examples) {
    scores.push_back(din_scores(model, example.history, std::vector{example.item})[0]);
    clicked.push_back(example.clicked ? 1 : 0);
  }
  const double auc = click_auc(scores, clicked);
  return {auc, std::sqrt(auc * (1 - auc) / (static_cast<double>(scores.size()) / 2))};
}

TEST(Din, ReadsTheHistoryByWhatIsAsked) {
  std::vector<std::uint32_t> category(200);
  for (std::size_t i = 0; i < category.size(); ++i)
    category[i] = static_cast<std::uint32_t>(i % 40);
  const OwnedExamples train = presence_examples(6'000, category, 1);
  const OwnedExamples test = presence_examples(2'000, category, 2);
  const auto trained = [&](bool attention) {
    DinTrainer trainer(category, 40,
                       {.dim = 4,
                        .attention = attention,
                        .unit_hidden = {16, 8},
                        .output_hidden = {16, 8},
                        .batch = 128,
                        .learning_rate = 3e-3});
    for (int epoch = 0; epoch < 8; ++epoch) trainer.run_epoch(train.examples);
    return measure(trainer.model(), test);
  };
  const Measured din = trained(true);
  const Measured mean = trained(false);
  RecordProperty("din", std::to_string(din.auc));
  RecordProperty("mean", std::to_string(mean.auc));
  EXPECT_GT(din.auc - 3 * din.deviation, mean.auc + 3 * mean.deviation)
      << din.auc << " " << mean.auc;
  EXPECT_GT(din.auc, 0.7);
}

TEST(Din, IsTheSameOnAnyNumberOfThreads) {
  const OwnedExamples owned = random_examples(500, 30, 3);
  std::vector<std::uint32_t> category(30);
  for (std::size_t i = 0; i < 30; ++i) category[i] = static_cast<std::uint32_t>(i % 3);
  const std::size_t threads = thread_count();
  const auto trained = [&](std::size_t count) {
    set_thread_count(count);
    DinTrainer trainer(category, 3, {.dim = 4});
    for (int epoch = 0; epoch < 2; ++epoch) trainer.run_epoch(owned.examples);
    return trainer.model();
  };
  const DinModel one = trained(1);
  const DinModel four = trained(4);
  set_thread_count(threads);
  EXPECT_EQ(one.parameters.items, four.parameters.items);
  EXPECT_EQ(one.parameters.unit, four.parameters.unit);
  EXPECT_EQ(one.statistics.output.variance, four.statistics.output.variance);
}

TEST(Din, RanksKnownCandidatesAndPutsUnknownOnesLast) {
  const OwnedExamples owned = random_examples(300, 20, 4);
  DinTrainer trainer(std::vector<std::uint32_t>(20, 0), 1, {.dim = 4});
  const double first = trainer.run_epoch(owned.examples);
  double last = first;
  for (int epoch = 0; epoch < 10; ++epoch) last = trainer.run_epoch(owned.examples);
  EXPECT_LT(last, first);

  const std::vector<HistoryEntry> history{
      {.item = 1, .weight = 1}, {.item = 2, .weight = -1}, {.item = 99, .weight = 1}};
  const std::vector<ItemIndex> candidates{3, 99, 4, 5};
  const std::vector<ItemIndex> ranked = rerank_by_din(trainer.model(), history, candidates);
  ASSERT_EQ(ranked.size(), 4U);
  const auto scores = din_scores(trainer.model(), std::vector<ItemIndex>{1}, ranked);
  for (std::size_t i = 1; i < 4; ++i) EXPECT_GE(scores[i - 1], scores[i]);
  EXPECT_TRUE(rerank_by_din(trainer.model(), {}, {}).empty());
}

TEST(ClickAuc, CountsPairsInTheRightOrder) {
  const std::vector<float> scores{0.1F, 0.4F, 0.4F, 0.8F};
  EXPECT_DOUBLE_EQ(click_auc(scores, std::vector<std::uint8_t>{0, 0, 1, 1}), 0.875);
  EXPECT_DOUBLE_EQ(click_auc(scores, std::vector<std::uint8_t>{1, 1, 0, 0}), 0.125);
  EXPECT_DOUBLE_EQ(click_auc(scores, std::vector<std::uint8_t>{1, 1, 1, 1}), 0.5);
  EXPECT_DOUBLE_EQ(click_auc({}, {}), 0.5);
}

}  // namespace
}  // namespace limn
