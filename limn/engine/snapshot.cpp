#include "limn/engine/snapshot.h"

#include <algorithm>

#include "limn/core/hash.h"
#include "limn/engine/ranker_model.h"
#include "limn/engine/topics_json.h"

namespace limn {
namespace {

JsonObject segment_json(const SegmentInfo& segment) {
  return {{"label", segment.label},
          {"users", segment.users},
          {"topics", JsonArray(segment.topics.begin(), segment.topics.end())}};
}

SegmentInfo segment_from(const JsonObject& json) {
  SegmentInfo segment;
  segment.label = json.at("label").as_string().c_str();
  segment.users = json.at("users").to_number<std::size_t>();
  for (const Json& topic : json.at("topics").as_array())
    segment.topics.push_back(topic.to_number<std::uint32_t>());
  return segment;
}

bool groups_fit(const SnapshotInfo& info) {
  const auto has_group = [&](const Topic& topic) { return topic.group < info.topic_groups.size(); };
  const auto has_topics = [&](const TopicGroup& group) {
    return std::ranges::all_of(group.topics,
                               [&](std::uint32_t topic) { return topic < info.topics.size(); });
  };
  return std::ranges::all_of(info.topics, has_group) &&
         std::ranges::all_of(info.topic_groups, has_topics);
}

SnapshotInfo info_from(const JsonObject& manifest) {
  SnapshotInfo info;
  info.users = manifest.at("users").to_number<std::size_t>();
  info.items = manifest.at("items").to_number<std::size_t>();
  info.events = manifest.at("events").to_number<std::size_t>();
  info.last_event = manifest.at("last_event").to_number<std::int64_t>();
  info.now = Time{std::chrono::milliseconds{manifest.at("now").to_number<std::int64_t>()}};
  const JsonObject& encoder = manifest.at("encoder").as_object();
  info.encoder_spec = encoder.at("spec").as_string().c_str();
  info.encoder = encoder.at("name").as_string().c_str();
  info.precision = encoder.at("precision").as_string().c_str();
  info.fingerprint = encoder.at("fingerprint").to_number<std::uint64_t>();
  info.dim = encoder.at("dim").to_number<std::size_t>();
  // Generations of before fits were kept do not say it.
  if (const Json* unfitted = encoder.if_contains("unfitted")) {
    info.unfitted = unfitted->to_number<std::size_t>();
  }
  info.segmenter = manifest.at("segmenter").as_string();
  if (const Json* ranker = manifest.if_contains("ranker")) info.ranker = *ranker;
  read_topics(manifest, info);
  for (const Json& segment : manifest.at("segments").as_array()) {
    info.segments.push_back(segment_from(segment.as_object()));
  }
  return info;
}

}  // namespace

JsonObject SnapshotInfo::to_json() const {
  JsonArray segment_list;
  for (const SegmentInfo& segment : segments) segment_list.push_back(segment_json(segment));
  JsonObject json{{"users", users},
                  {"items", items},
                  {"events", events},
                  {"last_event", last_event},
                  {"now", now.time_since_epoch().count()},
                  {"encoder",
                   {{"spec", encoder_spec},
                    {"name", encoder},
                    {"precision", precision},
                    {"fingerprint", fingerprint},
                    {"dim", dim},
                    {"unfitted", unfitted}}},
                  {"segmenter", segmenter},
                  {"segments", segment_list},
                  {"settings", limn::to_json(settings)},
                  {"ratings", limn::to_json(ratings)}};
  if (!ranker.is_null()) json["ranker"] = ranker;
  write_topics(*this, json);
  return json;
}

Result<SnapshotInfo> SnapshotInfo::from_json(const JsonObject& manifest) {
  // Boost.JSON reports a missing key or a wrong type by throwing; the manifest is the one document
  // with so many of both that checking each by hand would hide what is read.
  try {
    SnapshotInfo info = info_from(manifest);
    LIMN_TRY(info.settings, answer_settings_from_json(manifest.at("settings").as_object()));
    LIMN_TRY(info.ratings, rating_fit_from_json(manifest.at("ratings").as_object()));
    return info;
  } catch (const std::exception& error) {
    return fail(ErrorCode::corrupt, "cannot read generation: manifest.json: {} (build again)",
                error.what());
  }
}

Result<Snapshot> Snapshot::open_current(const std::filesystem::path& folder, bool verify) {
  LIMN_TRY(Generation generation, Generation::open_current(folder, {.verify = verify}));
  Snapshot snapshot(std::move(generation));
  LIMN_TRY(snapshot.info_, SnapshotInfo::from_json(snapshot.generation_.manifest()));
  LIMN_TRY_VOID(snapshot.map_models());
  LIMN_TRY_VOID(snapshot.map_ratings());
  LIMN_TRY_VOID(snapshot.map_arrays());
  LIMN_TRY_VOID(snapshot.check_sizes());
  return snapshot;
}

Result<void> Snapshot::map_models() {
  LIMN_TRY(models_.popularity, generation_.array<float>("popularity"));
  if (generation_.contains("trending")) {
    LIMN_TRY(models_.trending, generation_.array<float>("trending"));
  }
  LIMN_TRY(models_.interactions, generation_.sparse("interactions"));
  LIMN_TRY(models_.rp3beta, generation_.sparse("rp3beta"));
  LIMN_TRY(models_.ease, generation_.sparse("ease"));
  LIMN_TRY(models_.item_knn, generation_.sparse("item_knn"));
  LIMN_TRY(models_.gram, generation_.sparse("gram"));
  LIMN_TRY(models_.cooccurrence, generation_.sparse("cooccurrence"));
  LIMN_TRY(models_.text_neighbours, generation_.sparse("text_neighbours"));
  LIMN_TRY(models_.word_neighbours, generation_.sparse("word_neighbours"));
  LIMN_TRY(models_.ials_gram, generation_.matrix("ials_gram"));
  LIMN_TRY(models_.ials_items, map_factors(models_.ials_gram.cols()));
  LIMN_TRY(models_.ials_text_map, generation_.matrix("ials_text_map"));
  models_.ials_text_weight = info_.settings.ials_text_weight;
  models_.ials_objective = info_.settings.ials.objective;
  models_.half_lives = info_.settings.half_lives;
  LIMN_TRY(models_.item_embeddings, generation_.matrix("item_embeddings"));
  LIMN_TRY(models_.item_factors, generation_.matrix("item_factors"));
  LIMN_TRY(models_.user_vectors, generation_.matrix("user_vectors"));
  if (generation_.contains("ranker_classes")) {
    LIMN_TRY(models_.item_classes, generation_.sparse("ranker_classes"));
  }
  return {};
}

Result<void> Snapshot::open_ranker(const Config& config, const std::filesystem::path& lightgbm) {
  if (info_.ranker.is_null()) return {};
  LIMN_TRY(const RankerModel model, read_ranker(generation_, info_.ranker));
  auto made = make_ranker(model, models_, Parts(models_, config).names(), lightgbm);
  if (!made && made.error().code == ErrorCode::unavailable) {
    ranker_absence_ = made.error().message;
    return {};
  }
  if (!made) return tl::unexpected<Error>(made.error());
  ranker_ = std::move(*made);
  ranker_weight_ = model.weight;
  return {};
}

// The factors of items, in eight bits.
Result<FactorBytesView> Snapshot::map_factors(std::size_t dim) const {
  LIMN_TRY(const std::span<const std::byte> bytes, generation_.array<std::byte>("ials_values"));
  LIMN_TRY(const std::span<const float> scales, generation_.array<float>("ials_scales"));
  if (bytes.size() != scales.size() * whole_tiles(dim)) return misfit();
  const auto* const values = reinterpret_cast<const std::int8_t*>(bytes.data());
  return FactorBytesView({values, bytes.size()}, scales, dim);
}

Result<void> Snapshot::map_ratings() {
  const RatingFit& fit = info_.ratings;
  rated_items_ = {fit.mean, fit.lowest, fit.highest, {}, {}};
  LIMN_TRY(rated_items_.bias, generation_.array<float>("rating_biases"));
  LIMN_TRY(rated_items_.factors, generation_.matrix("rating_factors"));
  const std::size_t rated = fit.ratings > 0 ? info_.items : 0;
  const bool fits = rated_items_.bias.size() == rated && rated_items_.factors.rows() == rated &&
                    (rated == 0 || rated_items_.factors.cols() == fit.options.dim);
  return fits ? Result<void>() : misfit();
}

Result<void> Snapshot::map_arrays() {
  LIMN_TRY(source_.item_topics, generation_.array<std::uint32_t>("item_topics"));
  LIMN_TRY(source_.topic_shares, generation_.array<float>("topic_shares"));
  LIMN_TRY(source_.item_tags, generation_.sparse("item_tags"));
  LIMN_TRY(source_.tag_shares, generation_.array<float>("tag_shares"));
  LIMN_TRY(source_.segment_centroids, generation_.matrix("segment_centroids"));
  source_.item_embeddings = models_.item_embeddings;
  source_.item_factors = models_.item_factors;
  LIMN_TRY(tags_, generation_.strings("tags"));
  LIMN_TRY(categories_, generation_.strings("categories"));
  LIMN_TRY(item_categories_, generation_.sparse("item_categories"));
  LIMN_TRY(hidden_, generation_.array<std::byte>("hidden"));
  LIMN_TRY(topic_centroids_, generation_.matrix("topic_centroids"));
  LIMN_TRY(bio_embeddings_, generation_.matrix("bio_embeddings"));
  LIMN_TRY(text_events_, generation_.array<std::int64_t>("text_events"));
  LIMN_TRY(text_repeats_, generation_.array<std::byte>("text_repeats"));
  LIMN_TRY(text_weights_, generation_.array<float>("text_weights"));
  LIMN_TRY(text_stars_, generation_.array<float>("text_stars"));
  LIMN_TRY(const std::span<const std::byte> opinions, generation_.array<std::byte>("opinions"));
  LIMN_TRY(opinions_, OpinionModel::load(opinions));
  LIMN_TRY(text_embeddings_, generation_.matrix("text_embeddings"));
  LIMN_TRY(text_topics_, generation_.array<std::uint32_t>("text_topics"));
  LIMN_TRY(text_hashes_, generation_.array<std::uint64_t>("text_hashes"));
  LIMN_TRY(text_places_, generation_.array<std::uint64_t>("text_places"));
  LIMN_TRY(lsa_, generation_.array<std::byte>("lsa"));
  if (generation_.contains("calibration")) {  // the builds before int8 have none
    LIMN_TRY(calibration_, generation_.array<std::byte>("calibration"));
  }
  return {};
}

tl::unexpected<Error> Snapshot::misfit() const {
  return fail(ErrorCode::corrupt,
              "cannot read generation: {:06}: arrays do not fit together (build again)", number());
}

// Checksums say that the bytes are those of the build; this says that a build of this program made
// them.
Result<void> Snapshot::check_sizes() const {
  const std::size_t users = info_.users;
  const std::size_t items = info_.items;
  const auto square = [&](SparseView m) {
    return m.rows() == 0 || (m.rows() == items && m.cols() == items);
  };
  const bool fits =
      models_.popularity.size() == items &&
      (models_.trending.empty() || models_.trending.size() == items) &&
      models_.interactions.rows() == users && models_.interactions.cols() == items &&
      square(models_.rp3beta) && square(models_.ease) && square(models_.item_knn) &&
      square(models_.gram) && square(models_.cooccurrence) && square(models_.text_neighbours) &&
      square(models_.word_neighbours) &&
      (models_.ials_items.rows() == 0 || models_.ials_items.rows() == items) &&
      models_.ials_gram.rows() == models_.ials_gram.cols() &&
      (models_.ials_text_map.rows() == 0 ||
       (models_.ials_text_map.rows() == models_.ials_gram.rows() &&
        models_.ials_text_map.cols() == info_.dim)) &&
      models_.item_embeddings.rows() == items && models_.item_embeddings.cols() == info_.dim &&
      (models_.item_classes.rows() == 0 || models_.item_classes.rows() == items) &&
      models_.item_factors.rows() == items && models_.user_vectors.rows() == users &&
      source_.item_topics.size() == items && source_.topic_shares.size() == info_.topics.size() &&
      source_.item_tags.rows() == items && source_.item_tags.cols() == tags_.size() &&
      source_.tag_shares.size() == tags_.size() && hidden_.size() == items &&
      bio_embeddings_.rows() == users && text_events_.size() == text_embeddings_.rows() &&
      text_topics_.size() == text_events_.size() && text_repeats_.size() == text_events_.size() &&
      text_weights_.size() == text_events_.size() && text_stars_.size() == text_events_.size() &&
      text_hashes_.size() == text_places_.size() &&
      topic_centroids_.rows() == info_.topics.size() && groups_fit(info_);
  if (fits) return {};
  return misfit();
}

std::optional<std::size_t> Snapshot::text_row(std::int64_t event) const {
  const auto found = std::lower_bound(text_events_.begin(), text_events_.end(), event);
  if (found == text_events_.end() || *found != event) return std::nullopt;
  return static_cast<std::size_t>(found - text_events_.begin());
}

std::vector<std::uint64_t> Snapshot::bio_hashes() const {
  const std::size_t before = models_.item_embeddings.rows() + text_embeddings_.rows();
  std::vector<std::uint64_t> hashes;
  for (std::size_t i = 0; i < text_hashes_.size(); ++i) {
    if (text_places_[i] >= before) hashes.push_back(text_hashes_[i]);
  }
  return hashes;
}

// A place counts through the rows of three matrices, one after the other: items, texts, bios.
std::span<const float> Snapshot::embedding(std::uint64_t text_hash) const {
  const auto found = std::lower_bound(text_hashes_.begin(), text_hashes_.end(), text_hash);
  if (found == text_hashes_.end() || *found != text_hash) return {};
  std::uint64_t place = text_places_[static_cast<std::size_t>(found - text_hashes_.begin())];
  for (const MatrixView rows : {models_.item_embeddings, text_embeddings_, bio_embeddings_}) {
    if (place < rows.rows()) return rows.row(place);
    place -= rows.rows();
  }
  return {};
}

}  // namespace limn
