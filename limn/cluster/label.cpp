// Class-based TF-IDF (Grootendorst, 2022): all texts of a cluster are read as one, and a term
// counts by how much of that text it is and how rare it is in all. Where the terms have embeddings,
// those near the centroid are put first, as KeyBERT does: the word that names the topic, and not
// only one that happens to be frequent in it. "Near" is nearer than to the other centroids: all of
// them have in common what the whole corpus is about. The terms of a name are then chosen by
// maximal marginal relevance (Carbonell and Goldstein, 1998), so that each adds something.
#include "limn/cluster/label.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>
#include <unordered_set>

#include "limn/cluster/assign.h"
#include "limn/core/check.h"
#include "limn/core/top_k.h"
#include "limn/core/vector_ops.h"

namespace limn {
namespace {

// Terms of a cluster that are looked at closely: enough for its label and list after those that
// repeat another are left out.
constexpr std::size_t shortlist_size = 40;

struct CorpusCounts {
  std::vector<double> of_term;   // (terms): occurrences in all clusters
  double words_per_cluster = 0;  // the mean
};

CorpusCounts count_corpus(const LabelInput& input) {
  CorpusCounts corpus{std::vector<double>(input.counts.cols()), 0};
  for (std::size_t document = 0; document < input.labels.size(); ++document) {
    if (input.labels[document] == no_cluster) continue;
    const SparseRow row = input.counts.row(document);
    for (std::size_t i = 0; i < row.size(); ++i) corpus.of_term[row.cols[i]] += row.values[i];
  }
  const double words = std::accumulate(corpus.of_term.begin(), corpus.of_term.end(), 0.0);
  corpus.words_per_cluster = words / static_cast<double>(std::max<std::size_t>(1, input.k));
  return corpus;
}

// A cluster's terms, each with its occurrences and the texts that have it.
struct TermCount {
  std::uint32_t term = 0;
  double occurrences = 0;
  std::size_t documents = 0;
};

std::vector<TermCount> count_terms(SparseView counts, std::span<const std::uint32_t> documents) {
  std::vector<std::pair<std::uint32_t, float>> entries;
  for (const std::uint32_t document : documents) {
    const SparseRow row = counts.row(document);
    for (std::size_t i = 0; i < row.size(); ++i) entries.emplace_back(row.cols[i], row.values[i]);
  }
  std::ranges::stable_sort(entries, {}, &std::pair<std::uint32_t, float>::first);
  std::vector<TermCount> terms;
  for (const auto& [term, value] : entries) {
    if (terms.empty() || terms.back().term != term) terms.push_back({term});
    terms.back().occurrences += value;
    terms.back().documents += 1;
  }
  return terms;
}

// Terms that too few texts of the cluster have say more of those texts than of the cluster.
void drop_rare(std::vector<TermCount>& terms, std::size_t texts, const LabelOptions& options) {
  const auto share = static_cast<std::size_t>(options.min_share * static_cast<double>(texts));
  const std::size_t least = std::max(options.min_documents, share);
  const auto is_rare = [&](const TermCount& term) { return term.documents < least; };
  if (!std::ranges::all_of(terms, is_rare)) std::erase_if(terms, is_rare);
}

// A word that mostly occurs inside a phrase goes, and its score goes to the phrase: of "pale",
// "ale" and "pale ale" only what the texts speak of stays (after the C-value of Frantzi et al.,
// 2000).
void fold_into_phrases(std::vector<Scored>& terms, std::span<const TermCount> counts,
                       const LabelInput& input) {
  if (input.parts.empty()) return;
  std::unordered_map<std::uint32_t, double> occurrences;
  for (const TermCount& count : counts) occurrences[count.term] = count.occurrences;
  std::unordered_map<std::uint32_t, Scored*> scored;
  for (Scored& term : terms) scored[term.index] = &term;
  std::vector<Scored*> phrases;
  for (Scored& term : terms) {
    if (!input.parts[term.index].empty()) phrases.push_back(&term);
  }
  // Pairs before triples: they are among a triple's parts.
  std::ranges::stable_sort(phrases, {},
                           [&](const Scored* phrase) { return input.parts[phrase->index].size(); });
  std::unordered_set<std::uint32_t> folded;
  for (Scored* const phrase : phrases) {
    for (const std::uint32_t part : input.parts[phrase->index]) {
      constexpr double mostly = 0.5;
      const auto found = scored.find(part);
      if (found == scored.end() || occurrences[phrase->index] < mostly * occurrences[part])
        continue;
      phrase->score = std::max(phrase->score, found->second->score);
      folded.insert(part);
    }
  }
  std::erase_if(terms, [&](const Scored& term) { return folded.contains(term.index); });
  std::ranges::sort(terms, better);
}

std::vector<Scored> shortlist(std::span<const TermCount> terms, const CorpusCounts& corpus,
                              const LabelInput& input) {
  double words = 0;
  for (const TermCount& term : terms) words += term.occurrences;
  TopK best(shortlist_size);
  for (const TermCount& term : terms) {
    if (term.occurrences <= 0 || input.terms[term.term].empty()) continue;
    const double rarity = std::log1p(corpus.words_per_cluster / corpus.of_term[term.term]);
    best.offer(term.term, static_cast<float>(term.occurrences / words * rarity));
  }
  std::vector<Scored> chosen = best.take();
  fold_into_phrases(chosen, terms, input);
  return chosen;
}

// The embeddings of terms, by term.
class TermEmbeddings {
 public:
  explicit TermEmbeddings(const LabelInput& input) : input_(input), mean_(input.centroids.cols()) {
    if (input.embedded.empty()) return;
    for (std::size_t c = 0; c < input.k; ++c) {
      add_scaled(mean_, 1 / static_cast<float>(input.k), input.centroids.row(c));
    }
  }

  // How much nearer the term is to the cluster's centroid than to all of them; 0 where unknown.
  [[nodiscard]] float closeness(std::uint32_t term, std::size_t cluster) const {
    const std::span<const float> embedding = of(term);
    if (embedding.empty()) return 0;
    return dot(embedding, input_.centroids.row(cluster)) - dot(embedding, mean_);
  }

  [[nodiscard]] float likeness(std::uint32_t a, std::uint32_t b) const {
    const std::span<const float> x = of(a);
    const std::span<const float> y = of(b);
    return x.empty() || y.empty() ? 0 : std::max(0.0F, dot(x, y));
  }

 private:
  // Empty where the term has none.
  [[nodiscard]] std::span<const float> of(std::uint32_t term) const {
    const auto found = std::ranges::lower_bound(input_.embedded, term);
    if (found == input_.embedded.end() || *found != term) return {};
    return input_.term_embeddings.row(static_cast<std::size_t>(found - input_.embedded.begin()));
  }

  const LabelInput& input_;
  std::vector<float> mean_;
};

// Moves terms near the centroid up. Scores become shares of the best.
void rerank(std::vector<Scored>& terms, const TermEmbeddings& embeddings, std::size_t cluster,
            float closeness) {
  if (terms.empty()) return;
  std::vector<float> near;
  for (const Scored& term : terms) {
    near.push_back(std::max(0.0F, embeddings.closeness(term.index, cluster)));
  }
  const float nearest = *std::ranges::max_element(near);
  const float highest = terms.front().score;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    terms[i].score /= highest;
    if (nearest <= 0 || closeness <= 0) continue;
    terms[i].score = (1 - closeness) * terms[i].score + closeness * near[i] / nearest;
  }
  std::ranges::sort(terms, better);
  const float best = terms.front().score;
  for (Scored& term : terms) term.score /= best;
}

// Terms one after the other, each the best that is left less its likeness to those chosen before;
// none repeats one of them.
std::vector<WeightedTerm> distinct_terms(std::vector<Scored> left, const LabelInput& input,
                                         const TermEmbeddings& embeddings, float diversity) {
  std::vector<WeightedTerm> chosen;
  std::vector<float> likeness(left.size(), 0);  // to the nearest term chosen
  while (!left.empty()) {
    std::size_t best = 0;
    const auto value = [&](std::size_t i) { return left[i].score - diversity * likeness[i]; };
    for (std::size_t i = 1; i < left.size(); ++i) {
      if (value(i) > value(best)) best = i;
    }
    const Scored next = left[best];
    const std::string& text = input.terms[next.index];
    chosen.push_back({next.index, text, next.score});
    std::vector<Scored> rest;
    std::vector<float> rest_likeness;
    for (std::size_t i = 0; i < left.size(); ++i) {
      if (i == best || repeats(text, input.terms[left[i].index])) continue;
      rest.push_back(left[i]);
      rest_likeness.push_back(
          std::max(likeness[i], embeddings.likeness(next.index, left[i].index)));
    }
    left = std::move(rest);
    likeness = std::move(rest_likeness);
  }
  return chosen;
}

std::vector<std::vector<std::uint32_t>> documents_by_cluster(const LabelInput& input) {
  std::vector<std::vector<std::uint32_t>> documents(input.k);
  for (std::size_t i = 0; i < input.labels.size(); ++i) {
    if (input.labels[i] == no_cluster) continue;
    LIMN_CHECK(input.labels[i] < input.k);
    documents[input.labels[i]].push_back(static_cast<std::uint32_t>(i));
  }
  return documents;
}

void check(const LabelInput& input) {
  LIMN_CHECK(input.labels.size() == input.counts.rows());
  LIMN_CHECK(input.terms.size() == input.counts.cols());
  LIMN_CHECK(input.parts.empty() || input.parts.size() == input.terms.size());
  LIMN_CHECK(input.term_embeddings.rows() == input.embedded.size());
  LIMN_CHECK(input.embedded.empty() || input.centroids.rows() == input.k);
  LIMN_CHECK(input.names_before.empty() || input.names_before.size() == input.k);
}

// Whether all of a name stands on the shortlist.
bool still_fits(std::span<const std::string> name, std::span<const Scored> shortlist,
                const LabelInput& input) {
  return std::ranges::all_of(name, [&](const std::string& text) {
    return std::ranges::any_of(shortlist,
                               [&](const Scored& term) { return input.terms[term.index] == text; });
  });
}

// The clusters, the largest first: it has the first choice of words.
std::vector<std::size_t> by_size(const LabelInput& input) {
  std::vector<std::size_t> sizes(input.k);
  for (const std::uint32_t label : input.labels) {
    if (label != no_cluster) ++sizes[label];
  }
  std::vector<std::size_t> order(input.k);
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, std::greater{}, [&](std::size_t c) { return sizes[c]; });
  return order;
}

}  // namespace

std::vector<std::vector<Scored>> shortlist_terms(const LabelInput& input,
                                                 const LabelOptions& options) {
  check(input);
  const CorpusCounts corpus = count_corpus(input);
  std::vector<std::vector<Scored>> shortlists;
  for (const auto& documents : documents_by_cluster(input)) {
    std::vector<TermCount> counts = count_terms(input.counts, documents);
    drop_rare(counts, documents.size(), options);
    shortlists.push_back(shortlist(counts, corpus, input));
  }
  return shortlists;
}

std::vector<TopicLabel> label_topics(const LabelInput& input, const LabelOptions& options) {
  LIMN_CHECK(options.words >= 1);
  const std::vector<std::vector<Scored>> shortlists = shortlist_terms(input, options);
  const TermEmbeddings embeddings(input);
  std::vector<TopicLabel> topics(input.k);
  for (std::size_t c = 0; c < input.k; ++c) {
    std::vector<Scored> terms = shortlists[c];
    rerank(terms, embeddings, c, options.closeness);
    topics[c].terms = distinct_terms(std::move(terms), input, embeddings, options.diversity);
  }
  NameWriter writer(options.words);
  const std::vector<std::size_t> order = by_size(input);
  for (const std::size_t c : order) {
    if (input.names_before.empty()) break;
    const std::vector<std::string>& name = input.names_before[c];
    if (still_fits(name, shortlists[c], input) && writer.keep(name)) topics[c].name = name;
  }
  for (const std::size_t c : order) {
    if (topics[c].name.empty()) topics[c].name = writer.write(topics[c].terms);
    topics[c].label = joined(topics[c].name);
    if (topics[c].terms.size() > options.terms) topics[c].terms.resize(options.terms);
  }
  return topics;
}

}  // namespace limn
