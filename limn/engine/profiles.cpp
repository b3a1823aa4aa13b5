// The profile card, and who and what is similar.
#include <algorithm>
#include <array>
#include <set>

#include "limn/core/vector_ops.h"
#include "limn/engine/engine_state.h"
#include "limn/engine/predicted_stars.h"
#include "limn/recommend/similar_users.h"

namespace limn {
namespace {

// What the names of a profile are read from, for as long as the answer lives.
struct NameSource {
  std::shared_ptr<const Snapshot> snapshot;
  ItemNames items;
};

std::vector<ItemIndex> items_named_in(const Profile& profile) {
  std::vector<ItemIndex> items;
  for (const auto* interests : {&profile.interests, &profile.tags}) {
    for (const Interest& interest : *interests) {
      for (const InterestEvidence& evidence : interest.evidence) items.push_back(evidence.item);
    }
  }
  for (const auto* opinions : {&profile.liked, &profile.disliked}) {
    for (const ItemOpinion& opinion : *opinions) items.push_back(opinion.item);
  }
  return items;
}

ProfileNames make_names(std::shared_ptr<const NameSource> source) {
  ProfileNames names;
  const auto* info = &source->snapshot->info();
  names.topic_label = [info](std::uint32_t t) { return info->topics[t].label; };
  names.segment_label = [info](std::uint32_t s) { return info->segments[s].label; };
  names.tag = [source](std::uint32_t t) { return std::string(source->snapshot->tag(t)); };
  names.item_id = [source](ItemIndex i) { return source->items.item(i).id; };
  names.item_title = [source](ItemIndex i) { return source->items.title(i); };
  return names;
}

// The user's events as the writer of personas reads them. Borrows from `person` and `items`.
std::vector<PersonaEvent> persona_events(const Person& person, const Snapshot& snapshot,
                                         const ItemNames& items,
                                         const std::vector<ItemIndex>& numbers) {
  std::vector<PersonaEvent> events;
  std::size_t h = 0;
  for (std::size_t e = 0; e < person.events.size(); ++e) {
    const Event& event = person.events[e];
    PersonaEvent told{.id = event.id,
                      .kind = event.kind,
                      .value = event.value,
                      .text = event.text,
                      .time = event.time};
    told.item = numbers[e];
    if (told.item != no_item) {
      told.title = items.title(told.item);
      if (told.item < snapshot.info().items)
        told.topic = snapshot.profile_source().item_topics[told.item];
      told.weight = person.history[h++].weight;
    }
    events.push_back(told);
  }
  return events;
}

// The item of each event, no_item where there is none. Events about an item are those of the
// history, in order.
std::vector<ItemIndex> event_items(const Person& person) {
  std::vector<ItemIndex> numbers;
  std::size_t h = 0;
  for (const Event& event : person.events) {
    const bool about_item = h < person.history.size() && person.history[h].event == event.id;
    numbers.push_back(about_item ? person.history[h++].item : no_item);
  }
  return numbers;
}

// To ask, answer or comment shows an interest in an item, which is no liking of it: what was only
// talked about is not among the likes.
void drop_talk(const Person& person, const std::vector<ItemIndex>& numbers, Profile& profile) {
  static constexpr std::array<std::string_view, 3> talk{"ask", "answer", "comment"};
  std::set<ItemIndex> chosen;
  for (std::size_t e = 0; e < person.events.size(); ++e) {
    if (std::find(talk.begin(), talk.end(), person.events[e].kind) == talk.end())
      chosen.insert(numbers[e]);
  }
  std::erase_if(profile.liked, [&](const ItemOpinion& one) { return !chosen.contains(one.item); });
}

ItemNoun noun_for(const Config& config, Language language) {
  if (language == Language::chinese) return {config.profile.noun_zh, config.profile.noun_zh};
  return {config.profile.noun_en, config.profile.nouns_en};
}

std::vector<std::string> labels_of(const std::vector<Shared>& shared, const ProfileNames& names) {
  std::vector<std::string> labels;
  for (const Shared& one : shared) {
    switch (one.kind) {
      case SharedKind::topic: labels.push_back(names.topic_label(one.index)); break;
      case SharedKind::tag: labels.push_back(names.tag(one.index)); break;
      case SharedKind::item: labels.push_back(names.item_title(one.index)); break;
    }
  }
  return labels;
}

tl::unexpected<Error> no_such_user(std::string_view user, const std::filesystem::path& folder) {
  return fail(ErrorCode::not_found, "cannot find user: {}: no such user in {}", user,
              folder.string());
}

}  // namespace

Result<ProfileAnswer> Engine::profile(std::string_view user, Language language,
                                      std::string_view words) {
  const bool mask = state_->config.text.mask_personal_data;
  LIMN_TRY(const std::shared_ptr<const Snapshot> snapshot, state_->snapshot());
  LIMN_TRY(const Person person, state_->person(*snapshot, user, {.words = std::string(words)}));
  if (!person.number && words.empty()) return no_such_user(user, state_->folder);

  ProfileAnswer answer;
  answer.user = person.record;
  answer.known = person.number.has_value();
  answer.generation = snapshot->number();
  answer.profile = profile_of(person, *snapshot, state_->config);
  const std::vector<ItemIndex> numbers = event_items(person);
  drop_talk(person, numbers, answer.profile);
  std::vector<ItemIndex> named = items_named_in(answer.profile);
  named.insert(named.end(), numbers.begin(), numbers.end());
  LIMN_TRY(ItemNames items, ItemNames::read(state_->store, std::move(named), mask));
  const auto source = std::make_shared<const NameSource>(NameSource{snapshot, std::move(items)});
  answer.names = make_names(source);
  answer.borrowed = source;

  const std::vector<PersonaEvent> events =
      persona_events(person, *snapshot, source->items, numbers);
  answer.persona = write_persona({.profile = answer.profile,
                                  .names = answer.names,
                                  .events = events,
                                  .bio = person.record.text.empty() ? words : person.record.text,
                                  .noun = noun_for(state_->config, language),
                                  .now = person.now,
                                  .mask_personal_data = mask},
                                 language);
  return answer;
}

Result<std::vector<SimilarUser>> Engine::similar_users(std::string_view user, std::size_t n) {
  const bool mask = state_->config.text.mask_personal_data;
  LIMN_TRY(const std::shared_ptr<const Snapshot> snapshot, state_->snapshot());
  LIMN_TRY(const Person person, state_->person(*snapshot, user, {}));
  if (!person.number) return no_such_user(user, state_->folder);
  const Profile profile = profile_of(person, *snapshot, state_->config);
  const std::vector<Scored> nearest =
      nearest_users(snapshot->models().user_vectors, profile.fused, n, person.row(*snapshot));

  // What both like is named in either's profile.
  LIMN_TRY(ItemNames items, ItemNames::read(state_->store, items_named_in(profile), mask));
  const ProfileNames names =
      make_names(std::make_shared<const NameSource>(NameSource{snapshot, std::move(items)}));
  std::vector<SimilarUser> answers;
  for (const Scored& scored : nearest) {
    LIMN_TRY(const std::optional<User> other, state_->store.user(scored.index));
    if (!other || scored.score <= 0) continue;
    LIMN_TRY(const Person neighbour, state_->person(*snapshot, other->id, {}));
    const Profile theirs = profile_of(neighbour, *snapshot, state_->config);
    SimilarUser& answer = answers.emplace_back();
    answer.id = other->id;
    answer.score = scored.score;
    answer.shared = shared_likes(profile, theirs);
    answer.shared_labels = labels_of(answer.shared, names);
  }
  return answers;
}

Result<std::vector<SimilarItem>> Engine::similar_items(std::string_view item, std::size_t n) {
  const bool mask = state_->config.text.mask_personal_data;
  LIMN_TRY(const std::shared_ptr<const Snapshot> snapshot, state_->snapshot());
  LIMN_TRY(const ItemIndex number, state_->known_item(*snapshot, item));
  const ModelView& models = snapshot->models();
  const std::vector<float> scores = item_likeness(models, number);
  TopK best(n);
  for (std::uint32_t i = 0; i < scores.size(); ++i) {
    if (i != number && snapshot->hidden()[i] == std::byte{0}) best.offer(i, scores[i]);
  }
  const std::vector<Scored> nearest = best.take();

  std::vector<ItemIndex> named;
  for (const Scored& scored : nearest) named.push_back(scored.index);
  LIMN_TRY(const ItemNames names, ItemNames::read(state_->store, std::move(named), mask));
  const ProfileSource& source = snapshot->profile_source();
  const SparseRow own_tags = source.item_tags.row(number);
  const PredictedStars stars(*snapshot, {});
  std::vector<SimilarItem> answers;
  for (const Scored& scored : nearest) {
    SimilarItem& answer = answers.emplace_back();
    answer.id = names.item(scored.index).id;
    answer.title = names.title(scored.index);
    answer.score = scored.score;
    answer.predicted_rating = stars.of(scored.index);
    const std::uint32_t topic = source.item_topics[number];
    if (topic != no_topic && topic == source.item_topics[scored.index]) {
      answer.shared.push_back(snapshot->info().topics[topic].label);
    }
    for (const std::uint32_t tag : source.item_tags.row(scored.index).cols) {
      if (std::binary_search(own_tags.cols.begin(), own_tags.cols.end(), tag)) {
        answer.shared.emplace_back(snapshot->tag(tag));
      }
    }
  }
  return answers;
}

}  // namespace limn
