// Topic labels: the words and phrases that set the texts of one cluster apart from the others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "limn/cluster/topic_names.h"
#include "limn/core/matrix.h"
#include "limn/core/sparse.h"
#include "limn/core/top_k.h"

namespace limn {

// What labels are made from. Everything is borrowed, and what follows `terms` may be empty.
struct LabelInput {
  SparseView counts;                      // (documents, terms): how often a text has a term
  std::span<const std::uint32_t> labels;  // (documents): their clusters; no_cluster is left out
  std::size_t k = 0;                      // clusters
  std::span<const std::string> terms;     // (terms): as a reader should see them
  std::span<const std::vector<std::uint32_t>> parts;  // (terms): of a phrase, the terms inside it
  std::span<const std::uint32_t> embedded;            // the terms with an embedding, ascending, and
  MatrixView term_embeddings;  // theirs: (embedded.size(), dim), rows of length 1
  MatrixView centroids;        // (k, dim); needed with term_embeddings
  std::span<const std::vector<std::string>> names_before;  // (k): what each cluster was called
};

struct LabelOptions {
  std::size_t words = 3;          // terms in a label, at most
  std::size_t terms = 10;         // terms listed beside it, at most
  std::size_t min_documents = 2;  // texts of the cluster that must have a term, and
  double min_share = 0.08;        // the share of them, where any term has so many
  float closeness = 0.3F;         // how much the likeness of term and centroid counts, 0 to 1
  float diversity = 0.3F;         // how much the likeness to a term already chosen is held against
};

struct TopicLabel {
  std::vector<std::string> name;    // the label's terms; none for a cluster without words
  std::string label;                // the same with commas: "coffee, roast, beans"
  std::vector<WeightedTerm> terms;  // the most telling first, each unlike those before it

  friend bool operator==(const TopicLabel&, const TopicLabel&) = default;
};

// The terms that each cluster's name is chosen from: (k), best first, some forty, as scored by
// class-based TF-IDF: tf(t, c) * log(1 + A / f(t)), where tf is the share of term t in the words of
// cluster c, A the mean number of words of a cluster, and f how often t occurs in all of them. A
// word that mostly occurs inside a phrase gives way to the phrase, which takes its score.
//
// What to embed before label_topics(). Costs the stored counts. Requires sizes that agree and
// labels below k.
[[nodiscard]] std::vector<std::vector<Scored>> shortlist_terms(const LabelInput& input,
                                                               const LabelOptions& options = {});

// Names the k clusters from their shortlists.
//
// Where terms have embeddings, those nearer to their own centroid than to the others move up. Then
// terms are chosen one after the other by maximal marginal relevance. A cluster keeps the name it
// had while all of that is still on its shortlist. No two labels are equal, no two begin with the
// same term while there is another, and none repeats a word in another form ("run, running").
// Requires as shortlist_terms().
[[nodiscard]] std::vector<TopicLabel> label_topics(const LabelInput& input,
                                                   const LabelOptions& options = {});

}  // namespace limn
