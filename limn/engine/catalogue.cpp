#include "limn/engine/catalogue.h"

#include "limn/core/id_map.h"
#include "limn/profile/profile.h"

namespace limn {
namespace {

std::vector<std::string> names_of(const IdMap& ids) {
  std::vector<std::string> names;
  for (std::uint32_t i = 0; i < ids.size(); ++i) names.push_back(ids.id(i));
  return names;
}

// How much each item was liked, by everyone.
std::vector<double> item_totals(SparseView interactions) {
  std::vector<double> totals(interactions.cols(), 0);
  for (std::size_t e = 0; e < interactions.nonzeros(); ++e) {
    totals[interactions.indices()[e]] += interactions.values()[e];
  }
  return totals;
}

std::vector<float> as_shares(const std::vector<double>& totals) {
  double sum = 0;
  for (const double total : totals) sum += total;
  std::vector<float> shares(totals.size(), 0);
  for (std::size_t i = 0; i < totals.size() && sum > 0; ++i)
    shares[i] = static_cast<float>(totals[i] / sum);
  return shares;
}

}  // namespace

Catalogue make_catalogue(const std::vector<Item>& items) {
  IdMap tags;
  IdMap categories;
  std::vector<Triplet> tag_entries;
  std::vector<Triplet> category_entries;
  Catalogue catalogue;
  for (std::uint32_t i = 0; i < items.size(); ++i) {
    IdMap seen;  // an item may name a word both as a category and as a tag
    for (const std::string& name : items[i].categories) {
      if (!seen.find(name)) category_entries.push_back({i, categories.add(name), 1});
      seen.add(name);
    }
    for (const std::string& name : items[i].tags) seen.add(name);
    for (std::uint32_t s = 0; s < seen.size(); ++s)
      tag_entries.push_back({i, tags.add(seen.id(s)), 1});
    catalogue.hidden.push_back(std::byte{items[i].hidden || items[i].id.empty()});
  }
  catalogue.tags = names_of(tags);
  catalogue.categories = names_of(categories);
  catalogue.item_tags =
      SparseMatrix::from_triplets(items.size(), tags.size(), std::move(tag_entries));
  catalogue.item_categories =
      SparseMatrix::from_triplets(items.size(), categories.size(), std::move(category_entries));
  return catalogue;
}

std::vector<float> tag_shares(SparseView interactions, SparseView item_tags) {
  const std::vector<double> liked = item_totals(interactions);
  std::vector<double> totals(item_tags.cols(), 0);
  for (std::size_t item = 0; item < item_tags.rows(); ++item) {
    const SparseRow tags = item_tags.row(item);
    for (std::size_t e = 0; e < tags.size(); ++e)
      totals[tags.cols[e]] += liked[item] * tags.values[e];
  }
  return as_shares(totals);
}

std::vector<float> topic_shares(SparseView interactions, std::span<const std::uint32_t> item_topics,
                                std::size_t topics) {
  const std::vector<double> liked = item_totals(interactions);
  std::vector<double> totals(topics, 0);
  for (std::size_t item = 0; item < item_topics.size(); ++item) {
    if (item_topics[item] != no_topic) totals[item_topics[item]] += liked[item];
  }
  return as_shares(totals);
}

}  // namespace limn
