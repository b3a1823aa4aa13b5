#include "limn/engine/topics.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "limn/cluster/assign.h"
#include "limn/cluster/choose_k.h"
#include "limn/cluster/kmeans.h"
#include "limn/cluster/linkage.h"
#include "limn/cluster/match.h"
#include "limn/cluster/merge.h"
#include "limn/core/progress.h"
#include "limn/core/top_k.h"
#include "limn/core/vector_ops.h"
#include "limn/engine/topic_naming.h"

namespace limn {
namespace {

// What topics are made of: the items, where most of them say something, since what people write of
// them is about them and full of "would buy again"; else items and texts together. Bios and the
// other texts are labelled by the topics.
Matrix topic_points(const Documents& documents, const EmbeddedDocuments& embedded) {
  const auto said =
      static_cast<std::size_t>(std::count_if(documents.items.begin(), documents.items.end(),
                                             [](const std::string& d) { return !d.empty(); }));
  const bool items_alone = said > 0 && 2 * said >= documents.items.size();
  const std::size_t texts = items_alone ? 0 : embedded.texts.rows();
  Matrix points(embedded.items.rows() + texts, embedded.items.cols());
  std::copy_n(embedded.items.data(), embedded.items.rows() * embedded.items.cols(), points.data());
  for (std::size_t i = 0; i < texts; ++i) {
    if (documents.copy_of[i] != i) continue;  // a row of zeros: what is copied counts once
    std::ranges::copy(embedded.texts.row(i), points.row(embedded.items.rows() + i).begin());
  }
  return points;
}

// Topics chosen from the points alone.
Clustering choose_topics(const Matrix& points, const Config& config) {
  const auto seed = static_cast<std::uint64_t>(config.runtime.seed);
  KMeansOptions options;
  options.k = static_cast<std::size_t>(config.cluster.topics);
  options.restarts = static_cast<int>(config.cluster.restarts);
  options.seed = seed;
  const bool chosen = options.k == 0;
  if (chosen) {
    // A reader wants to see what is inside "drama": of two numbers that fit alike, the larger.
    const double rule_of_thumb = std::sqrt(static_cast<double>(points.rows()) / 2);
    const auto smallest = static_cast<std::size_t>(std::lround(0.65 * rule_of_thumb));
    options.k = choose_k(points, {.smallest = std::max<std::size_t>(6, smallest), .seed = seed}).k;
  }
  const Clustering clustering = kmeans(points, options);
  // Two topics that a reader could not tell apart are one.
  constexpr float indistinct = 0.9F;
  return chosen ? merge_similar(points, clustering, indistinct) : clustering;
}

// The topics of the generation before, and which of them each item and text of this one was in.
struct OldTopics {
  std::size_t k = 0;
  std::vector<std::uint32_t> labels;  // (items + texts), no_cluster where it was not there
};

OldTopics old_topics(const TopicsInput& input) {
  const std::size_t items = input.documents.items.size();
  OldTopics old{0, std::vector<std::uint32_t>(items + input.documents.texts.size(), no_cluster)};
  if (input.previous == nullptr) return old;
  old.k = input.previous->info().topics.size();
  const auto old_items = input.previous->profile_source().item_topics;
  std::copy_n(old_items.begin(), std::min(old_items.size(), items), old.labels.begin());
  for (std::size_t i = 0; i < input.documents.text_events.size(); ++i) {
    const auto row = input.previous->text_row(input.documents.text_events[i]);
    if (row) old.labels[items + i] = input.previous->text_topics()[*row];
  }
  return old;
}

std::size_t count_labelled(std::span<const std::uint32_t> labels) {
  return labels.size() - static_cast<std::size_t>(std::ranges::count(labels, no_cluster));
}

// Whether the old topics are worth carrying on, as far as can be told before it is tried.
bool may_go_on(const TopicsInput& input, const OldTopics& old, std::size_t points) {
  if (old.k == 0) return false;
  const SnapshotInfo& info = input.previous->info();
  if (info.topic_fit.asked != input.config.cluster.topics) return false;
  if (info.encoder != input.encoder.name()) return false;
  constexpr double much = 0.1;
  const auto fitted = static_cast<double>(info.topic_fit.points);
  const auto known = static_cast<double>(count_labelled(std::span(old.labels).first(points)));
  return known >= (1 - much) * fitted && static_cast<double>(points) <= (1 + much) * fitted;
}

// Where the old topics are in this build's space.
Matrix old_centroids(const TopicsInput& input, const OldTopics& old, MatrixView points) {
  const Snapshot& previous = *input.previous;
  if (previous.info().fingerprint == input.encoder.fingerprint()) {
    Matrix centroids(old.k, points.cols());
    const MatrixView kept = previous.topic_centroids();
    std::copy_n(kept.data(), old.k * points.cols(), centroids.data());
    return centroids;
  }
  Matrix centroids(old.k, points.cols());
  for (std::size_t i = 0; i < points.rows(); ++i) {
    if (old.labels[i] != no_cluster) add_scaled(centroids.row(old.labels[i]), 1, points.row(i));
  }
  normalize_rows(centroids);
  return centroids;
}

double mean_distance(const Clustering& clustering) {
  const std::size_t points = count_labelled(clustering.labels);
  return points == 0 ? 0 : clustering.inertia / static_cast<double>(points);
}

// The old topics moved to where their documents are now; nothing where they no longer fit.
std::optional<Clustering> go_on(const TopicsInput& input, const OldTopics& old,
                                const Matrix& points) {
  if (!may_go_on(input, old, points.rows())) return std::nullopt;
  const Matrix start = old_centroids(input, old, points);
  // Where nothing has changed, nothing moves: a build of the same log gives the same bytes.
  Clustering clustering = label_points(points, start);
  if (!std::ranges::equal(clustering.labels, std::span(old.labels).first(points.rows())))
    clustering = kmeans_from(points, start, {});
  constexpr double worse = 1.05;
  const double limit = worse * input.previous->info().topic_fit.distance;
  if (mean_distance(clustering) > limit) return std::nullopt;
  return clustering;
}

// The items nearest to each centroid, none of them nearly another.
void add_typical_items(const TopicsInput& input, Topics& topics) {
  constexpr std::size_t shown = 5;
  constexpr std::size_t looked_at = 4 * shown;
  std::vector<TopK> nearest(topics.topics.size(), TopK(looked_at));
  for (std::uint32_t item = 0; item < topics.item_topics.size(); ++item) {
    const std::uint32_t topic = topics.item_topics[item];
    if (topic == no_topic || input.items[item].hidden || input.items[item].id.empty()) continue;
    nearest[topic].offer(item, dot(input.embedded.items.row(item), topics.centroids.row(topic)));
  }
  for (std::size_t t = 0; t < topics.topics.size(); ++t) {
    std::vector<ItemIndex>& chosen = topics.topics[t].typical_items;
    for (const Scored& candidate : nearest[t].take()) {
      constexpr float nearly_the_same = 0.97F;
      const auto like = [&](ItemIndex other) {
        return dot(input.embedded.items.row(candidate.index), input.embedded.items.row(other)) >
               nearly_the_same;
      };
      if (chosen.size() < shown && std::ranges::none_of(chosen, like))
        chosen.push_back(candidate.index);
    }
  }
}

// The texts nearest to each centroid: no copies, none too short to tell anything, and each of
// another user.
void add_typical_texts(const TopicsInput& input, Topics& topics) {
  constexpr std::size_t shown = 3;
  constexpr std::size_t looked_at = 10 * shown;
  constexpr std::size_t shortest = 30;  // bytes: ten Chinese characters, five words of English
  const Documents& documents = input.documents;
  std::vector<TopK> nearest(topics.topics.size(), TopK(looked_at));
  for (std::uint32_t text = 0; text < topics.text_topics.size(); ++text) {
    const std::uint32_t topic = topics.text_topics[text];
    if (topic == no_topic || documents.copy_of[text] != text) continue;
    if (documents.texts[text].size() < shortest) continue;
    nearest[topic].offer(text, dot(input.embedded.texts.row(text), topics.centroids.row(topic)));
  }
  for (std::size_t t = 0; t < topics.topics.size(); ++t) {
    std::vector<TextExample>& chosen = topics.topics[t].typical_texts;
    for (const Scored& candidate : nearest[t].take()) {
      const TextExample example{documents.text_events[candidate.index],
                                documents.text_users[candidate.index]};
      const auto same_user = [&](const TextExample& other) { return other.user == example.user; };
      if (chosen.size() < shown && std::ranges::none_of(chosen, same_user))
        chosen.push_back(example);
    }
  }
}

void count_members(const Documents& documents, Topics& topics) {
  for (const std::uint32_t topic : topics.item_topics) {
    if (topic != no_topic) ++topics.topics[topic].items;
  }
  for (std::size_t i = 0; i < topics.text_topics.size(); ++i) {
    const bool copy = documents.copy_of[i] != i;
    if (topics.text_topics[i] != no_topic && !copy) ++topics.topics[topics.text_topics[i]].texts;
  }
}

// Groups in the order of their sizes, and so their topics.
void add_groups(std::span<const std::uint32_t> group_of, const std::vector<TopicLabel>& names,
                Topics& topics) {
  const auto size = [&](std::uint32_t t) {
    return topics.topics[t].items + topics.topics[t].texts;
  };
  std::vector<std::size_t> sizes(names.size());
  std::vector<TopicGroup> groups(names.size());
  for (std::uint32_t t = 0; t < group_of.size(); ++t) {
    groups[group_of[t]].topics.push_back(t);
    sizes[group_of[t]] += size(t);
  }
  for (std::size_t g = 0; g < groups.size(); ++g) {
    std::ranges::stable_sort(groups[g].topics, std::greater{}, size);
    groups[g].label =
        groups[g].topics.size() == 1 ? topics.topics[groups[g].topics[0]].label : names[g].label;
  }
  std::vector<std::size_t> order(groups.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, std::greater{}, [&](std::size_t g) { return sizes[g]; });
  for (const std::size_t g : order) {
    for (const std::uint32_t t : groups[g].topics)
      topics.topics[t].group = static_cast<std::uint32_t>(topics.groups.size());
    topics.groups.push_back(std::move(groups[g]));
  }
}

std::string kind_name(ClusterChange::Kind kind) {
  switch (kind) {
    case ClusterChange::Kind::created: return "new";
    case ClusterChange::Kind::split: return "split";
    case ClusterChange::Kind::merged: return "merged";
    case ClusterChange::Kind::ended: return "ended";
  }
  return "new";
}

// What happened to the old topics, and which of those that go on are called otherwise now.
void add_changes(const TopicsInput& input, const OldTopics& old,
                 std::span<const std::uint32_t> labels, const ClusterMatches& matches,
                 Topics& topics) {
  if (input.previous == nullptr) return;
  const std::vector<Topic>& before = input.previous->info().topics;
  for (const ClusterChange& change : cluster_changes(old.labels, old.k, labels, matches)) {
    const bool of_new =
        change.kind == ClusterChange::Kind::created || change.kind == ClusterChange::Kind::split;
    const auto& mine = of_new ? topics.topics : before;
    const auto& others = of_new ? before : topics.topics;
    TopicChange told{kind_name(change.kind),
                     mine[change.cluster].id,
                     mine[change.cluster].label,
                     std::nullopt,
                     {}};
    if (change.other) {
      told.other = others[*change.other].id;
      told.other_label = others[*change.other].label;
    }
    topics.changes.push_back(std::move(told));
  }
  for (std::size_t t = 0; t < matches.size(); ++t) {
    if (!matches[t] || before[*matches[t]].label == topics.topics[t].label) continue;
    topics.changes.push_back({"renamed", topics.topics[t].id, topics.topics[t].label, std::nullopt,
                              before[*matches[t]].label});
  }
}

TopicIds old_ids(const Snapshot* previous) {
  TopicIds ids;
  if (previous == nullptr) return ids;
  for (const Topic& topic : previous->info().topics) ids.ids.push_back(topic.id);
  ids.next = previous->info().next_topic_id;
  return ids;
}

// What the matched topics were called.
std::vector<std::vector<std::string>> names_of(const Snapshot* previous,
                                               const ClusterMatches& matches) {
  std::vector<std::vector<std::string>> names(matches.size());
  for (std::size_t t = 0; t < matches.size(); ++t) {
    if (matches[t]) names[t] = previous->info().topics[*matches[t]].name;
  }
  return names;
}

// Clusters that the same terms would name, joined, and the points labelled anew.
Clustering join_alike(const Matrix& points, Clustering clustering,
                      std::span<const std::uint32_t> first) {
  std::vector<std::uint32_t> place(first.size());
  std::uint32_t count = 0;
  for (std::uint32_t c = 0; c < first.size(); ++c)
    place[c] = first[c] == c ? count++ : place[first[c]];
  if (count == first.size()) return clustering;
  Matrix centroids(count, points.cols());
  for (std::size_t i = 0; i < points.rows(); ++i) {
    if (clustering.labels[i] != no_cluster)
      add_scaled(centroids.row(place[clustering.labels[i]]), 1, points.row(i));
  }
  normalize_rows(centroids);
  Clustering joined = label_points(points, std::move(centroids));
  joined.restart_inertias = std::move(clustering.restart_inertias);
  return joined;
}

Clustering cluster(const TopicsInput& input, const OldTopics& old, const Matrix& points,
                   const TopicTerms& terms, Topics& topics) {
  if (std::optional<Clustering> carried = go_on(input, old, points)) {
    topics.anew = false;
    topics.fit = input.previous->info().topic_fit;
    return *std::move(carried);
  }
  Clustering chosen = choose_topics(points, input.config);
  if (input.config.cluster.topics == 0) {
    const std::vector<std::uint32_t> first = first_alike(input.items, terms, chosen);
    chosen = join_alike(points, std::move(chosen), first);
  }
  topics.fit = {input.config.cluster.topics, count_labelled(chosen.labels), mean_distance(chosen)};
  topics.inertia_spread = restart_spread(chosen);
  return chosen;
}

}  // namespace

Result<Topics> find_topics(const TopicsInput& input) {
  const Documents& documents = input.documents;
  const Matrix points = topic_points(documents, input.embedded);
  Topics topics;
  topics.item_topics.assign(documents.items.size(), no_topic);
  topics.text_topics.assign(documents.texts.size(), no_topic);
  if (points.cols() == 0 || input.embedded.documents == 0) return topics;

  const OldTopics old = old_topics(input);
  const TopicTerms terms = read_topic_terms(input.users, input.items, documents, points.rows());
  Clustering clustering = cluster(input, old, points, terms, topics);
  LIMN_TRY_VOID(Interrupt::check("build"));
  topics.item_topics.assign(
      clustering.labels.begin(),
      clustering.labels.begin() + static_cast<std::ptrdiff_t>(documents.items.size()));
  topics.text_topics = assign(input.embedded.texts, clustering.centroids).labels;
  std::vector<std::uint32_t> labels = topics.item_topics;
  labels.insert(labels.end(), topics.text_topics.begin(), topics.text_topics.end());

  const std::size_t k = clustering.centroids.rows();
  const ClusterMatches matches = match_by_members(old.labels, old.k, labels, k);
  const TopicIds ids = carry_ids(old_ids(input.previous), matches);
  const std::vector<std::uint32_t> group_of = group_rows(clustering.centroids);
  LIMN_TRY(const Naming names,
           name_topics(input, terms, clustering, names_of(input.previous, matches), group_of));
  topics.next_id = ids.next;
  topics.topics.resize(k);
  for (std::size_t t = 0; t < k; ++t) {
    topics.topics[t].id = ids.ids[t];
    topics.topics[t].name = names.topics[t].name;
    topics.topics[t].label = names.topics[t].label;
    for (const WeightedTerm& term : names.topics[t].terms)
      topics.topics[t].terms.emplace_back(term.text, rounded(term.weight));
  }
  topics.centroids = std::move(clustering.centroids);
  count_members(documents, topics);
  add_groups(group_of, names.groups, topics);
  add_typical_items(input, topics);
  add_typical_texts(input, topics);
  add_changes(input, old, labels, matches, topics);
  return topics;
}

}  // namespace limn
