// Topic labels: the words that set the texts of one cluster apart from the others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "limn/core/matrix.h"
#include "limn/core/sparse.h"

namespace limn {

// What labels are made from. Everything is borrowed.
struct LabelInput {
  SparseView counts;                      // (documents, terms): how often a text has a term
  std::span<const std::uint32_t> labels;  // (documents): their clusters; no_cluster is left out
  std::size_t k = 0;                      // clusters
  std::span<const std::string> terms;     // (terms): as a reader should see them
  MatrixView term_embeddings;             // (terms, dim), rows of length 1; may be empty
  MatrixView centroids;                   // (k, dim); empty when term_embeddings is
};

struct LabelOptions {
  std::size_t words = 3;   // terms in a label, at most
  std::size_t terms = 10;  // terms listed beside it, at most
  std::size_t min_documents =
      2;                   // texts of the cluster that must have a term, where any has so many
  float closeness = 0.3F;  // how much the likeness of term and centroid counts, 0 to 1
};

struct WeightedTerm {
  std::uint32_t term = 0;  // column of `counts`
  std::string text;
  float weight = 0;  // share of the best term's score, in (0, 1]

  friend bool operator==(const WeightedTerm&, const WeightedTerm&) = default;
};

struct TopicLabel {
  std::string label;                // "coffee, roast, beans"; empty for a cluster without words
  std::vector<WeightedTerm> terms;  // best first

  friend bool operator==(const TopicLabel&, const TopicLabel&) = default;
};

// Names the k clusters by class-based TF-IDF: tf(t, c) * log(1 + A / f(t)), where tf is the share
// of term t in the words of cluster c, A the mean number of words of a cluster, and f how often t
// occurs in all of them.
//
// No two labels are equal, no two begin with the same term while there is another, and none repeats
// a word in another form ("run, running"). Costs the stored counts and k terms. Requires sizes that
// agree and labels below k.
[[nodiscard]] std::vector<TopicLabel> label_topics(const LabelInput& input,
                                                   const LabelOptions& options = {});

}  // namespace limn
