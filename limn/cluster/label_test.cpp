#include "limn/cluster/label.h"

#include <cmath>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "limn/cluster/assign.h"
#include "limn/core/random.h"

namespace limn {
namespace {

// Texts as lists of words, counted.
struct Corpus {
  explicit Corpus(const std::vector<std::vector<std::string>>& texts) {
    std::map<std::string, std::uint32_t> columns;
    for (const auto& text : texts) {
      for (const std::string& word : text) columns.emplace(word, 0);
    }
    for (auto& [word, column] : columns) {
      column = static_cast<std::uint32_t>(terms.size());
      terms.push_back(word);
    }
    std::vector<Triplet> triplets;
    for (std::uint32_t i = 0; i < texts.size(); ++i) {
      for (const std::string& word : texts[i]) triplets.push_back({i, columns[word], 1});
    }
    counts = SparseMatrix::from_triplets(texts.size(), terms.size(), std::move(triplets));
  }

  SparseMatrix counts;
  std::vector<std::string> terms;
};

std::vector<TopicLabel> label(const Corpus& corpus, const std::vector<std::uint32_t>& labels,
                              std::size_t k, const LabelOptions& options = {}) {
  LabelInput input;
  input.counts = corpus.counts;
  input.labels = labels;
  input.k = k;
  input.terms = corpus.terms;
  return label_topics(input, options);
}

TEST(LabelTopics, NamesWhatSetsAClusterApart) {
  const Corpus corpus({{"good", "coffee", "roast"},
                       {"good", "coffee", "beans"},
                       {"coffee", "roast", "good"},
                       {"good", "tent", "camping"},
                       {"good", "tent", "camping"},
                       {"tent", "stove", "good"}});
  const std::vector<TopicLabel> topics = label(corpus, {0, 0, 0, 1, 1, 1}, 2, {.words = 2});
  EXPECT_EQ(topics[0].label, "coffee, roast");
  EXPECT_EQ(topics[1].label, "tent, camping");
  EXPECT_EQ(topics[0].terms.front().text, "coffee");
  EXPECT_EQ(topics[0].terms.front().weight, 1);
  EXPECT_LT(topics[0].terms[1].weight, 1);
}

TEST(LabelTopics, WeighsByClassBasedTfIdf) {
  const Corpus corpus({{"a", "a", "b"}, {"a", "c", "c"}});
  const std::vector<TopicLabel> topics = label(corpus, {0, 1}, 2);
  // Three words a cluster; a occurs three times, b once: 2/3 log(1 + 3/3) and 1/3 log(1 + 3/1).
  ASSERT_EQ(topics[0].terms.size(), 2);
  const double a = 2.0 / 3 * std::log(2.0);
  const double b = 1.0 / 3 * std::log(4.0);
  EXPECT_NEAR(topics[0].terms[1].weight, std::min(a, b) / std::max(a, b), 1e-6);
}

TEST(LabelTopics, RepeatsNoWordInAnotherForm) {
  const Corpus corpus({{"run", "running", "runs", "shoes", "comedy", "comedies", "trail running"},
                       {"run", "running", "runs", "shoes", "comedy", "comedies", "trail running"},
                       {"other"}});
  const TopicLabel topic = label(corpus, {0, 0, 1}, 2)[0];
  ASSERT_EQ(topic.terms.size(), 3);
  std::set<std::string> stems;
  for (const WeightedTerm& term : topic.terms) stems.insert(term.text.substr(0, 3));
  EXPECT_EQ(stems.size(), 3);
}

TEST(LabelTopics, RepeatsNoPartOfAChineseWord) {
  const std::string film = "\u7535\u5f71";
  const std::string cinema = "\u7535\u5f71\u9662";
  const std::string music = "\u97f3\u4e50";
  const Corpus corpus({{film, cinema, music}, {film, cinema, music}});
  EXPECT_EQ(label(corpus, {0, 0}, 1)[0].terms.size(), 2);
}

TEST(LabelTopics, GivesNoTwoTopicsTheSameLabel) {
  // Six clusters of the same texts: nothing sets them apart.
  std::vector<std::vector<std::string>> texts;
  std::vector<std::uint32_t> labels;
  for (std::uint32_t c = 0; c < 6; ++c) {
    for (int copy = 0; copy < 2; ++copy) {
      texts.push_back({"apple", "banana", "cherry", "damson"});
      labels.push_back(c);
    }
  }
  std::set<std::string> seen;
  std::set<std::string> heads;
  for (const TopicLabel& topic : label(Corpus(texts), labels, 6)) {
    EXPECT_FALSE(topic.label.empty());
    seen.insert(topic.label);
    heads.insert(topic.label.substr(0, topic.label.find(',')));
  }
  EXPECT_EQ(seen.size(), 6);
  EXPECT_EQ(heads.size(), 4);  // as many as there are words
}

TEST(LabelTopics, GivesNoTwoOfManyRandomTopicsTheSameLabel) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::vector<std::vector<std::string>> texts(300);
    std::vector<std::uint32_t> labels;
    for (auto& text : texts) {
      for (int word = 0; word < 6; ++word) {
        const auto letter = static_cast<char>('a' + random.below(12));
        text.push_back(std::string(1, letter) + std::string(5, 'x'));
      }
      labels.push_back(static_cast<std::uint32_t>(random.below(40)));
    }
    std::set<std::string> seen;
    for (const TopicLabel& topic : label(Corpus(texts), labels, 40)) seen.insert(topic.label);
    EXPECT_EQ(seen.size(), 40);
  }
}

TEST(LabelTopics, PutsTermsNearTheCentroidFirst) {
  const Corpus corpus({{"nice", "tea"}, {"nice", "tea"}, {"other"}});
  const Matrix term_embeddings(3, 2, {0, 1, 0, 1, 1, 0});  // nice, other, tea
  const std::vector<std::uint32_t> embedded{0, 1, 2};
  const Matrix centroids(2, 2, {1, 0, 0, 1});
  const std::vector<std::uint32_t> labels{0, 0, 1};
  LabelInput input;
  input.counts = corpus.counts;
  input.labels = labels;
  input.k = 2;
  input.terms = corpus.terms;
  input.embedded = embedded;
  input.term_embeddings = term_embeddings;
  input.centroids = centroids;
  EXPECT_EQ(label_topics(input)[0].label, "tea, nice");
  EXPECT_EQ(label_topics(input, {.closeness = 0})[0].label, "nice, tea");
}

TEST(LabelTopics, LeavesAClusterWithoutWordsUnnamed) {
  const Corpus corpus({{"a"}, {}, {"b"}});
  const std::vector<TopicLabel> topics = label(corpus, {0, 1, no_cluster}, 3);
  EXPECT_EQ(topics[0].label, "a");
  EXPECT_TRUE(topics[1].label.empty());
  EXPECT_TRUE(topics[2].terms.empty());
  EXPECT_TRUE(label(Corpus({}), {}, 0).empty());
}

}  // namespace
}  // namespace limn
