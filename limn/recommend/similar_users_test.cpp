#include "limn/recommend/similar_users.h"

#include <gtest/gtest.h>

#include "limn/recommend/test_data.h"

namespace limn {
namespace {

struct SimilarUsersTest : testing::Test {
  Matrix vectors = random_embeddings(60, 6, 1);
  SparseMatrix used = random_interactions(60, 20, 5, 2);
};

TEST_F(SimilarUsersTest, AreTheNearestByCosineWithoutTheUser) {
  const SimilarUsers recommender("similar_users", vectors, used, {.neighbours = 5});
  const auto nearest = recommender.neighbours({.user_vector = vectors.row(7), .user = 7});
  ASSERT_EQ(nearest.size(), 5U);
  for (const Scored& neighbour : nearest) {
    EXPECT_NE(neighbour.index, 7U);
    EXPECT_NEAR(neighbour.score, dot(vectors.row(7), vectors.row(neighbour.index)), 1e-6);
  }
  for (UserIndex other = 0; other < 60; ++other) {
    const bool listed = std::any_of(nearest.begin(), nearest.end(),
                                    [&](const Scored& scored) { return scored.index == other; });
    if (listed || other == 7) continue;
    EXPECT_LE(dot(vectors.row(7), vectors.row(other)), nearest.back().score);
  }
}

TEST_F(SimilarUsersTest, ScoreWhatTheNeighboursUse) {
  const SimilarUsers recommender("similar_users", vectors, used, {.neighbours = 9});
  const Query query{.user_vector = vectors.row(3), .user = 3};
  const auto r = dense(used);
  std::vector<float> scores(20);
  recommender.score(query, scores);
  for (ItemIndex item = 0; item < 20; ++item) {
    double expected = 0;
    for (const auto& [user, similarity] : recommender.neighbours(query)) {
      expected += similarity * r[user][item];
    }
    EXPECT_NEAR(scores[item], expected, 1e-5);
    double explained = 0;
    for (const Term& term : recommender.explain(query, item)) {
      EXPECT_EQ(term.kind, Term::Kind::similar_user);
      explained += term.weight;
    }
    EXPECT_NEAR(explained, expected, 1e-5);
  }
}

TEST_F(SimilarUsersTest, AreLookedForOnceAQuery) {
  const SimilarUsers recommender("similar_users", vectors, used, {.neighbours = 9});
  QueryMemo memo;
  const Query query{.user_vector = vectors.row(3), .user = 3, .memo = &memo};
  std::vector<float> scores(20);
  recommender.score(query, scores);
  ASSERT_TRUE(memo.similar_users);
  EXPECT_EQ(*memo.similar_users,
            recommender.neighbours({.user_vector = vectors.row(3), .user = 3}));
  memo.similar_users->resize(2);  // what is remembered is what is asked
  EXPECT_EQ(recommender.neighbours(query).size(), 2U);
}

TEST_F(SimilarUsersTest, AreNoneForWhoHasNoVector) {
  const SimilarUsers recommender("similar_users", vectors, used, {});
  EXPECT_TRUE(recommender.neighbours({}).empty());
  const std::vector<float> zero(6);
  EXPECT_TRUE(recommender.neighbours({.user_vector = zero}).empty());
  std::vector<float> scores(20, 3.0F);
  recommender.score({}, scores);
  EXPECT_EQ(scores, std::vector<float>(20));
}

TEST_F(SimilarUsersTest, AreNotTheUnlike) {
  const SimilarUsers recommender("similar_users", vectors, used,
                                 {.neighbours = 60, .min_similarity = 0.5F});
  for (const Scored& neighbour : recommender.neighbours({.user_vector = vectors.row(0)})) {
    EXPECT_GT(neighbour.score, 0.5F);
  }
}

}  // namespace
}  // namespace limn
