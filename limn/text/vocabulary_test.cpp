#include "limn/text/vocabulary.h"

#include <cmath>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "limn/core/random.h"
#include "limn/text/term_weights.h"

namespace limn {
namespace {

using Texts = std::vector<std::vector<std::string>>;

CountedTexts count(const Texts& texts, const VocabularyOptions& options = {}) {
  TermCounter counter;
  for (const auto& text : texts) counter.add(text);
  return counter.take(options);
}

std::vector<std::string> terms_of(const Vocabulary& vocabulary) {
  std::vector<std::string> terms;
  for (std::uint32_t id = 0; id < vocabulary.size(); ++id) terms.push_back(vocabulary.term(id));
  return terms;
}

Texts random_texts(std::uint64_t seed) {
  Random random(seed);
  Texts texts(1 + random.below(30));
  for (auto& text : texts) {
    text.resize(random.below(20));
    for (auto& term : text) term = std::to_string(random.below(1 + random.below(25)));
  }
  return texts;
}

TEST(TermCounter, CountsEachTermOfEachText) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    SCOPED_TRACE(seed);
    const Texts texts = random_texts(seed);
    const auto [vocabulary, counts] = count(texts);
    ASSERT_EQ(counts.rows(), texts.size());
    EXPECT_EQ(vocabulary.texts(), texts.size());

    std::map<std::string, std::uint32_t> frequencies;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      std::map<std::string, float> expected;
      for (const auto& term : texts[i]) expected[term] += 1;
      for (const auto& [term, n] : expected) frequencies[term] += 1;
      ASSERT_EQ(counts.row(i).size(), expected.size());
      for (std::size_t e = 0; e < counts.row(i).size(); ++e) {
        EXPECT_EQ(expected[vocabulary.term(counts.row(i).cols[e])], counts.row(i).values[e]);
        if (e > 0) {
          EXPECT_LT(counts.row(i).cols[e - 1], counts.row(i).cols[e]);
        }
      }
      const SparseMatrix again = count_terms(texts[i], vocabulary);
      EXPECT_TRUE(std::ranges::equal(again.row(0).cols, counts.row(i).cols));
      EXPECT_TRUE(std::ranges::equal(again.row(0).values, counts.row(i).values));
    }
    ASSERT_EQ(vocabulary.size(), frequencies.size());
    for (const auto& [term, frequency] : frequencies) {
      ASSERT_TRUE(vocabulary.find(term)) << term;
      EXPECT_EQ(vocabulary.document_frequency(*vocabulary.find(term)), frequency);
    }
  }
}

TEST(TermCounter, KeepsTermsOfTheRightFrequency) {
  const Texts texts{{"a", "b", "c"}, {"a", "b", "d", "d"}, {"a", "b"}, {"a", "e"}};
  EXPECT_EQ(terms_of(count(texts, {.min_df = 2}).vocabulary), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(terms_of(count(texts, {.max_df = 0.75}).vocabulary),
            (std::vector<std::string>{"b", "c", "d", "e"}));
  EXPECT_EQ(terms_of(count(texts, {.max_terms = 3}).vocabulary),
            (std::vector<std::string>{"a", "b", "c"}));  // of c, d and e the first by name
  EXPECT_EQ(count(texts, {.min_df = 2}).counts.row(1).size(), 2U);
}

TEST(TermCounter, OfNothingHasNoTerms) {
  EXPECT_EQ(count({}).vocabulary.size(), 0U);
  EXPECT_EQ(count({}).counts.rows(), 0U);
  EXPECT_EQ(count({{}, {}}).counts.rows(), 2U);
  EXPECT_EQ(count_terms(std::vector<std::string>{"x"}, Vocabulary()).nonzeros(), 0U);
}

TEST(Vocabulary, IsWholeAfterACopyAndAMove) {
  Vocabulary first = count({{"beta", "alpha"}}).vocabulary;
  const Vocabulary copy = first;
  const Vocabulary moved = std::move(first);
  for (const Vocabulary* vocabulary : {&copy, &moved}) {
    EXPECT_EQ(vocabulary->find("beta"), 1U);
    EXPECT_EQ(vocabulary->find("gamma"), std::nullopt);
  }
}

TEST(TfIdf, IsWhatItsFormulaSays) {
  const auto [vocabulary, counts] = count({{"a", "a", "a", "b"}, {"a"}});
  const std::vector<float> idf = inverse_document_frequencies(vocabulary);
  EXPECT_FLOAT_EQ(idf[0], 1);
  EXPECT_FLOAT_EQ(idf[1], static_cast<float>(std::log(3.0 / 2) + 1));

  const SparseMatrix plain = tf_idf(counts, idf, {.sublinear = false, .normalize = false});
  EXPECT_FLOAT_EQ(plain.row(0).values[0], 3);
  EXPECT_FLOAT_EQ(plain.row(0).values[1], idf[1]);
  const SparseMatrix weights = tf_idf(counts, idf);
  const double a = 1 + std::log(3.0);
  const double length = std::hypot(a, static_cast<double>(idf[1]));
  EXPECT_NEAR(weights.row(0).values[0], a / length, 1e-6);
  EXPECT_NEAR(weights.row(0).values[1], idf[1] / length, 1e-6);
  EXPECT_FLOAT_EQ(weights.row(1).values[0], 1);
}

TEST(Bm25, IsWhatItsFormulaSays) {
  const auto [vocabulary, counts] = count({{"a", "a", "b"}, {"b"}, {"b", "c"}});
  const SparseMatrix weights = bm25(counts, vocabulary, {.k1 = 1.2, .b = 0.75});
  // "a" stands in one text of three, twice, in a text of three terms where the mean is two.
  const double idf = std::log(1 + (3 - 1 + 0.5) / (1 + 0.5));
  const double expected = idf * 2 * 2.2 / (2 + 1.2 * (1 - 0.75 + 0.75 * 3 / 2));
  EXPECT_NEAR(weights.row(0).values[0], expected, 1e-6);
  EXPECT_GT(weights.row(1).values[0], 0);  // never negative, though every text has "b"
}

}  // namespace
}  // namespace limn
