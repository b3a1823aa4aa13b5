// A build is a straight line: read the log, read its texts, fit what ranks, write it all, switch.
#include "limn/engine/build.h"

#include <algorithm>

#include "limn/core/hash.h"
#include "limn/core/parallel.h"
#include "limn/core/progress.h"
#include "limn/core/stopwatch.h"
#include "limn/core/top_k.h"
#include "limn/encode/lsa.h"
#include "limn/engine/as_of.h"
#include "limn/engine/build_arrays.h"
#include "limn/engine/catalogue.h"
#include "limn/engine/choose_models.h"
#include "limn/engine/histories.h"
#include "limn/engine/kept_fit.h"
#include "limn/engine/lists.h"
#include "limn/engine/models.h"
#include "limn/engine/opinions.h"
#include "limn/engine/reading.h"
#include "limn/engine/snapshot.h"
#include "limn/engine/strategies.h"
#include "limn/engine/texts.h"
#include "limn/engine/topics.h"
#include "limn/profile/segments.h"

namespace limn {
namespace {

// Categories and tags become names that all may read.
void mask_names(Log& log) {
  for (User& user : log.users) mask_labels(user.tags, WrittenBy::users);
  for (Item& item : log.items) {
    mask_labels(item.categories, WrittenBy::shop);
    mask_labels(item.tags, WrittenBy::shop);
  }
}

// Which users look like bots: (users), not 0.
std::vector<std::uint8_t> flooded(const EventTable& events) {
  std::vector<std::uint8_t> found(events.users(), 0);
  constexpr std::size_t grain = 256;
  parallel_for(found.size(), grain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t user = begin; user < end; ++user) {
      found[user] = find_flood(events, user).has_value() ? 1 : 0;
    }
  });
  return found;
}

Segments find_segments(const ProfileSource& source, std::span<const History> histories, Time now,
                       const std::vector<Topic>& topics, const Config& config) {
  Matrix user_topics(histories.size(), topics.size());
  ProfileOptions options;
  options.half_life_days = config.profile.half_life_days;
  constexpr std::size_t grain = 64;
  parallel_for(histories.size(), grain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t user = begin; user < end; ++user) {
      ProfileInput input;
      input.history = histories[user];
      input.now = now;
      const Profile profile = make_profile(source, input, options);
      if (profile.topics.size() == topics.size()) {
        std::copy(profile.topics.begin(), profile.topics.end(), user_topics.row(user).begin());
      }
    }
  });
  std::vector<std::string> labels;
  for (const Topic& topic : topics) labels.push_back(topic.label);
  SegmentOptions segment_options;
  if (config.cluster.segments > 0)
    segment_options.k = static_cast<std::size_t>(config.cluster.segments);
  segment_options.min_size = static_cast<std::size_t>(config.cluster.segment_min_users);
  segment_options.seed = static_cast<std::uint64_t>(config.runtime.seed);
  return make_segments(user_topics, labels, segment_options);
}

// Names a topic's most liked items.
void add_top_items(std::vector<Topic>& topics, const std::vector<std::uint32_t>& item_topics,
                   std::span<const float> popularity, std::span<const std::byte> hidden) {
  constexpr std::size_t shown = 8;
  std::vector<TopK> best(topics.size(), TopK(shown));
  for (std::uint32_t item = 0; item < item_topics.size(); ++item) {
    if (item_topics[item] == no_topic || hidden[item] != std::byte{0}) continue;
    best[item_topics[item]].offer(item, popularity[item]);
  }
  for (std::size_t t = 0; t < topics.size(); ++t) {
    for (const Scored& scored : best[t].take()) topics[t].top_items.push_back(scored.index);
  }
}

// The generation before, where there is one that can be read; a damaged one is no reason not to
// build.
std::optional<Snapshot> open_previous(const Store& store) {
  auto previous = Snapshot::open_current(store.folder());
  if (!previous) return std::nullopt;
  return std::move(*previous);
}

// Fits what predicts stars, where that is wanted.
Result<void> fit_stars(std::vector<DatedRating> ratings, std::span<const History> histories,
                       std::size_t items, const Config& config, BuildArrays& arrays) {
  // Those who look like bots have no history left.
  if (config.import.drop_floods) {
    std::erase_if(ratings,
                  [&](const DatedRating& one) { return histories[one.rating.user].empty(); });
  }
  LIMN_TRY(const bool wanted, wants_ratings(config.recommend.predict_ratings, ratings));
  if (!wanted) return {};
  FittedRatings fitted = fit_ratings(ratings, histories.size(), items,
                                     static_cast<std::uint64_t>(config.runtime.seed));
  arrays.info.ratings = fitted.fit;
  arrays.ratings = std::move(fitted.model);
  return {};
}

// Reads what the words of reviews say for and against, and puts it into the table of events.
void hear(Log& log, const Config& config, BuildArrays& arrays, BuildReport& report) {
  const EventWeightOptions weights = event_weight_options(config);
  const OpinionFit opinions = learn_opinions(log.events, log.texts, config);
  arrays.text_stars = tell_stars(log.events, log.texts, opinions.model, weights);
  arrays.text_weights = words_weights(log.events, log.texts, weights);
  arrays.opinions = opinions.model.save();
  report.opinions = opinions.model.learned() ? opinions.texts : 0;
  report.opinion_accuracy = opinions.accuracy;
  report.opinion_majority = opinions.majority;
  report.told_reviews = static_cast<std::size_t>(std::count_if(
      arrays.text_stars.begin(), arrays.text_stars.end(), [](float stars) { return stars != 0; }));
}

// Reads, encodes and clusters the texts.
Result<Documents> read_texts(const Log& log, const Config& config, const EncoderPlaces& places,
                             const Snapshot* previous, BuildArrays& arrays, BuildReport& report) {
  const Stopwatch text_watch;
  LIMN_TRY(arrays.segmenter, make_segmenter(config.text.segmenter, places));
  Documents documents = read_documents(log.users, log.items, log.texts, EventTimes(log.events),
                                       config.text.mask_personal_data);
  documents.text_weights = arrays.text_weights;
  documents.segmenter = arrays.segmenter ? &*arrays.segmenter : nullptr;
  report.seconds.text = text_watch.seconds();

  const Stopwatch encode_watch;
  const std::vector<std::string> all = documents.all();
  const std::string spec = resolve_encoder(config.encode.encoder, all, places);
  LIMN_TRY(const BuildEncoder made, make_build_encoder(spec, documents, config, previous));
  const std::unique_ptr<Encoder>& encoder = made.encoder;
  LIMN_TRY(arrays.embedded, embed_documents(documents, *encoder, previous));
  report.kept_fit = made.kept;
  if (const auto* lsa = dynamic_cast<const LsaEncoder*>(encoder.get())) arrays.lsa = lsa->save();
  arrays.calibration = encoder->calibration();
  report.seconds.encode = encode_watch.seconds();

  const Stopwatch cluster_watch;
  LIMN_TRY(arrays.topics, find_topics({.users = log.users,
                                       .items = log.items,
                                       .documents = documents,
                                       .embedded = arrays.embedded,
                                       .encoder = *encoder,
                                       .config = config,
                                       .previous = previous}));
  report.seconds.cluster = cluster_watch.seconds();

  arrays.text_events = documents.text_events;
  arrays.text_repeats = documents.repeated;
  for (std::uint32_t i = 0; i < documents.copy_of.size(); ++i) {
    report.copied_texts += documents.copy_of[i] == i ? 0 : 1;
  }
  report.trimmed_texts = documents.trimmed;
  report.wordless_texts = documents.wordless;
  SnapshotInfo& info = arrays.info;
  info.encoder_spec = spec;
  info.encoder = encoder->name();
  info.precision = encoder->precision();
  info.fingerprint = encoder->fingerprint();
  info.dim = encoder->dim();
  info.unfitted = made.unfitted;
  info.segmenter =
      arrays.segmenter ? "jieba " + to_hex(arrays.segmenter->fingerprint()) : std::string("icu");
  return documents;
}

void fill_report(const BuildArrays& arrays, const ChosenModels& chosen, BuildReport& report) {
  report.part_ndcg = chosen.weights.part_ndcg;
  report.chosen_by_time = chosen.by_time;
  report.blend_ndcg = chosen.weights.ndcg;
  report.found = chosen.found;
  report.ranker = chosen.ranker.report;
  report.users = arrays.info.users;
  report.items = arrays.info.items;
  report.events = arrays.info.events;
  report.topics = arrays.info.topics.size();
  report.segments = arrays.info.segments.size();
  report.encoder = arrays.info.encoder;
  report.precision = arrays.info.precision;
  report.dim = arrays.info.dim;
  report.texts = arrays.embedded.documents;
  report.encoded = arrays.embedded.encoded;
  report.tokens = arrays.embedded.tokens;
  report.long_texts = arrays.embedded.long_texts;
  report.inertia_spread = arrays.topics.inertia_spread;
  report.topics_anew = arrays.topics.anew;
  report.ratings = arrays.info.ratings;
  report.topic_changes = arrays.topics.changes;
}

void describe_segments_in(SnapshotInfo& info, const Segments& segments) {
  for (const Segment& segment : segments.segments) {
    SegmentInfo& described = info.segments.emplace_back();
    described.label = segment.label;
    described.users = segment.size;
    for (const SegmentTopic& topic : segment.topics) described.topics.push_back(topic.topic);
  }
}

// What a ranker is told of items; nothing where none is wanted.
SparseMatrix classes_for(RankerKind ranker, const BuildArrays& arrays) {
  if (ranker == RankerKind::none) return {};
  return list_classes(arrays.catalogue.item_categories, arrays.topics.item_topics,
                      arrays.topics.topics.size());
}

// Histories of everyone, but for those who look like bots where the settings leave them out.
std::vector<std::vector<HistoryEntry>> histories_to_learn(const Log& log, const Config& config,
                                                          BuildReport& report) {
  const std::vector<std::uint8_t> bots = flooded(log.events);
  report.flooded_users = static_cast<std::size_t>(std::count(bots.begin(), bots.end(), 1));
  auto histories = weighted_histories(log.events, event_weight_options(config));
  histories.resize(log.users.size());
  for (std::size_t user = 0; user < bots.size() && config.import.drop_floods; ++user) {
    if (bots[user] != 0) histories[user].clear();
  }
  return histories;
}

// The log that is built from, guarded against what came later.
Result<Log> read_past(const Store& store, const BuildOptions& options, BuildReport& report) {
  LIMN_TRY(Log log, read_log(store));
  if (!options.as_of) return log;
  PastLog past = log_as_of(log, *options.as_of);
  report.as_of = options.as_of;
  report.left_out = past.left_out;
  if (const auto leak = find_leak(past.log, *options.as_of)) {
    return fail(ErrorCode::corrupt, "cannot build as of {}: {} (the future reached the build)",
                format_time(*options.as_of), *leak);
  }
  return std::move(past.log);
}

// What people see of the fit: tags, shares, segments.
void describe(const Log& log, const Training& training, const Config& config, BuildArrays& arrays) {
  arrays.tag_shares = tag_shares(arrays.models.interactions, arrays.catalogue.item_tags);
  arrays.topic_shares = topic_shares(arrays.models.interactions, arrays.topics.item_topics,
                                     arrays.topics.topics.size());
  add_top_items(arrays.topics.topics, arrays.topics.item_topics, arrays.models.popularity,
                arrays.catalogue.hidden);
  ProfileSource source;
  source.item_topics = arrays.topics.item_topics;
  source.topic_shares = arrays.topic_shares;
  arrays.segments =
      find_segments(source, training.histories, training.now, arrays.topics.topics, config);

  SnapshotInfo& info = arrays.info;
  info.users = log.users.size();
  info.items = log.items.size();
  info.events = log.events.size();
  info.last_event = log.last_event;
  info.now = training.now;
  info.topics = arrays.topics.topics;
  info.topic_groups = arrays.topics.groups;
  info.topic_changes = arrays.topics.changes;
  info.topic_fit = arrays.topics.fit;
  info.next_topic_id = arrays.topics.next_id;
  describe_segments_in(info, arrays.segments);
}

}  // namespace

Result<BuildReport> build_generation(Store& store, const Config& config,
                                     const EncoderPlaces& places, const BuildOptions& options) {
  BuildReport report;
  LIMN_TRY(const RankerKind ranker, wanted_ranker(config, places));
  const Stopwatch read_watch;
  LIMN_TRY(Log log, read_past(store, options, report));
  BuildArrays arrays;
  // Before the words of reviews tell stars of their own.
  std::vector<DatedRating> ratings = ratings_of(log.events);
  hear(log, config, arrays, report);
  if (config.text.mask_personal_data) mask_names(log);
  const auto histories = histories_to_learn(log, config, report);
  const std::vector<History> views = as_views(histories);
  report.seconds.read = read_watch.seconds();
  LIMN_TRY_VOID(Interrupt::check("build"));

  const std::optional<Snapshot> previous =
      options.as_of ? std::optional<Snapshot>() : open_previous(store);
  LIMN_TRY(const Documents documents,
           read_texts(log, config, places, previous ? &*previous : nullptr, arrays, report));

  const Stopwatch fit_watch;
  const Time now = last_moment(log.events);
  const auto texts = texts_by_user(documents, arrays.embedded, now);
  arrays.text_neighbours = fit_text_weights(arrays.embedded.items, config);
  Training training;
  training.histories = views;
  training.user_texts = texts;
  training.items = log.items.size();
  training.item_embeddings = arrays.embedded.items;
  training.text_neighbours = arrays.text_neighbours;
  arrays.word_neighbours = fit_word_weights(documents.items, config);
  training.word_neighbours = arrays.word_neighbours;
  training.now = now;
  arrays.catalogue = make_catalogue(log.items);
  arrays.ranker_classes = classes_for(ranker, arrays);
  training.item_classes = arrays.ranker_classes;
  LIMN_TRY(ChosenModels chosen, choose_models(training, config,
                                              {.hold_out = HoldOut::after_news,
                                               .ranker = ranker,
                                               .lightgbm = lightgbm_library(config, places)}));
  training.asked_at_now = chosen.by_time;
  LIMN_TRY(arrays.models, fit_models(training, config, chosen.found.settings));
  arrays.info.settings = chosen.found.settings;
  arrays.ranker = std::move(chosen.ranker.model);
  if (arrays.ranker.kind != RankerKind::none) arrays.info.ranker = manifest_json(arrays.ranker);
  const std::vector<std::string> parts = Parts(arrays.models.view(training), config).names();
  LIMN_TRY_VOID(fit_stars(std::move(ratings), views, log.items.size(), config, arrays));
  describe(log, training, config, arrays);
  report.seconds.fit = fit_watch.seconds();

  const Stopwatch write_watch;
  LIMN_TRY(report.generation, write_arrays(store, arrays));
  LIMN_TRY_VOID(adopt_weights(store, chosen.weights.weights, parts, config, now));
  report.seconds.write = write_watch.seconds();
  report.parts = parts;
  fill_report(arrays, chosen, report);
  return report;
}

}  // namespace limn
