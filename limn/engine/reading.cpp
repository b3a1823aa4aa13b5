#include "limn/engine/reading.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <unordered_map>

#include "limn/cluster/assign.h"
#include "limn/cluster/choose_k.h"
#include "limn/cluster/kmeans.h"
#include "limn/cluster/label.h"
#include "limn/cluster/match.h"
#include "limn/cluster/merge.h"
#include "limn/core/hash.h"
#include "limn/core/parallel.h"
#include "limn/core/progress.h"
#include "limn/engine/histories.h"
#include "limn/engine/texts.h"
#include "limn/text/characters.h"
#include "limn/text/language.h"
#include "limn/text/near_duplicates.h"
#include "limn/text/vocabulary.h"
#include "limn/text/words.h"

namespace limn {
namespace {

// Documents in one row, items then texts then bios: the order of places.
std::vector<const std::string*> in_order(const Documents& documents) {
  std::vector<const std::string*> all;
  for (const auto* part : {&documents.items, &documents.texts, &documents.bios}) {
    for (const std::string& document : *part) all.push_back(&document);
  }
  return all;
}

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

Clustering cluster_points(const Matrix& points, const Config& config) {
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

// The language that most of the texts are in, told from a long passage: a title alone is too short.
std::string corpus_language(const Documents& documents) {
  constexpr std::size_t passage_bytes = 4096;
  constexpr std::size_t piece_bytes = 200;
  std::string passage;
  for (const auto* part : {&documents.items, &documents.texts}) {
    const std::size_t step = std::max<std::size_t>(1, part->size() * piece_bytes / passage_bytes);
    for (std::size_t i = 0; i < part->size(); i += step) {
      passage += (*part)[i].substr(0, piece_bytes) + "\n";
    }
  }
  const std::string language = guess_language(passage);
  return language == "und" ? "en" : language;  // names and titles: English stop words do no harm
}

// Words say something in a name when they have two Chinese characters, or three Latin letters.
bool can_name(const std::string& word) {
  constexpr std::size_t two_characters = 6;  // a Chinese one alone is a measure word, or worse
  if (!is_ascii(word)) return word.size() >= two_characters;
  constexpr std::size_t shortest = 3;
  return word.size() >= shortest &&
         std::any_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

// What may stand in the name of a document's topic: categories and tags whole, and the words of the
// prose.
std::vector<std::string> naming_terms(const std::vector<Item>& items, const Documents& documents,
                                      std::size_t i, const std::string& language) {
  const bool item = i < items.size();
  const std::string prose = item ? item_prose(items[i]) : documents.texts[i - items.size()];
  constexpr std::size_t tellable = 200;  // bytes from which on a text's own language can be told
  WordOptions options;
  options.stop_words = true;
  options.segmenter = documents.segmenter;
  options.lang = prose.size() >= tellable ? "auto" : language;
  std::vector<std::string> terms;
  for (std::string& word : words(prose, options)) {
    if (can_name(word)) terms.push_back(std::move(word));
  }
  if (!item) return terms;
  for (const auto* names : {&items[i].categories, &items[i].tags}) {
    for (const std::string& name : *names) terms.push_back(to_lower(name));
  }
  return terms;
}

CountedTexts count_naming_terms(const std::vector<Item>& items, const Documents& documents,
                                std::size_t count) {
  const std::string language = corpus_language(documents);
  std::vector<std::vector<std::string>> terms(count);
  constexpr std::size_t grain = 64;
  parallel_for(count, grain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i)
      terms[i] = naming_terms(items, documents, i, language);
  });
  TermCounter counter;
  for (const auto& document : terms) counter.add(document);
  VocabularyOptions options;
  options.min_df = count < 200 ? 1 : 2;
  return counter.take(options);
}

std::vector<TopicLabel> name_topics(const std::vector<Item>& items, const Documents& documents,
                                    std::span<const std::uint32_t> labels, std::size_t k) {
  const CountedTexts counted = count_naming_terms(items, documents, labels.size());
  std::vector<std::string> terms;
  for (std::uint32_t id = 0; id < counted.vocabulary.size(); ++id)
    terms.push_back(counted.vocabulary.term(id));
  LabelInput input;
  input.counts = counted.counts;
  input.labels = labels;
  input.k = k;
  input.terms = terms;
  LabelOptions options;
  // A word of one title in twenty at least, of an average topic: rarer ones are names, not topics.
  options.min_documents =
      std::max<std::size_t>(2, labels.size() / (20 * std::max<std::size_t>(1, k)));
  return label_topics(input, options);
}

// Where each user's texts are.
std::vector<std::vector<std::size_t>> places_by_user(const std::vector<EventText>& texts,
                                                     std::size_t users) {
  std::vector<std::vector<std::size_t>> places(users);
  for (std::size_t i = 0; i < texts.size(); ++i) places[texts[i].user].push_back(i);
  return places;
}

void find_copies(Documents& documents) {
  documents.copy_of = near_duplicates(documents.texts);
  documents.repeated.resize(documents.texts.size());
  std::set<std::pair<UserIndex, std::uint32_t>> said;
  for (std::size_t i = 0; i < documents.texts.size(); ++i) {
    const bool fresh = said.emplace(documents.text_users[i], documents.copy_of[i]).second;
    documents.repeated[i] = std::byte{!fresh};
  }
}

std::size_t count_wordless(const std::vector<std::string>& texts) {
  constexpr std::size_t grain = 64;
  return parallel_count(texts.size(), grain, [&](std::size_t i) {
    return !texts[i].empty() && !says_something(texts[i]);
  });
}

// The ids of the new clusters, matched to the old ones by the items and texts that both builds
// know.
TopicIds topic_ids(const Documents& documents, const std::vector<std::uint32_t>& labels,
                   std::size_t k, const Snapshot* previous) {
  if (previous == nullptr) return carry_ids({}, ClusterMatches(k));
  const std::size_t items = documents.items.size();
  std::vector<std::uint32_t> old_labels(labels.size(), no_cluster);
  const auto old_items = previous->profile_source().item_topics;
  std::copy_n(old_items.begin(), std::min(old_items.size(), items), old_labels.begin());
  for (std::size_t i = 0; i < documents.text_events.size(); ++i) {
    const auto row = previous->text_row(documents.text_events[i]);
    if (row) old_labels[items + i] = previous->text_topics()[*row];
  }
  TopicIds old_ids;
  for (const Topic& topic : previous->info().topics) old_ids.ids.push_back(topic.id);
  old_ids.next = previous->info().next_topic_id;
  return carry_ids(old_ids, match_by_members(old_labels, old_ids.ids.size(), labels, k));
}

}  // namespace

std::vector<std::string> Documents::all() const {
  std::vector<std::string> said;
  for (const std::string* document : in_order(*this)) {
    if (!document->empty()) said.push_back(*document);
  }
  return said;
}

Documents read_documents(const std::vector<User>& users, const std::vector<Item>& items,
                         const std::vector<EventText>& texts, const EventTimes& times, bool mask) {
  Documents documents;
  documents.items.resize(items.size());
  documents.texts.resize(texts.size());
  documents.bios.resize(users.size());
  constexpr std::size_t grain = 64;
  const auto clean_all = [](std::size_t n, const auto& clean_one) {
    parallel_for(n, grain, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) clean_one(i);
    });
  };
  clean_all(items.size(),
            [&](std::size_t i) { documents.items[i] = item_document(items[i], mask); });
  const auto by_user = places_by_user(texts, users.size());
  std::vector<std::size_t> trimmed(users.size());
  clean_all(users.size(), [&](std::size_t user) {
    std::vector<std::string_view> said;
    for (const std::size_t i : by_user[user]) said.emplace_back(texts[i].text);
    Writings writings = event_documents(said, mask);
    trimmed[user] = writings.trimmed;
    for (std::size_t s = 0; s < said.size(); ++s) {
      documents.texts[by_user[user][s]] = std::move(writings.documents[s]);
    }
  });
  documents.trimmed = std::accumulate(trimmed.begin(), trimmed.end(), std::size_t{0});
  clean_all(users.size(),
            [&](std::size_t i) { documents.bios[i] = user_document(users[i], mask); });
  for (const EventText& text : texts) {
    documents.text_events.push_back(text.event);
    documents.text_users.push_back(text.user);
    documents.text_times.push_back(times.find(text.event).value_or(Time{}));
  }
  find_copies(documents);
  documents.wordless = count_wordless(documents.texts);
  return documents;
}

Result<EmbeddedDocuments> embed_documents(const Documents& documents, const Encoder& encoder,
                                          const Snapshot* previous) {
  const std::vector<const std::string*> all = in_order(documents);
  const bool same_space =
      previous != nullptr && previous->info().fingerprint == encoder.fingerprint();
  std::vector<std::uint64_t> hashes(all.size());
  std::unordered_map<std::uint64_t, std::size_t> queued;  // hash to row of `fresh`
  std::vector<std::string> fresh;
  EmbeddedDocuments embedded;
  for (std::size_t i = 0; i < all.size(); ++i) {
    hashes[i] = hash64(*all[i]);
    if (all[i]->empty()) continue;
    ++embedded.documents;
    if (same_space && !previous->embedding(hashes[i]).empty()) continue;
    if (queued.emplace(hashes[i], fresh.size()).second) fresh.push_back(*all[i]);
  }
  LIMN_TRY(const Encoding encoding, encoder.encode(fresh));
  LIMN_TRY_VOID(Interrupt::check("build"));
  embedded.encoded = fresh.size();
  embedded.tokens = encoding.tokens;
  embedded.long_texts = encoding.long_texts;

  embedded.items = Matrix(documents.items.size(), encoder.dim());
  embedded.texts = Matrix(documents.texts.size(), encoder.dim());
  embedded.bios = Matrix(documents.bios.size(), encoder.dim());
  std::size_t place = 0;
  std::unordered_map<std::uint64_t, std::uint64_t> places;
  for (Matrix* rows : {&embedded.items, &embedded.texts, &embedded.bios}) {
    for (std::size_t i = 0; i < rows->rows(); ++i, ++place) {
      if (all[place]->empty()) continue;
      const auto found = queued.find(hashes[place]);
      const auto row = found != queued.end() ? encoding.embeddings.row(found->second)
                                             : previous->embedding(hashes[place]);
      std::copy(row.begin(), row.end(), rows->row(i).begin());
      places.emplace(hashes[place], place);
    }
  }
  for (const auto& [hash, where] : places) embedded.hashes.push_back(hash);
  std::sort(embedded.hashes.begin(), embedded.hashes.end());
  for (const std::uint64_t hash : embedded.hashes) embedded.places.push_back(places[hash]);
  return embedded;
}

std::vector<std::vector<TextEvent>> texts_by_user(const Documents& documents,
                                                  const EmbeddedDocuments& embedded, Time now) {
  std::vector<std::vector<TextEvent>> texts(documents.bios.size());
  for (std::size_t user = 0; user < texts.size(); ++user) {
    if (documents.bios[user].empty()) continue;
    texts[user].push_back({.embedding = embedded.bios.row(user), .time = now});
  }
  for (std::size_t i = 0; i < documents.texts.size(); ++i) {
    if (documents.texts[i].empty() || documents.repeated[i] != std::byte{0}) continue;
    texts[documents.text_users[i]].push_back({.event = documents.text_events[i],
                                              .embedding = embedded.texts.row(i),
                                              .weight = documents.text_weight(i),
                                              .time = documents.text_times[i]});
  }
  return texts;
}

Result<Topics> find_topics(const std::vector<Item>& items, const Documents& documents,
                           const EmbeddedDocuments& embedded, const Config& config,
                           const Snapshot* previous) {
  const Matrix points = topic_points(documents, embedded);
  Topics topics;
  topics.item_topics.assign(documents.items.size(), no_topic);
  topics.text_topics.assign(documents.texts.size(), no_topic);
  if (points.cols() == 0 || embedded.documents == 0) return topics;

  Clustering clustering = cluster_points(points, config);
  LIMN_TRY_VOID(Interrupt::check("build"));
  topics.inertia_spread = restart_spread(clustering);
  const std::vector<std::uint32_t> text_labels =
      assign(embedded.texts, clustering.centroids).labels;
  std::vector<std::uint32_t> labels(
      clustering.labels.begin(),
      clustering.labels.begin() + static_cast<std::ptrdiff_t>(documents.items.size()));
  topics.item_topics = labels;
  topics.text_topics = text_labels;
  labels.insert(labels.end(), text_labels.begin(), text_labels.end());
  const std::size_t k = clustering.centroids.rows();
  const TopicIds ids = topic_ids(documents, labels, k, previous);
  const std::vector<TopicLabel> names = name_topics(items, documents, clustering.labels, k);
  topics.next_id = ids.next;
  topics.topics.resize(k);
  for (std::size_t t = 0; t < k; ++t) {
    topics.topics[t].id = ids.ids[t];
    topics.topics[t].label = names[t].label;
    for (const WeightedTerm& term : names[t].terms)
      topics.topics[t].terms.emplace_back(term.text, rounded(term.weight));
  }
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const std::size_t items_before = documents.items.size();
    const bool copy = i >= items_before && documents.copy_of[i - items_before] != i - items_before;
    if (labels[i] == no_cluster || copy) continue;
    Topic& topic = topics.topics[labels[i]];
    ++(i < documents.items.size() ? topic.items : topic.texts);
  }
  topics.centroids = std::move(clustering.centroids);
  return topics;
}

}  // namespace limn
