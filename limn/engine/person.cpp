#include "limn/engine/person.h"

#include <algorithm>
#include <set>

#include "limn/cluster/assign.h"
#include "limn/core/hash.h"
#include "limn/engine/histories.h"
#include "limn/engine/opinions.h"
#include "limn/engine/texts.h"
#include "limn/text/clean.h"

namespace limn {
namespace {

// Words that wait for an embedding.
struct Words {
  TextEvent event;
  std::string text;
};

// (words): the topic that each is nearest to, no_topic where there are no topics.
std::vector<std::uint32_t> topics_of(const std::vector<Words>& words, MatrixView centroids) {
  if (centroids.empty()) return std::vector<std::uint32_t>(words.size(), no_topic);
  Matrix embeddings(words.size(), centroids.cols());
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::copy(words[i].event.embedding.begin(), words[i].event.embedding.end(),
              embeddings.row(i).begin());
  }
  return assign(embeddings, centroids).labels;
}

// Gives each text its embedding: from the snapshot where the build read it, else from the encoder,
// in one call.
Result<void> embed(std::vector<Words> words, const Snapshot& snapshot, Person& person,
                   const std::function<Result<const Encoder*>()>& encoder) {
  std::vector<std::string> unread;
  std::vector<std::size_t> owners;
  for (std::size_t i = 0; i < words.size(); ++i) {
    words[i].event.embedding = snapshot.embedding(hash64(words[i].text));
    if (!words[i].event.embedding.empty()) continue;
    unread.push_back(words[i].text);
    owners.push_back(i);
  }
  if (!unread.empty()) {
    LIMN_TRY(const Encoder* ready, encoder());
    LIMN_TRY(Encoding encoding, ready->encode(unread));
    person.fresh_embeddings = std::move(encoding.embeddings);
    for (std::size_t i = 0; i < owners.size(); ++i) {
      words[owners[i]].event.embedding = std::as_const(person.fresh_embeddings).row(i);
    }
  }
  const std::vector<std::uint32_t> topics = topics_of(words, snapshot.topic_centroids());
  for (std::size_t i = 0; i < words.size(); ++i) {
    words[i].event.topic = topics[i];
    person.texts.push_back(words[i].event);
  }
  return {};
}

void add_words(std::vector<Words>& words, std::string text, std::int64_t event, float weight,
               Time time) {
  if (text.empty()) return;
  words.push_back({{.event = event, .weight = weight, .time = time}, std::move(text)});
}

void add_ratings(const EventTable& table, Person& person) {
  for (const DatedRating& one : ratings_of(table))
    person.ratings.push_back({one.rating.item, one.rating.value});
}

// Ranking alone needs no texts but those that the build has embedded already.
void gather_columns(EventTable table, const Snapshot& snapshot, const Config& config,
                    Person& person) {
  for (std::size_t row = 0; row < table.size(); ++row) {
    const auto text = snapshot.text_row(table.id[row]);
    const float stars = text ? snapshot.text_stars()[*text] : 0;
    if (stars != 0 && table.value[row] == 0) table.value[row] = stars;
  }
  person.history = weighted_history(table, 0, table.size(), event_weight_options(config));
  for (std::size_t row = 0; row < table.size(); ++row) {
    person.now = std::max(person.now, table.time[row]);
    const auto text = snapshot.text_row(table.id[row]);
    if (!text || snapshot.repeats(*text)) continue;
    person.texts.push_back({.event = table.id[row],
                            .embedding = snapshot.text_embeddings().row(*text),
                            .weight = snapshot.text_weights()[*text],
                            .time = table.time[row]});
  }
}

// The weight of an event: of a review without stars by what its words say.
float told_weight(const Event& event, const Snapshot& snapshot, const EventWeightOptions& options) {
  const float value = told_value(event.kind, event.value, event.text, snapshot.opinions(), options);
  return event_weight(event.kind, value, options);
}

// What the user wrote, each thing once: not what the build found to be said before, nor what was
// said again since.
void add_writings(const Snapshot& snapshot, const EventWeightOptions& options, bool mask,
                  const Person& person, std::vector<Words>& words) {
  std::vector<const Event*> written;
  std::vector<std::string_view> texts;
  for (const Event& event : person.events) {
    if (event.text.empty()) continue;
    written.push_back(&event);
    texts.emplace_back(event.text);
  }
  Writings writings = event_documents(texts, mask);
  std::set<std::string> said;
  for (std::size_t i = 0; i < written.size(); ++i) {
    const auto row = snapshot.text_row(written[i]->id);
    const bool again = !said.insert(writings.documents[i]).second;
    if (again || (row && snapshot.repeats(*row))) continue;
    const float weight = told_weight(*written[i], snapshot, options);
    add_words(words, std::move(writings.documents[i]), written[i]->id, words_weight(weight),
              written[i]->time);
  }
}

Result<void> gather_events(const Store& store, const Snapshot& snapshot, const Config& config,
                           Person& person, std::vector<Words>& words) {
  LIMN_TRY(person.events, store.user_events(*person.number));
  const EventWeightOptions options = event_weight_options(config);
  for (const Event& event : person.events) {
    person.now = std::max(person.now, event.time);
    const float weight = told_weight(event, snapshot, options);
    if (!event.item.empty()) {
      LIMN_TRY(const std::optional<ItemIndex> item, store.find_item(event.item));
      if (item) person.history.push_back({*item, weight, event.time, event.id});
    }
  }
  add_writings(snapshot, options, config.text.mask_personal_data, person, words);
  return {};
}

// Whether the user did something since the build: then there may be words that it has not read.
bool has_news(const EventTable& table, const Snapshot& snapshot) {
  return std::any_of(table.id.begin(), table.id.end(),
                     [&](std::int64_t id) { return id > snapshot.info().last_event; });
}

}  // namespace

std::optional<UserIndex> Person::row(const Snapshot& snapshot) const {
  if (!number || *number >= snapshot.info().users) return std::nullopt;
  return number;
}

Result<Person> gather(const Store& store, const Snapshot& snapshot, const Config& config,
                      std::string_view user_id, const PersonOptions& options,
                      const std::function<Result<const Encoder*>()>& encoder) {
  Person person;
  person.id = user_id;
  person.record.id = user_id;
  person.now = snapshot.info().now;
  const bool mask = config.text.mask_personal_data;
  LIMN_TRY(person.number, store.find_user(user_id));
  std::vector<Words> words;
  if (person.number) {
    LIMN_TRY(const std::optional<User> record, store.user(*person.number));
    if (record) person.record = *record;
    add_words(words, user_document(person.record, mask), 0, 1, person.now);
    if (mask) {
      mask_labels(person.record.tags, WrittenBy::users);
      mask_attributes(person.record.attributes);
    }
    std::optional<EventTable> columns;
    if (!options.whole_events) {
      LIMN_TRY(columns, store.history(*person.number));
      if (snapshot.info().ratings.ratings > 0) add_ratings(*columns, person);
      if (has_news(*columns, snapshot)) columns.reset();
    }
    if (columns) {
      gather_columns(std::move(*columns), snapshot, config, person);
    } else {
      LIMN_TRY_VOID(gather_events(store, snapshot, config, person, words));
    }
  }
  add_words(words, user_document({.text = options.words}, mask), 0, 1, person.now);
  LIMN_TRY_VOID(embed(std::move(words), snapshot, person, encoder));
  return person;
}

Profile profile_of(const Person& person, const Snapshot& snapshot, const Config& config) {
  ProfileInput input;
  input.history = person.history;
  input.texts = person.texts;
  input.events = person.events;
  input.declared_tags = person.record.tags;
  input.now = person.now;
  ProfileOptions options;
  options.half_life_days = config.profile.half_life_days;
  return make_profile(snapshot.profile_source(), input, options);
}

}  // namespace limn
