#include "limn/recommend/factor_model.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "limn/recommend/test_data.h"

namespace limn {
namespace {

constexpr std::size_t items = 60;
constexpr std::size_t dim = 20;
constexpr std::size_t text_dim = 12;

struct Fixture {
  FactorBytes bytes{random_embeddings(items, dim, 1)};
  Matrix factors = bytes.view().matrix();
  Matrix gram = factor_gram(bytes);
  Matrix map = random_embeddings(dim, text_dim, 2);
  Matrix words = random_embeddings(1, text_dim, 3);
  TestHistories histories = random_histories(10, items, 15, 4);
  FactorModelOptions options{.objective = {.unobserved_weight = 0.1, .l2 = 0.01},
                             .text_weight = 0.7F};
  FactorModel model{"ials", bytes, gram, map, options};
};

// What the user's factors minimise, as its definition says.
double loss(const Fixture& f, const Query& query, const std::vector<double>& user) {
  const auto product = [&](auto&& row) {
    double sum = 0;
    for (std::size_t j = 0; j < dim; ++j) sum += user[j] * row[j];
    return sum;
  };
  double total = 0;
  double observed = 0;
  for (const HistoryEntry& entry : query.history) {
    const double weight = std::abs(entry.weight);
    const double error = (entry.weight < 0 ? -1 : 1) - product(f.factors.row(entry.item));
    total += weight * error * error;
    observed += weight;
  }
  if (!query.text.empty()) {
    std::vector<double> words(dim);
    for (std::size_t j = 0; j < dim; ++j) {
      for (std::size_t t = 0; t < text_dim; ++t) words[j] += f.map.row(j)[t] * query.text[t];
    }
    total += f.options.text_weight * std::pow(1 - product(words), 2);
    observed += f.options.text_weight;
  }
  for (std::size_t i = 0; i < items; ++i) {
    total += f.options.objective.unobserved_weight * std::pow(product(f.factors.row(i)), 2);
  }
  const double ridge = ials_ridge(observed, items, f.options.objective);
  for (const double value : user) total += ridge * value * value;
  return total;
}

TEST(FactorModel, FoldsTheUserInWhereTheLossIsLeast) {
  const Fixture f;
  for (std::size_t u = 0; u < f.histories.owned.size(); ++u) {
    for (const bool words : {false, true}) {
      SCOPED_TRACE(u);
      const Query query{.history = f.histories.owned[u],
                        .text = words ? f.words.row(0) : std::span<const float>()};
      const std::vector<float> folded = f.model.fold_in(query);
      std::vector<double> user(folded.begin(), folded.end());
      for (std::size_t j = 0; j < dim; ++j) {
        const double value = user[j];
        user[j] = value + 1e-3;
        const double above = loss(f, query, user);
        user[j] = value - 1e-3;
        const double below = loss(f, query, user);
        user[j] = value;
        EXPECT_NEAR((above - below) / 2e-3, 0, 1e-4);
      }
    }
  }
}

TEST(FactorModel, TermsAddUpToTheScore) {
  const Fixture f;
  std::vector<float> scores(items);
  for (const auto& history : f.histories.owned) {
    const Query query{.history = history, .text = f.words.row(0)};
    f.model.score(query, scores);
    for (ItemIndex item = 0; item < items; ++item) {
      const std::vector<Term> terms = f.model.explain(query, item);
      double sum = 0;
      for (const Term& term : terms) sum += term.weight;
      EXPECT_NEAR(sum, scores[item], 1e-5);
      EXPECT_EQ(terms.back().kind, Term::Kind::text);
    }
  }
}

TEST(FactorModel, ANewUserOfTheFitGetsTheFactorsOfTheFit) {
  const SparseMatrix used = random_interactions(50, 40, 8, 6);
  const IalsOptions options{
      .dim = 24, .iterations = 60, .objective = {.unobserved_weight = 0.1, .l2 = 0.02}};
  const IalsFactors fitted = fit_ials(used, options);
  const FactorBytes bytes(fitted.items);
  const Matrix gram = factor_gram(bytes);
  const FactorModel model("ials", bytes, gram, {}, {.objective = options.objective});
  const SparseRow row = used.row(7);
  std::vector<HistoryEntry> history;
  for (std::size_t i = 0; i < row.size(); ++i) history.push_back({row.cols[i], row.values[i]});
  const std::vector<float> user = model.fold_in({.history = history});
  // The items moved once more after the users, by then only little.
  for (std::size_t j = 0; j < 24; ++j) EXPECT_NEAR(user[j], fitted.users.row(7)[j], 0.02);
}

TEST(FactorModel, ADislikePushesAwayWhatResemblesIt) {
  Matrix factors(3, 2);
  factors.row(0)[0] = factors.row(1)[0] = 1;  // alike
  factors.row(2)[1] = 1;
  const FactorBytes bytes(factors);
  const Matrix gram = factor_gram(bytes);
  const FactorModel model("ials", bytes, gram, {}, {});
  const std::vector<HistoryEntry> disliked{{.item = 0, .weight = -1, .event = 5}};
  std::vector<float> scores(3);
  model.score({.history = disliked}, scores);
  EXPECT_LT(scores[1], -0.5F);
  EXPECT_EQ(scores[2], 0);
  const std::vector<Term> terms = model.explain({.history = disliked}, 1);
  ASSERT_EQ(terms.size(), 1U);
  EXPECT_EQ(terms[0].event, 5);
  EXPECT_LT(terms[0].weight, 0);
}

TEST(FactorModel, SaysNothingAboutAUserOfWhomNothingIsKnown) {
  const Fixture f;
  const std::vector<HistoryEntry> unknown{
      {.item = items, .weight = 1}, {.item = 1, .weight = 0}, {.item = 2, .weight = NAN}};
  std::vector<float> scores(items, 1);
  f.model.score({.history = unknown}, scores);
  for (const float score : scores) EXPECT_EQ(score, 0);
  EXPECT_TRUE(f.model.explain({.history = unknown}, 3).empty());
  // Words that another encoder made.
  const std::vector<float> other(text_dim + 1, 0.1F);
  EXPECT_TRUE(f.model.explain({.text = other}, 3).empty());
}

}  // namespace
}  // namespace limn
