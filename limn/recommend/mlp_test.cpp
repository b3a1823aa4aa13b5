#include "limn/recommend/mlp.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "limn/core/random.h"

namespace limn {
namespace {

std::vector<double> random_numbers(std::size_t size, std::uint64_t seed) {
  Random random(seed);
  std::vector<double> numbers(size);
  for (double& number : numbers) number = random.normal();
  return numbers;
}

class MlpTest : public testing::TestWithParam<MlpActivation> {};

// Every derivative against the difference of two passes. The loss is a random sum of the answers.
TEST_P(MlpTest, GradientIsTheSlopeOfTheLoss) {
  const MlpShape shape{.inputs = 5, .hidden = {7, 3}, .activation = GetParam()};
  const std::vector<double> start = random_numbers(shape.parameter_count(), 1);
  std::vector<double> parameters = start;
  std::vector<double> inputs = random_numbers(11 * 5, 2);
  const std::vector<double> weights = random_numbers(11, 3);
  const auto loss = [&] {
    MlpTrace<double> trace;
    const auto answers = mlp_forward<double>(shape, parameters, inputs, nullptr, trace);
    double sum = 0;
    for (std::size_t i = 0; i < answers.size(); ++i) sum += weights[i] * answers[i];
    return sum;
  };
  MlpTrace<double> trace;
  ASSERT_EQ(mlp_forward<double>(shape, parameters, inputs, nullptr, trace).size(), 11U);
  std::vector<double> gradients(shape.parameter_count());
  const std::vector<double> of_inputs =
      mlp_backward<double>(shape, parameters, trace, weights, gradients);

  const auto check = [&](double& value, double gradient) {
    const double kept = value;
    value = kept + 1e-6;
    const double above = loss();
    value = kept - 1e-6;
    const double below = loss();
    value = kept;
    EXPECT_NEAR((above - below) / 2e-6, gradient, 1e-6 * (1 + std::abs(gradient)));
  };
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    SCOPED_TRACE("parameter " + std::to_string(i));
    check(parameters[i], gradients[i]);
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    SCOPED_TRACE("input " + std::to_string(i));
    check(inputs[i], of_inputs[i]);
  }
}

TEST_P(MlpTest, FixedStatisticsOfTheBatchGiveTheSameAnswers) {
  const MlpShape shape{.inputs = 4, .hidden = {6, 5}, .activation = GetParam()};
  const std::vector<double> parameters = random_numbers(shape.parameter_count(), 4);
  const std::vector<double> inputs = random_numbers(9 * 4, 5);
  MlpTrace<double> trace;
  const auto answers = mlp_forward<double>(shape, parameters, inputs, nullptr, trace);
  const MlpStatistics<double> statistics = trace.statistics;
  MlpTrace<double> again;
  EXPECT_EQ(mlp_forward<double>(shape, parameters, inputs, &statistics, again), answers);
}

TEST_P(MlpTest, TakesNoRows) {
  const MlpShape shape{.inputs = 4, .hidden = {6, 5}, .activation = GetParam()};
  const std::vector<float> parameters = random_mlp(shape, 1);
  MlpTrace<float> trace;
  EXPECT_TRUE(mlp_forward<float>(shape, parameters, {}, nullptr, trace).empty());
  std::vector<float> gradients(parameters.size());
  EXPECT_TRUE(mlp_backward<float>(shape, parameters, trace, {}, gradients).empty());
}

INSTANTIATE_TEST_SUITE_P(Activations, MlpTest,
                         testing::Values(MlpActivation::prelu, MlpActivation::dice));

}  // namespace
}  // namespace limn
