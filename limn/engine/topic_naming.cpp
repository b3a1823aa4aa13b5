#include "limn/engine/topic_naming.h"

#include <algorithm>
#include <map>
#include <set>

#include "limn/cluster/assign.h"
#include "limn/core/sorted.h"

namespace limn {
namespace {

struct EmbeddedTerms {
  std::vector<std::uint32_t> terms;  // ascending
  Matrix embeddings;                 // (terms, dim)
};

// The terms that names are chosen from.
Result<EmbeddedTerms> embed_terms(const std::vector<std::vector<Scored>>& shortlists,
                                  const std::vector<std::string>& terms, const Encoder& encoder) {
  EmbeddedTerms embedded;
  for (const auto& shortlist : shortlists) {
    for (const Scored& term : shortlist) embedded.terms.push_back(term.index);
  }
  sort_unique(embedded.terms);
  std::vector<std::string> texts;
  for (const std::uint32_t term : embedded.terms) texts.push_back(terms[term]);
  LIMN_TRY(Encoding encoding, encoder.encode(texts));
  embedded.embeddings = std::move(encoding.embeddings);
  return embedded;
}

// Whether hardly an item has more to say than its title, and most have a category or tag.
bool titles_only(const std::vector<Item>& items) {
  const auto told =
      std::ranges::count_if(items, [](const Item& item) { return !item.text.empty(); });
  const auto filed = std::ranges::count_if(
      items, [](const Item& item) { return !item.categories.empty() || !item.tags.empty(); });
  const auto count = static_cast<std::ptrdiff_t>(items.size());
  return 10 * told < count && 2 * filed > count;
}

LabelOptions label_options(const std::vector<Item>& items) {
  LabelOptions options;
  // A title is what one thing is called; only where several share a word is it one for a topic.
  constexpr double shared_by_titles = 0.15;
  if (titles_only(items)) options.min_share = shared_by_titles;
  return options;
}

LabelInput label_input(const TopicTerms& terms, std::span<const std::uint32_t> labels,
                       std::size_t k) {
  LabelInput input;
  input.counts = terms.counts;
  input.labels = labels;
  input.k = k;
  input.terms = terms.terms;
  input.parts = terms.parts;
  return input;
}

}  // namespace

std::vector<std::uint32_t> first_alike(const std::vector<Item>& items, const TopicTerms& terms,
                                       const Clustering& clustering) {
  const LabelInput input = label_input(terms, clustering.labels, clustering.centroids.rows());
  std::map<std::set<std::uint32_t>, std::uint32_t> seen;
  std::vector<std::uint32_t> first;
  for (const auto& shortlist : shortlist_terms(input, label_options(items))) {
    std::set<std::uint32_t> said;
    for (const Scored& term : shortlist) said.insert(term.index);
    const auto own = static_cast<std::uint32_t>(first.size());
    first.push_back(said.empty() ? own : seen.emplace(std::move(said), own).first->second);
  }
  return first;
}

Result<Naming> name_topics(const TopicsInput& input, const TopicTerms& terms,
                           const Clustering& clustering,
                           const std::vector<std::vector<std::string>>& names_before,
                           std::span<const std::uint32_t> group_of) {
  LabelOptions options = label_options(input.items);
  LabelInput labelled = label_input(terms, clustering.labels, clustering.centroids.rows());
  labelled.names_before = names_before;
  LIMN_TRY(const EmbeddedTerms embedded,
           embed_terms(shortlist_terms(labelled, options), terms.terms, input.encoder));
  labelled.embedded = embedded.terms;
  labelled.term_embeddings = embedded.embeddings;
  labelled.centroids = clustering.centroids;
  Naming naming{label_topics(labelled, options), {}};

  std::vector<std::uint32_t> groups(clustering.labels.size(), no_cluster);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (clustering.labels[i] != no_cluster) groups[i] = group_of[clustering.labels[i]];
  }
  const std::uint32_t count = group_of.empty() ? 0 : std::ranges::max(group_of) + 1;
  options.words = 2;
  naming.groups = label_topics(label_input(terms, groups, count), options);
  return naming;
}

}  // namespace limn
