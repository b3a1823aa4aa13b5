// The split decides what is past; from there on the way is a build's: the same fits, the same
// choice of weights, cut from the past alone. The test part is handed to the metrics and to nothing
// else.
#include "limn/engine/evaluate.h"

#include <algorithm>
#include <limits>

#include "limn/core/stopwatch.h"
#include "limn/engine/choose_models.h"
#include "limn/engine/evaluate_past.h"
#include "limn/engine/histories.h"
#include "limn/engine/ranker.h"
#include "limn/engine/strategies.h"
#include "limn/eval/leaks.h"

namespace limn {
namespace {

constexpr std::string_view blend_name = "blend";

bool wanted(const EvaluationOptions& options, std::string_view name) {
  if (options.recommenders.empty()) return true;
  return std::any_of(
      options.recommenders.begin(), options.recommenders.end(), [&](const std::string& asked) {
        return asked == name || asked == "all" || (asked == "auto" && name == blend_name);
      });
}

Result<void> check_names(const EvaluationOptions& options, const std::vector<std::string>& parts) {
  for (const std::string& asked : options.recommenders) {
    const bool known = asked == "all" || asked == "auto" || asked == "none" ||
                       asked == blend_name ||
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

// What the blend's row says of itself.
JsonObject settings_of(const ChosenModels& chosen, const std::vector<std::string>& parts) {
  JsonObject settings{{"weights", weights_json(chosen.weights.weights, parts)},
                      {"validation_ndcg", rounded(chosen.weights.ndcg)},
                      {"search", to_json(chosen.found)}};
  const RankerReport& ranker = chosen.ranker.report;
  if (ranker.kind != RankerKind::none) settings["ranker"] = to_json(ranker);
  return settings;
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

// Of the parts that are asked for.
std::vector<NamedScorer> scorers_of(const Parts& parts, const ModelView& models, const Past& past,
                                    const Config& config, const EvaluationOptions& options) {
  std::vector<NamedScorer> scorers;
  for (std::size_t p = 0; p < parts.names().size(); ++p) {
    if (!wanted(options, parts.names()[p])) continue;
    scorers.push_back(scorer(parts.names()[p], *parts.all()[p], models, past, config));
  }
  return scorers;
}

// What is fitted on, but for neighbours in texts. `views`: of the past's histories.
Training training_on(const Past& past, std::span<const History> views, std::size_t items) {
  Training training;
  training.histories = views;
  training.user_texts = past.texts;
  training.items = items;
  training.item_embeddings = past.embedded.items;
  training.item_classes = past.item_classes;
  training.now = past.now;
  training.dated = past.dated;
  return training;
}

std::optional<BlendVerdict> judge(const EvaluationReport& report, std::size_t k,
                                  const std::vector<std::string>& parts) {
  const std::string metric = fmt::format("ndcg@{}", k);
  const RecommenderReport* blend = nullptr;
  const RecommenderReport* best = nullptr;
  for (const RecommenderReport& row : report.rows) {
    if (row.name == blend_name)
      blend = &row;
    else if (std::find(parts.begin(), parts.end(), row.name) == parts.end())
      continue;
    else if (best == nullptr || row.metrics.at(metric) > best->metrics.at(metric))
      best = &row;
  }
  if (blend == nullptr || best == nullptr) return std::nullopt;
  return BlendVerdict{best->name, metric,
                      paired_bootstrap(best->per_user.at(metric), blend->per_user.at(metric))};
}

// What the metrics are told beside scores.
EvaluateOptions protocol_of(const Past& past, const Config& config, const Relevance& relevance,
                            const EvaluationOptions& options) {
  EvaluateOptions protocol;
  protocol.ks = options.ks;
  protocol.denominator = options.denominator;
  protocol.relevance = relevance;
  protocol.embeddings = past.embedded.items;
  if (past.item_classes.cols() > 0) protocol.item_classes = past.item_classes;
  protocol.bootstrap.seed = static_cast<std::uint64_t>(config.runtime.seed);
  return protocol;
}

// The guard: names what of the future is among what is fitted on.
Result<void> check_past(const Split& split) {
  const std::optional<std::string> leak = find_leak(split.train, split);
  if (!leak) return {};
  return fail(ErrorCode::corrupt, "cannot evaluate: {} (the future reached the training part)",
              *leak);
}

// Nothing is fitted: what was made elsewhere alone.
Result<Evaluation> evaluate_runs(const Split& split, const Past& past, const Config& config,
                                 const Relevance& relevance, const EvaluationOptions& options) {
  const Stopwatch watch;
  std::vector<NamedScorer> scorers;
  for (const GivenRun& given : past.runs) scorers.push_back(scorer_of(given));
  const EvaluateOptions protocol = protocol_of(past, config, relevance, options);
  Evaluation evaluation;
  LIMN_TRY(evaluation.report, evaluate(split, scorers, protocol));
  LIMN_TRY_VOID(add_findings(split, {}, past, protocol, config, options, evaluation));
  evaluation.seconds = watch.seconds();
  return evaluation;
}

// The values of a published split, where they are ratings.
RatingSplit split_values(const Split& split) {
  RatingSplit ratings;
  for (UserIndex user = 0; user < split.users(); ++user) {
    for (const HistoryEntry& entry : split.train[user])
      ratings.train.push_back({{user, entry.item, entry.weight}, entry.time});
    for (const HistoryEntry& entry : split.test[user])
      ratings.test.push_back({user, entry.item, entry.weight});
  }
  return ratings;
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

// How many items each user's list is chosen from beside the test items, at the median; 0: all. Only
// the number is told to whoever chooses settings, not which.
std::size_t usual_candidates(const Split& split, const Past& past) {
  std::vector<std::size_t> counts;
  for (std::size_t user = 0; user < past.candidates.size(); ++user) {
    const std::size_t all = past.candidates[user].size();
    if (all > 0) counts.push_back(all - std::min(all, split.test[user].size()));
  }
  if (counts.empty()) return 0;
  const auto middle = counts.begin() + static_cast<std::ptrdiff_t>(counts.size() / 2);
  std::nth_element(counts.begin(), middle, counts.end());
  return *middle;
}

// What is held out of the past is to the rest of it as the split's future is to the past.
ChoiceOptions choice_of(const Split& split, const Past& past, const EvaluationOptions& options) {
  return {.k = options.ks.front(),
          .later = past.later,
          .hold_out =
              cuts_at_one_moment(split.rule.kind) ? HoldOut::after_moment : HoldOut::end_of_each,
          .candidates = usual_candidates(split, past),
          .ranker = past.ranker,
          .lightgbm = past.lightgbm};
}

}  // namespace

Result<Evaluation> evaluate_past(const Split& split, const Past& past, const Config& config,
                                 const Relevance& relevance, const EvaluationOptions& options) {
  const Stopwatch watch;
  LIMN_TRY_VOID(check_past(split));
  if (options.recommenders == std::vector<std::string>{"none"})
    return evaluate_runs(split, past, config, relevance, options);
  const std::vector<History> views = as_views(past.histories);
  Training training = training_on(past, views, split.items);
  const SparseMatrix neighbours = fit_text_weights(past.embedded.items, config);
  training.text_neighbours = neighbours;
  const SparseMatrix words = fit_word_weights(past.item_texts, config);
  training.word_neighbours = words;
  LIMN_TRY(const ChosenModels chosen,
           choose_models(training, config, choice_of(split, past, options)));
  training.asked_at_now = chosen.by_time;
  LIMN_TRY(const FittedModels fitted, fit_models(training, config, chosen.found.settings));
  const double fit_seconds = watch.seconds();
  const ModelView models = fitted.view(training);
  const Parts parts(models, config);
  LIMN_TRY_VOID(check_names(options, parts.names()));

  std::vector<NamedScorer> scorers = scorers_of(parts, models, past, config, options);
  for (NamedScorer& of_part : scorers) of_part.fit_seconds = fit_seconds;
  const BlendWeights weights =
      blend_weights(strategy_of(chosen.weights, parts.names()), parts.names());
  LIMN_TRY(const std::unique_ptr<Ranker> ranker,
           make_ranker(chosen.ranker.model, models, parts.names(), past.lightgbm));
  const RankedBlend blend({parts.all().begin(), parts.all().end()}, weights,
                          {ranker.get(), chosen.ranker.model.weight});
  const bool blends = wanted(options, blend_name);
  if (blends && ranker != nullptr) {  // what it brings
    scorers.push_back(scorer(fmt::format("blend without {}", ranker->name()), blend.blend(), models,
                             past, config));
  }
  if (blends) {
    scorers.push_back(scorer(std::string(blend_name), blend, models, past, config));
    scorers.back().settings = settings_of(chosen, parts.names());
    scorers.back().fit_seconds = watch.seconds();
  }
  const std::size_t blended = scorers.size();
  for (const ListWishes& wishes : options.lists) {
    if (!blends) break;
    scorers.push_back(reranked(scorers[blended - 1], wishes, split, past, models,
                               std::ranges::max(options.ks), config));
  }
  for (const GivenRun& given : past.runs) scorers.push_back(scorer_of(given));
  const EvaluateOptions protocol = protocol_of(past, config, relevance, options);
  Evaluation evaluation;
  LIMN_TRY(evaluation.report, evaluate(split, scorers, protocol));
  evaluation.ranker = chosen.ranker.report;
  evaluation.verdict = judge(evaluation.report, options.ks.front(), parts.names());
  LIMN_TRY_VOID(add_findings(split, training, past, protocol, config, options, evaluation));
  evaluation.seconds = watch.seconds();
  return evaluation;
}

Result<Evaluation> evaluate_files(const SplitFiles& files, const Config& config,
                                  const EncoderPlaces& places, const EvaluationOptions& options) {
  Past past;
  LIMN_TRY(past.ranker, wanted_ranker(config, places));
  past.lightgbm = lightgbm_library(config, places);
  LIMN_TRY(PublishedSplit published, read_split(files));
  Split& split = published.split;
  if (files.test.empty() && count_events(split.test) == 0 &&
      files.format != SplitFormat::sequences) {
    split = split_events(std::move(split.train), split.items, options.split);
  }
  if (options.refit_valid) merge_validation(split);

  for (const auto& [name, path] : options.runs) {
    LIMN_TRY(GivenRun given, read_run(path, name, published.users, published.items));
    past.runs.push_back(std::move(given));
  }
  for (std::uint32_t user = 0; user < published.users.size(); ++user)
    past.user_ids.push_back(published.users.id(user));
  if (published.has_values) past.ratings = split_values(split);
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
  return evaluate_past(split, past, config, relevance, options);
}

}  // namespace limn
