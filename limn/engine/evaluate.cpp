// The split decides what is past; from there on the way is a build's: the same fits, the same
// choice of weights, cut from the past alone. The test part is handed to the metrics and to nothing
// else.
#include "limn/engine/evaluate.h"

#include <algorithm>
#include <limits>

#include "limn/core/stopwatch.h"
#include "limn/engine/choose_models.h"
#include "limn/engine/histories.h"
#include "limn/engine/models.h"
#include "limn/engine/reading.h"
#include "limn/engine/strategies.h"

namespace limn {
namespace {

constexpr std::string_view blend_name = "blend";

// The past, ready to be fitted on.
struct Past {
  std::vector<std::vector<HistoryEntry>> histories;  // (users), weighted: what is fitted on
  std::vector<std::vector<HistoryEntry>> known;      // (users), weighted: what is asked with
  std::vector<std::vector<TextEvent>> texts;         // (users), or empty
  EmbeddedDocuments embedded;                      // what `texts` borrow from; items' may be empty
  std::vector<std::string> item_texts;             // (items), or empty
  std::vector<std::vector<HistoryEntry>> later;    // (users): to choose on; or empty
  std::vector<std::vector<ItemIndex>> candidates;  // (users): all that is ranked; or empty
  Time now{};
  bool dated = true;
};

bool wanted(const EvaluationOptions& options, std::string_view name) {
  if (options.recommenders.empty()) return true;
  return std::any_of(
      options.recommenders.begin(), options.recommenders.end(), [&](const std::string& asked) {
        return asked == name || asked == "all" || (asked == "auto" && name == blend_name);
      });
}

Result<void> check_names(const EvaluationOptions& options, const std::vector<std::string>& parts) {
  for (const std::string& asked : options.recommenders) {
    const bool known = asked == "all" || asked == "auto" || asked == blend_name ||
                       std::find(parts.begin(), parts.end(), asked) != parts.end();
    if (!known) {
      return fail(ErrorCode::invalid_argument,
                  "cannot evaluate: {}: no such recommender here (all, auto, blend, {})", asked,
                  fmt::join(parts, ", "));
    }
  }
  return {};
}

Strategy strategy_of(const ChosenWeights& weights, const std::vector<std::string>& parts) {
  Strategy strategy;
  for (std::size_t bucket = 0; bucket < weights.weights.size(); ++bucket) {
    for (std::size_t p = 0; p < parts.size(); ++p) {
      strategy.parameters.part_weights[bucket][parts[p]] = weights.weights[bucket][p];
    }
  }
  return strategy;
}

// Nothing but `candidates`, ascending, is to be ranked.
void keep_candidates(std::span<const ItemIndex> candidates, std::span<float> scores) {
  auto next = candidates.begin();
  for (ItemIndex item = 0; item < scores.size(); ++item) {
    if (next != candidates.end() && *next == item) {
      ++next;
    } else {
      scores[item] = -std::numeric_limits<float>::infinity();
    }
  }
}

// A scorer of one part or of the blend; makes the query anew for each, so that its time is counted.
NamedScorer scorer(std::string name, const Recommender& recommender, const ModelView& models,
                   const Past& past, const Config& config) {
  NamedScorer named;
  named.name = std::move(name);
  named.score = [&recommender, models, &past, &config](UserIndex user, std::span<float> scores) {
    const auto texts =
        past.texts.empty() ? std::span<const TextEvent>() : std::span(past.texts[user]);
    const QueryState state =
        make_query(models, past.known[user], texts, user, past.now, history_decay(), config);
    recommender.score(state.query(), scores);
    if (!past.candidates.empty()) keep_candidates(past.candidates[user], scores);
  };
  return named;
}

JsonObject weights_json(const ChosenWeights& weights, const std::vector<std::string>& parts) {
  JsonObject json;
  static constexpr std::array<std::string_view, history_bucket_count> buckets{"0", "1-3", "4-10",
                                                                              "more"};
  for (std::size_t bucket = 0; bucket < buckets.size(); ++bucket) {
    JsonObject row;
    for (std::size_t p = 0; p < parts.size(); ++p)
      row[parts[p]] = rounded(weights.weights[bucket][p]);
    json[buckets[bucket]] = std::move(row);
  }
  return {{"weights", std::move(json)}, {"validation_ndcg", rounded(weights.ndcg)}};
}

std::optional<BlendVerdict> judge(const EvaluationReport& report, std::size_t k) {
  const std::string metric = fmt::format("ndcg@{}", k);
  const RecommenderReport* blend = nullptr;
  const RecommenderReport* best = nullptr;
  for (const RecommenderReport& row : report.rows) {
    if (row.name == blend_name)
      blend = &row;
    else if (best == nullptr || row.metrics.at(metric) > best->metrics.at(metric))
      best = &row;
  }
  if (blend == nullptr || best == nullptr) return std::nullopt;
  return BlendVerdict{best->name, metric,
                      paired_bootstrap(best->per_user.at(metric), blend->per_user.at(metric))};
}

// Fits on `past` and ranks `split`.
Result<Evaluation> run(const Split& split, const Past& past, const Config& config,
                       const Relevance& relevance, const EvaluationOptions& options) {
  const Stopwatch watch;
  const std::vector<History> views = as_views(past.histories);
  Training training;
  training.histories = views;
  training.user_texts = past.texts;
  training.items = split.items;
  training.item_embeddings = past.embedded.items;
  training.now = past.now;
  training.dated = past.dated;
  const SparseMatrix neighbours = fit_text_weights(past.embedded.items, config);
  training.text_neighbours = neighbours;
  const SparseMatrix words = fit_word_weights(past.item_texts, config);
  training.word_neighbours = words;
  LIMN_TRY(const ChosenModels chosen,
           choose_models(training, config, {.k = options.ks.front(), .later = past.later}));
  LIMN_TRY(const FittedModels fitted, fit_models(training, config, chosen.found.settings));
  const double fit_seconds = watch.seconds();
  const ModelView models = fitted.view(training);
  const Parts parts(models, config);
  LIMN_TRY_VOID(check_names(options, parts.names()));

  std::vector<NamedScorer> scorers;
  for (std::size_t p = 0; p < parts.names().size(); ++p) {
    if (!wanted(options, parts.names()[p])) continue;
    scorers.push_back(scorer(parts.names()[p], *parts.all()[p], models, past, config));
    scorers.back().fit_seconds = fit_seconds;
  }
  std::optional<Blend> blend;
  if (wanted(options, blend_name)) {
    const ChosenWeights& weights = chosen.weights;
    blend.emplace(std::vector<const Recommender*>(parts.all().begin(), parts.all().end()),
                  blend_weights(strategy_of(weights, parts.names()), parts.names()));
    scorers.push_back(scorer(std::string(blend_name), *blend, models, past, config));
    scorers.back().settings = weights_json(weights, parts.names());
    scorers.back().settings["search"] = to_json(chosen.found);
    scorers.back().fit_seconds = watch.seconds();
  }
  EvaluateOptions protocol;
  protocol.ks = options.ks;
  protocol.denominator = options.denominator;
  protocol.relevance = relevance;
  protocol.embeddings = past.embedded.items;
  protocol.bootstrap.seed = static_cast<std::uint64_t>(config.runtime.seed);
  Evaluation evaluation;
  LIMN_TRY(evaluation.report, evaluate(split, scorers, protocol));
  evaluation.verdict = judge(evaluation.report, options.ks.front());
  evaluation.seconds = watch.seconds();
  return evaluation;
}

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

// Documents without the words of what is to be predicted.
Documents past_documents(const std::vector<User>& users, const std::vector<Item>& items,
                         const std::vector<EventText>& texts, const EventTable& events,
                         const Split& split) {
  std::vector<Time> first_test(users.size(), Time::max());
  for (std::size_t user = 0; user < users.size(); ++user) {
    if (!split.test[user].empty()) first_test[user] = split.test[user].front().time;
  }
  const EventTimes times(events);
  std::vector<EventText> past;
  for (const EventText& text : texts) {
    const std::optional<Time> time = times.find(text.event);
    if (time && *time < first_test[text.user]) past.push_back(text);
  }
  return read_documents(users, items, past, times);
}

Result<void> read_past_texts(const Documents& documents, const Store& store, const Config& config,
                             const EncoderPlaces& places, Past& past) {
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
  return {};
}

Time newest(const UserHistories& histories) {
  Time last{};
  for (const auto& history : histories) {
    for (const HistoryEntry& entry : history) last = std::max(last, entry.time);
  }
  return last;
}

// A sequence has an order but no clock: the place stands for the time, a second each.
void number_places(std::vector<std::vector<HistoryEntry>>& histories) {
  for (auto& history : histories) {
    for (std::size_t place = 0; place < history.size(); ++place) {
      history[place].time = Time{std::chrono::seconds{static_cast<std::int64_t>(place)}};
    }
  }
}

}  // namespace

Result<Evaluation> evaluate_store(const Store& store, const Config& config,
                                  const EncoderPlaces& places, const EvaluationOptions& options) {
  LIMN_TRY(const std::vector<User> users, store.read_users());
  LIMN_TRY(const std::vector<Item> items, store.read_items());
  LIMN_TRY(const EventTable events, store.read_events());
  LIMN_TRY(const std::vector<EventText> texts, store.read_event_texts());
  const Split split =
      split_events(judged_histories(events, users.size(), config), items.size(), options.split);

  Past past;
  past.histories = split.train;
  const EventWeightOptions weights = event_weight_options(config);
  for (auto& history : past.histories) {
    for (HistoryEntry& entry : history) {
      const auto row = static_cast<std::size_t>(entry.event);
      entry.weight = event_weight(events.kinds[events.kind[row]], events.value[row], weights);
    }
  }
  past.now = newest(past.histories);
  past.known = past.histories;
  const Documents documents = past_documents(users, items, texts, events, split);
  LIMN_TRY_VOID(read_past_texts(documents, store, config, places, past));
  return run(split, past, config, {.all = options.relevant_all, .at_least = {}}, options);
}

Result<Evaluation> evaluate_files(const SplitFiles& files, const Config& config,
                                  const EncoderPlaces& places, const EvaluationOptions& options) {
  LIMN_TRY(PublishedSplit published, read_split(files));
  Split& split = published.split;
  if (files.test.empty() && count_events(split.test) == 0 &&
      files.format != SplitFormat::sequences) {
    split = split_events(std::move(split.train), split.items, options.split);
  }
  if (options.refit_valid) merge_validation(split);

  Past past;
  past.histories = split.train;
  past.candidates = std::move(published.candidates);
  // What was held back for validation is past when the test item comes: it is asked with, though
  // not fitted on.
  past.known = split.train;
  for (std::size_t user = 0; user < split.users(); ++user) {
    past.known[user].insert(past.known[user].end(), split.valid[user].begin(),
                            split.valid[user].end());
  }
  if (count_events(split.valid) > 0) past.later = split.valid;
  past.dated = published.has_times;
  const EventWeightOptions weights = event_weight_options(config);
  for (auto* histories : {&past.histories, &past.known, &past.later}) {
    if (files.format == SplitFormat::sequences) number_places(*histories);
    for (auto& history : *histories) {
      for (HistoryEntry& entry : history) {
        if (published.has_values) entry.weight = event_weight("rate", entry.weight, weights);
      }
    }
  }
  past.now = newest(past.known);
  const bool texts = std::any_of(published.item_texts.begin(), published.item_texts.end(),
                                 [](const std::string& text) { return !text.empty(); });
  if (texts) {
    LIMN_TRY(const auto encoder,
             make_encoder(resolve_encoder(config.encode.encoder, published.item_texts, places),
                          published.item_texts, config));
    LIMN_TRY(Encoding encoding, encoder->encode(published.item_texts));
    past.embedded.items = std::move(encoding.embeddings);
    past.item_texts = published.item_texts;
  }
  Relevance relevance{.all = options.relevant_all, .at_least = {}};
  if (published.has_values) {
    relevance.at_least = static_cast<float>(config.events.liked_from * config.events.rating_scale);
  }
  return run(split, past, config, relevance, options);
}

Json to_json(const Evaluation& evaluation) {
  Json json = to_json(evaluation.report);
  JsonObject& object = json.as_object();
  object["seconds"] = rounded(evaluation.seconds);
  if (evaluation.verdict) {
    const PairedComparison& c = evaluation.verdict->comparison;
    object["blend_against_best_part"] = JsonObject{{"part", evaluation.verdict->best_part},
                                                   {"metric", evaluation.verdict->metric},
                                                   {"difference", rounded(c.difference)},
                                                   {"ci95", to_json(c.interval)},
                                                   {"p", rounded(c.p_value)}};
  }
  return json;
}

}  // namespace limn
