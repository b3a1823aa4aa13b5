// Evaluating a data folder. What is past is decided once, by the split; of a split at one moment
// the whole log is read as it was then, so that no text, tag or item of later can be met.
#include <algorithm>
#include <unordered_set>

#include "limn/engine/catalogue.h"
#include "limn/engine/evaluate_past.h"
#include "limn/engine/histories.h"
#include "limn/engine/lists.h"
#include "limn/engine/opinions.h"
#include "limn/engine/topics.h"
#include "limn/eval/leaks.h"

namespace limn {
namespace {

// The log's events as the split sees them: `event` is the row of the table, and the weight says
// only whether the user liked the item, which is what relevance asks.
UserHistories judged_histories(const EventTable& events, std::size_t users, const Config& config) {
  UserHistories histories(users);
  const EventWeightOptions weights = event_weight_options(config);
  for (std::size_t row = 0; row < events.size(); ++row) {
    if (events.item[row] == no_item) continue;
    const std::string& kind = events.kinds[events.kind[row]];
    // What was only shown is no choice: it is neither past nor future.
    if (event_weight(kind, events.value[row], weights) == 0 && kind != "rate") continue;
    histories[events.user[row]].push_back(
        {events.item[row], is_liked(kind, events.value[row], weights, config) ? 1.0F : 0.0F,
         events.time[row], static_cast<std::int64_t>(row)});
  }
  return histories;
}

// The same training events, weighted as a build weighs them.
std::vector<std::vector<HistoryEntry>> weighted(UserHistories train, const EventTable& events,
                                                const Config& config) {
  const EventWeightOptions weights = event_weight_options(config);
  for (auto& history : train) {
    for (HistoryEntry& entry : history) {
      const auto row = static_cast<std::size_t>(entry.event);
      entry.weight = event_weight(events.kinds[events.kind[row]], events.value[row], weights);
    }
  }
  return train;
}

// What stars were given, on either side of the split.
RatingSplit split_ratings(const Split& split, const EventTable& events,
                          std::span<const float> stars) {
  RatingSplit ratings;
  for (UserIndex user = 0; user < split.users(); ++user) {
    const auto given = [&](const HistoryEntry& entry) {
      const auto row = static_cast<std::size_t>(entry.event);
      return has_stars(events.kinds[events.kind[row]], stars[row]);
    };
    for (const HistoryEntry& entry : split.train[user]) {
      const float value = stars[static_cast<std::size_t>(entry.event)];
      if (given(entry)) ratings.train.push_back({{user, entry.item, value}, entry.time});
    }
    for (const HistoryEntry& entry : split.test[user]) {
      const float value = stars[static_cast<std::size_t>(entry.event)];
      if (given(entry)) ratings.test.push_back({user, entry.item, value});
    }
  }
  return ratings;
}

// The texts without the words of what is to be predicted: those of test events, and what the same
// user said from the first of them on.
std::vector<EventText> past_texts(const Log& log, const Split& split) {
  const std::vector<Time> begins = future_begins(split);
  const EventTimes times(log.events);
  std::unordered_set<std::int64_t> tested;
  for (const auto& test : split.test) {
    for (const HistoryEntry& entry : test)
      tested.insert(log.events.id[static_cast<std::size_t>(entry.event)]);
  }
  std::vector<EventText> past;
  for (const EventText& text : log.texts) {
    const std::optional<Time> time = times.find(text.event);
    const bool early = time && *time < begins[text.user];
    if (early && !tested.contains(text.event)) past.push_back(text);
  }
  return past;
}

// What may be read: (users), (items) and texts of the past. Of a cut at one moment, the log as of
// the last moment before it.
Log readable_log(const Log& log, const Split& split, std::optional<LeftOut>& left_out) {
  if (!split.cut) {
    Log past = log;
    past.texts = past_texts(log, split);
    return past;
  }
  PastLog past = log_as_of(log, *split.cut - Time::duration{1});
  left_out = past.left_out;
  // Numbers stay what the split has.
  past.log.users.resize(log.users.size());
  past.log.items.resize(log.items.size());
  return std::move(past.log);
}

// The guard before the encoder: names a record of the future among what is read.
Result<void> check_readable(const Log& past, const Split& split) {
  std::vector<DatedRecord> records;
  const EventTimes times(past.events);
  for (const EventText& text : past.texts) {
    records.push_back({fmt::format("the text of event {}", text.event), text.user,
                       times.find(text.event).value_or(Time::max())});
  }
  std::optional<std::string> leak = find_leak(records, split);
  if (!leak && split.cut) leak = find_leak(past, *split.cut - Time::duration{1});
  if (!leak) return {};
  return fail(ErrorCode::corrupt, "cannot evaluate: {} (the future reached the texts)", *leak);
}

// Embeds what may be read, and sorts the items by it.
Result<void> read_past(const Log& log, const Store& store, const Config& config,
                       const EncoderPlaces& places, Past& past) {
  Documents documents = read_documents(log.users, log.items, log.texts, EventTimes(log.events),
                                       config.text.mask_personal_data);
  documents.text_weights = words_weights(log.events, log.texts, event_weight_options(config));
  const SparseMatrix categories = make_catalogue(log.items).item_categories;
  past.item_classes = list_classes(categories, {}, 0);
  const std::vector<std::string> all = documents.all();
  if (all.empty()) return {};
  LIMN_TRY(const auto encoder,
           make_encoder(resolve_encoder(config.encode.encoder, all, places), all, config));
  const auto previous = Snapshot::open_current(store.folder());
  LIMN_TRY(EmbeddedDocuments embedded,
           embed_documents(documents, *encoder, previous ? &*previous : nullptr));
  past.embedded = std::move(embedded);
  past.item_texts = documents.items;
  past.texts = texts_by_user(documents, past.embedded, past.now);
  if (past.item_classes.cols() > 0) return {};
  LIMN_TRY(const Topics topics, find_topics({.users = log.users,
                                             .items = log.items,
                                             .documents = documents,
                                             .embedded = past.embedded,
                                             .encoder = *encoder,
                                             .config = config}));
  past.item_classes = list_classes(categories, topics.item_topics, topics.topics.size());
  return {};
}

}  // namespace

Result<Evaluation> evaluate_store(const Store& store, const Config& config,
                                  const EncoderPlaces& places, const EvaluationOptions& options) {
  if (!options.runs.empty()) {
    return fail(ErrorCode::invalid_argument,
                "cannot evaluate: --run: a run belongs to files (--train and --test)");
  }
  Past past;
  LIMN_TRY(past.ranker, wanted_ranker(config, places));
  past.lightgbm = lightgbm_library(config, places);
  LIMN_TRY(Log log, read_log(store));
  const std::vector<float> stars = log.events.value;  // before words tell some of their own
  // By the lexicon alone: ratings of the test part must teach nothing.
  (void)tell_stars(log.events, log.texts, OpinionModel(), event_weight_options(config));
  const Split split = split_events(judged_histories(log.events, log.users.size(), config),
                                   log.items.size(), options.split);
  past.ratings = split_ratings(split, log.events, stars);
  past.histories = weighted(split.train, log.events, config);
  past.known = past.histories;
  for (const auto& history : past.histories) {
    for (const HistoryEntry& entry : history) past.now = std::max(past.now, entry.time);
  }
  for (const User& user : log.users) past.user_ids.push_back(user.id);
  const Log readable = readable_log(log, split, past.left_out);
  LIMN_TRY_VOID(check_readable(readable, split));
  if (const auto leak = find_leak(past.histories, split)) {
    return fail(ErrorCode::corrupt, "cannot evaluate: {} (the future reached the fits)", *leak);
  }
  LIMN_TRY_VOID(read_past(readable, store, config, places, past));
  return evaluate_past(split, past, config, {.all = options.relevant_all, .at_least = {}}, options);
}

}  // namespace limn
