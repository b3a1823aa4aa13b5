#include "limn/recommend/cooccurrence.h"

#include <cmath>

#include <gtest/gtest.h>

#include "limn/core/parallel.h"
#include "limn/recommend/test_data.h"

namespace limn {
namespace {

TEST(Cooccurrence, CountsForwardMoreThanBackward) {
  const std::vector<HistoryEntry> history = {
      {.item = 0, .weight = 1}, {.item = 1, .weight = 1}, {.item = 2, .weight = 0.5F}};
  const History histories[] = {history};
  const auto w = dense(fit_cooccurrence(
      histories, 3, {.reach = 2, .backward = 0.25, .from_exponent = 0, .to_exponent = 0}));
  EXPECT_FLOAT_EQ(static_cast<float>(w[0][1]), 1);
  EXPECT_FLOAT_EQ(static_cast<float>(w[1][0]), 0.25F);
  EXPECT_FLOAT_EQ(static_cast<float>(w[1][2]), 0.5F);  // the lesser weight of the two
  EXPECT_FLOAT_EQ(static_cast<float>(w[0][2]), 0.5F * std::exp(-0.5F));
  EXPECT_FLOAT_EQ(static_cast<float>(w[2][0]), 0.25F * 0.5F * std::exp(-0.5F));
}

// All pairs of all histories, without any index.
std::vector<std::vector<double>> plain_cooccurrence(const TestHistories& histories,
                                                    std::size_t items,
                                                    const CooccurrenceOptions& options) {
  std::vector<std::vector<double>> w(items, std::vector<double>(items));
  std::vector<double> counts(items);
  for (const auto& history : histories.owned) {
    std::vector<HistoryEntry> liked;
    for (const auto& entry : history) {
      if (entry.weight > 0) liked.push_back(entry);
    }
    for (std::size_t a = 0; a < liked.size(); ++a) {
      counts[liked[a].item] += 1;
      for (std::size_t b = a + 1; b < liked.size(); ++b) {
        const double near = std::exp(-(static_cast<double>(b - a) - 1) / options.reach);
        if (near < 0.01 || liked[a].item == liked[b].item) continue;
        const double count = near * std::min(liked[a].weight, liked[b].weight);
        w[liked[a].item][liked[b].item] += count;
        w[liked[b].item][liked[a].item] += options.backward * count;
      }
    }
  }
  for (std::size_t i = 0; i < items; ++i) {
    for (std::size_t j = 0; j < items; ++j) {
      if (w[i][j] == 0) continue;
      w[i][j] /=
          std::pow(counts[i], options.from_exponent) * std::pow(counts[j], options.to_exponent);
    }
  }
  return w;
}

TEST(Cooccurrence, AgreesWithAllPairs) {
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    SCOPED_TRACE(seed);
    const TestHistories histories = random_histories(30, 25, 20, seed);
    const CooccurrenceOptions options{
        .reach = 1.0 + static_cast<double>(seed), .from_exponent = 0.3, .k = 25};
    const auto expected = plain_cooccurrence(histories, 25, options);
    const auto found = dense(fit_cooccurrence(histories.views(), 25, options));
    for (std::size_t i = 0; i < 25; ++i) {
      for (std::size_t j = 0; j < 25; ++j) EXPECT_NEAR(found[i][j], expected[i][j], 1e-5);
    }
  }
}

TEST(Cooccurrence, IsTheSameOnAnyNumberOfThreads) {
  const TestHistories histories = random_histories(200, 400, 30, 5);
  const std::size_t before = thread_count();
  set_thread_count(1);
  const ItemWeights one = fit_cooccurrence(histories.views(), 400, {});
  set_thread_count(6);
  const ItemWeights six = fit_cooccurrence(histories.views(), 400, {});
  set_thread_count(before);
  EXPECT_TRUE(same_bytes(one, six));
}

TEST(Cooccurrence, TakesNoHistories) {
  EXPECT_EQ(fit_cooccurrence({}, 4, {}).nonzeros(), 0U);
  EXPECT_EQ(fit_cooccurrence({}, 0, {}).rows(), 0U);
}

}  // namespace
}  // namespace limn
