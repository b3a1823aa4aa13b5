// Class-based TF-IDF (Grootendorst, 2022): all texts of a cluster are read as one, and a term
// counts by how much of that text it is and how rare it is in all. Where the terms have embeddings,
// those near the centroid are put first, as KeyBERT does: the word that names the topic, and not
// only one that happens to be frequent in it.
#include "limn/cluster/label.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <string_view>
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
void drop_rare(std::vector<TermCount>& terms, std::size_t min_documents) {
  const auto is_rare = [&](const TermCount& term) { return term.documents < min_documents; };
  if (!std::ranges::all_of(terms, is_rare)) std::erase_if(terms, is_rare);
}

std::vector<Scored> shortlist(std::span<const TermCount> terms, const CorpusCounts& corpus) {
  double words = 0;
  for (const TermCount& term : terms) words += term.occurrences;
  TopK best(shortlist_size);
  for (const TermCount& term : terms) {
    if (term.occurrences <= 0) continue;
    const double rarity = std::log1p(corpus.words_per_cluster / corpus.of_term[term.term]);
    best.offer(term.term, static_cast<float>(term.occurrences / words * rarity));
  }
  return best.take();
}

// Moves terms near the centroid up. Scores become shares of the best.
void rerank(std::vector<Scored>& terms, const LabelInput& input, std::size_t cluster,
            float closeness) {
  if (terms.empty()) return;
  const bool with_embeddings = !input.term_embeddings.empty() && closeness > 0;
  const float highest = terms.front().score;
  for (Scored& term : terms) {
    term.score /= highest;
    if (!with_embeddings) continue;
    const float likeness = dot(input.term_embeddings.row(term.index), input.centroids.row(cluster));
    term.score = (1 - closeness) * term.score + closeness * std::max(0.0F, likeness);
  }
  std::ranges::sort(terms, better);
  const float best = terms.front().score;
  for (Scored& term : terms) term.score /= best;
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// Whether two words look like forms of one: "run" and "running", "comedy" and "comedies". Without a
// dictionary this is a guess, and a wrong one only costs a label one of many words.
bool same_word(std::string_view a, std::string_view b) {
  constexpr std::size_t min_stem = 4;
  constexpr std::size_t max_ending = 3;
  if (a.size() > b.size()) std::swap(a, b);
  if (!is_ascii(a) || !is_ascii(b)) return b.find(a) != std::string_view::npos;
  const auto differ = std::ranges::mismatch(a, b);
  const auto common = static_cast<std::size_t>(differ.in1 - a.begin());
  if (common == a.size() && common + 1 >= b.size()) return true;  // "car", "cars"
  if (common == a.size() && common >= 3 && b.substr(common).ends_with("ing")) return true;
  return common >= min_stem && b.size() - common <= max_ending;
}

// The same for terms of several words: one word in common is a repetition.
bool repeats(std::string_view a, std::string_view b) {
  const auto each_word = [](std::string_view text, auto visit) {
    while (!text.empty()) {
      const std::size_t end = std::min(text.find(' '), text.size());
      if (end > 0) visit(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  };
  bool found = false;
  each_word(a, [&](std::string_view x) {
    each_word(b, [&](std::string_view y) { found = found || same_word(x, y); });
  });
  return found;
}

// The best terms of which none repeats a better one.
std::vector<WeightedTerm> distinct_terms(std::span<const Scored> terms,
                                         std::span<const std::string> texts) {
  std::vector<WeightedTerm> kept;
  for (const Scored& term : terms) {
    const std::string& text = texts[term.index];
    const bool repeated = text.empty() || std::ranges::any_of(kept, [&](const WeightedTerm& other) {
                            return repeats(text, other.text);
                          });
    if (!repeated) kept.push_back({term.index, text, term.score});
  }
  return kept;
}

std::vector<WeightedTerm> terms_of(const LabelInput& input, std::size_t cluster,
                                   std::span<const std::uint32_t> documents,
                                   const CorpusCounts& corpus, const LabelOptions& options) {
  std::vector<TermCount> counts = count_terms(input.counts, documents);
  drop_rare(counts, options.min_documents);
  std::vector<Scored> terms = shortlist(counts, corpus);
  rerank(terms, input, cluster, options.closeness);
  return distinct_terms(terms, input.terms);
}

// Writes labels that differ: in their first word while there is another, and else in some word.
class LabelWriter {
 public:
  explicit LabelWriter(std::size_t words) : words_(words) {}

  [[nodiscard]] std::string write(std::span<const WeightedTerm> terms) {
    if (terms.empty()) return {};
    const std::size_t head = first_free_head(terms);
    std::vector<std::string> chosen{terms[head].text};
    std::size_t next = 0;
    while (next < terms.size() && chosen.size() < words_) {
      if (next != head) chosen.push_back(terms[next].text);
      ++next;
    }
    // The last word is exchanged for a lesser one until no other topic has the same words.
    while (is_taken(chosen) && next < terms.size()) {
      if (next != head && chosen.size() > 1) chosen.back() = terms[next].text;
      if (next != head && chosen.size() == 1) chosen.push_back(terms[next].text);
      ++next;
    }
    for (int number = 2; is_taken(chosen); ++number) {
      if (number > 2) chosen.pop_back();
      chosen.push_back(std::to_string(number));
    }
    heads_.insert(chosen.front());
    labels_.insert(std::set<std::string>(chosen.begin(), chosen.end()));
    return join(chosen);
  }

 private:
  [[nodiscard]] std::size_t first_free_head(std::span<const WeightedTerm> terms) const {
    for (std::size_t i = 0; i < terms.size(); ++i) {
      if (!heads_.contains(terms[i].text)) return i;
    }
    return 0;
  }

  // The order of the words does not make a label another one.
  [[nodiscard]] bool is_taken(std::span<const std::string> words) const {
    return labels_.contains(std::set<std::string>(words.begin(), words.end()));
  }

  static std::string join(std::span<const std::string> words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
  }

  std::size_t words_;
  std::unordered_set<std::string> heads_;
  std::set<std::set<std::string>> labels_;
};

std::vector<std::vector<std::uint32_t>> documents_by_cluster(const LabelInput& input) {
  std::vector<std::vector<std::uint32_t>> documents(input.k);
  for (std::size_t i = 0; i < input.labels.size(); ++i) {
    if (input.labels[i] == no_cluster) continue;
    LIMN_CHECK(input.labels[i] < input.k);
    documents[input.labels[i]].push_back(static_cast<std::uint32_t>(i));
  }
  return documents;
}

}  // namespace

std::vector<TopicLabel> label_topics(const LabelInput& input, const LabelOptions& options) {
  LIMN_CHECK(input.labels.size() == input.counts.rows());
  LIMN_CHECK(input.terms.size() == input.counts.cols());
  LIMN_CHECK(input.term_embeddings.empty() || (input.term_embeddings.rows() == input.terms.size() &&
                                               input.centroids.rows() == input.k));
  LIMN_CHECK(options.words >= 1);

  const CorpusCounts corpus = count_corpus(input);
  const auto documents = documents_by_cluster(input);
  std::vector<std::size_t> order(input.k);
  std::iota(order.begin(), order.end(), 0);
  // The larger topic has the first choice of words.
  std::ranges::stable_sort(order, std::greater{},
                           [&](std::size_t c) { return documents[c].size(); });

  std::vector<TopicLabel> topics(input.k);
  LabelWriter writer(options.words);
  for (const std::size_t cluster : order) {
    std::vector<WeightedTerm> terms = terms_of(input, cluster, documents[cluster], corpus, options);
    topics[cluster].label = writer.write(terms);
    if (terms.size() > options.terms) terms.resize(options.terms);
    topics[cluster].terms = std::move(terms);
  }
  return topics;
}

}  // namespace limn
