#include "limn/recommend/recommender.h"

#include <memory>

#include <gtest/gtest.h>

#include "limn/recommend/item_weights.h"
#include "limn/recommend/test_data.h"
#include "limn/recommend/text_neighbours.h"

namespace limn {
namespace {

void expect_terms_add_up(const Recommender& recommender, const Query& query) {
  std::vector<float> scores(recommender.item_count());
  recommender.score(query, scores);
  for (ItemIndex item = 0; item < scores.size(); ++item) {
    double sum = 0;
    for (const Term& term : recommender.explain(query, item)) sum += term.weight;
    EXPECT_NEAR(sum, scores[item], 1e-5 * (1 + std::abs(scores[item])));
  }
}

TEST(Popularity, IsTheSameForEveryone) {
  const std::vector<float> counts = {3, 1, 2};
  const Popularity recommender(counts);
  std::vector<float> scores(3);
  recommender.score({}, scores);
  EXPECT_EQ(scores, counts);
  expect_terms_add_up(recommender, {});
  EXPECT_EQ(recommender.explain({}, 0)[0].kind, Term::Kind::popularity);
}

TEST(ItemModel, ExplainsEachScoreByTheHistory) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    SCOPED_TRACE(seed);
    const SparseMatrix weights = random_interactions(30, 30, 8, seed);
    const TestHistories histories = random_histories(1, 30, 12, seed);
    expect_terms_add_up(ItemModel("ease", weights), {.history = histories.owned[0]});
  }
}

TEST(ItemModel, NamesTheEventThatIsTheEvidence) {
  const SparseMatrix weights = SparseMatrix::from_triplets(3, 3, {{0, 2, 0.5F}, {1, 2, 0.25F}});
  const std::vector<HistoryEntry> history = {{.item = 0, .weight = 1, .event = 71},
                                             {.item = 1, .weight = -1, .event = 72}};
  const auto terms = ItemModel("ease", weights).explain({.history = history}, 2);
  ASSERT_EQ(terms.size(), 2U);
  EXPECT_EQ(terms[0].kind, Term::Kind::history_item);
  EXPECT_EQ(terms[0].event, 71);
  EXPECT_FLOAT_EQ(terms[1].weight, -0.25F);
  EXPECT_EQ(terms[1].ref, 1U);
}

TEST(ItemModel, SaysNothingToANewcomer) {
  const SparseMatrix weights = random_interactions(5, 5, 3, 1);
  std::vector<float> scores(5, 9.0F);
  ItemModel("ease", weights).score({}, scores);
  EXPECT_EQ(scores, std::vector<float>(5));
}

struct TextFixture : testing::Test {
  Matrix embeddings = random_embeddings(40, 8, 5);
  ItemWeights neighbours = fit_text_neighbours(embeddings, {.k = 10});
  TestHistories histories = random_histories(3, 40, 10, 6);
  Matrix words = random_embeddings(1, 8, 7);
};

using TextRecommenderTest = TextFixture;

TEST_F(TextRecommenderTest, GivesANewcomerWhatIsLikeTheirWords) {
  const TextRecommender recommender(embeddings, neighbours, {});
  std::vector<float> scores(40);
  recommender.score({.text = embeddings.row(17)}, scores);
  EXPECT_EQ(std::max_element(scores.begin(), scores.end()) - scores.begin(), 17);
  EXPECT_NEAR(scores[17], 1, 1e-5);
}

TEST_F(TextRecommenderTest, TermsAddUpWithWordsHistoryOrBoth) {
  const TextRecommender recommender(embeddings, neighbours, {.own_words = 0.4F});
  const History history = histories.owned[1];
  ASSERT_FALSE(history.empty());
  expect_terms_add_up(recommender, {});
  expect_terms_add_up(recommender, {.history = history});
  expect_terms_add_up(recommender, {.text = words.row(0)});
  expect_terms_add_up(recommender, {.history = history, .text = words.row(0)});
}

TEST_F(TextRecommenderTest, UsesTheWordsAloneWithoutNeighbours) {
  const TextRecommender recommender(embeddings, {}, {.own_words = 0.4F});
  std::vector<float> scores(40);
  recommender.score({.history = histories.owned[1], .text = words.row(0)}, scores);
  for (std::size_t i = 0; i < 40; ++i) {
    EXPECT_NEAR(scores[i], dot(embeddings.row(i), words.row(0)), 1e-5);
  }
}

TEST_F(TextRecommenderTest, DoesNotGrowWithTheLengthOfTheHistory) {
  const TextRecommender recommender(embeddings, neighbours, {});
  std::vector<HistoryEntry> once = {{.item = 1, .weight = 1}, {.item = 2, .weight = 1}};
  std::vector<HistoryEntry> twice = once;
  twice.insert(twice.end(), once.begin(), once.end());
  std::vector<float> a(40);
  std::vector<float> b(40);
  recommender.score({.history = once}, a);
  recommender.score({.history = twice}, b);
  for (std::size_t i = 0; i < 40; ++i) EXPECT_NEAR(a[i], b[i], 1e-6);
}

}  // namespace
}  // namespace limn
