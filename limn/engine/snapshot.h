// Snapshot: one generation with its arrays by name and type, ready to answer from.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "limn/core/json.h"
#include "limn/core/result.h"
#include "limn/core/types.h"
#include "limn/encode/bert.h"
#include "limn/engine/models.h"
#include "limn/engine/ranker.h"
#include "limn/engine/ratings.h"
#include "limn/profile/profile.h"
#include "limn/store/generation.h"
#include "limn/text/opinion_model.h"

namespace limn {

// A text that tells what a topic is about. Its words are in the store alone, where they can be
// erased.
struct TextExample {
  std::int64_t event = 0;
  UserIndex user = 0;
};

// A topic, as people see it.
struct Topic {
  std::uint32_t id = 0;           // survives a rebuild while the topic does
  std::vector<std::string> name;  // words and phrases
  std::string label;              // the name with commas
  std::size_t items = 0;
  std::size_t texts = 0;
  std::vector<std::pair<std::string, double>> terms;  // the most telling first, with weights
  std::vector<ItemIndex> top_items;                   // the most used ones
  std::vector<ItemIndex> typical_items;               // nearest to its centroid, distinct
  std::vector<TextExample> typical_texts;             // likewise, of different users
  std::uint32_t group = 0;                            // of `topic_groups`
};

// A topic of topics.
struct TopicGroup {
  std::string label;
  std::vector<std::uint32_t> topics;  // their places in `topics`, the largest first
};

// What happened to a topic from one generation to the next.
struct TopicChange {
  std::string kind;  // "new", "split", "merged", "ended", "renamed"
  std::uint32_t id = 0;
  std::string label;
  std::optional<std::uint32_t> other;  // split: from which topic; merged: into which
  std::string other_label;             // of that; renamed: what it was called
};

// What the topics were last chosen from, and how well they fitted: when that is no longer so, they
// are chosen anew.
struct TopicFit {
  std::int64_t asked = 0;  // cluster.topics
  std::size_t points = 0;
  double distance = 0;  // mean squared distance of a point to its centroid
};

// A segment, as people see it.
struct SegmentInfo {
  std::string label;
  std::size_t users = 0;
  std::vector<std::uint32_t> topics;  // the most over-represented first
};

// What the manifest of a generation says.
struct SnapshotInfo {
  std::size_t users = 0;  // rows; erased ones included
  std::size_t items = 0;
  std::size_t events = 0;
  std::int64_t last_event = 0;  // the newest event that the build read
  Time now{};                   // its moment
  std::string encoder_spec;     // what make_encoder() takes
  std::string encoder;          // what it calls itself
  std::string precision;
  std::uint64_t fingerprint = 0;
  std::size_t dim = 0;
  std::size_t unfitted = 0;  // documents that came after the fit of an encoder that was kept
  std::string segmenter;     // what cut the Chinese words: "icu", or "jieba" and its fingerprint
  std::vector<Topic> topics;
  std::vector<TopicGroup> topic_groups;
  std::vector<TopicChange> topic_changes;  // since the generation before
  TopicFit topic_fit;
  std::uint32_t next_topic_id = 0;
  std::vector<SegmentInfo> segments;
  ModelSettings settings;  // of the models; read back is what answers need
  RatingFit ratings;       // what predicts stars
  Json ranker;             // as manifest_json(RankerModel) has it; null where there is none

  [[nodiscard]] JsonObject to_json() const;
  // Errors: corrupt, naming the key.
  [[nodiscard]] static Result<SnapshotInfo> from_json(const JsonObject& manifest);
};

// Everything is borrowed from the generation, and lives as long as this.
class Snapshot {
 public:
  // Errors: not_found where nothing was built yet; corrupt, naming the file.
  [[nodiscard]] static Result<Snapshot> open_current(const std::filesystem::path& folder,
                                                     bool verify = true);

  [[nodiscard]] std::uint64_t number() const { return generation_.number(); }
  [[nodiscard]] const SnapshotInfo& info() const { return info_; }
  [[nodiscard]] const ModelView& models() const { return models_; }
  [[nodiscard]] const ProfileSource& profile_source() const { return source_; }

  // Makes the generation's ranker ready, where it has one: to be called once, before the snapshot
  // is shared. Where LightGBM's library cannot be opened the blend ranks alone, and
  // ranker_absence() says why. Errors: corrupt.
  [[nodiscard]] Result<void> open_ranker(const Config& config,
                                         const std::filesystem::path& lightgbm);
  // Nothing before open_ranker(), and where there is none. Borrows this.
  [[nodiscard]] SecondStage second_stage() const { return {ranker_.get(), ranker_weight_}; }
  // Why the ranker of this generation does not rank; empty where nothing is amiss.
  [[nodiscard]] const std::string& ranker_absence() const { return ranker_absence_; }

  [[nodiscard]] std::string_view tag(std::uint32_t index) const { return tags_[index]; }
  [[nodiscard]] const StringTable& categories() const { return categories_; }
  [[nodiscard]] SparseView item_categories() const { return item_categories_; }
  // (items): not 0 for what must not be shown.
  [[nodiscard]] std::span<const std::byte> hidden() const { return hidden_; }

  [[nodiscard]] MatrixView topic_centroids() const { return topic_centroids_; }
  // The events whose texts the build read, ascending; and the hashes of bios that it read, unless
  // an item or a text says the same.
  [[nodiscard]] std::span<const std::int64_t> text_events() const { return text_events_; }
  [[nodiscard]] std::vector<std::uint64_t> bio_hashes() const;
  // The row of an event's text, where the build read one.
  [[nodiscard]] std::optional<std::size_t> text_row(std::int64_t event) const;
  [[nodiscard]] MatrixView text_embeddings() const { return text_embeddings_; }
  // Whether the text of this row says what the same user said before.
  [[nodiscard]] bool repeats(std::size_t text_row) const {
    return text_repeats_[text_row] != std::byte{0};
  }
  // (texts): -1 for words against, else 1.
  [[nodiscard]] std::span<const float> text_weights() const { return text_weights_; }
  // (texts): the stars that the words of a review without stars suggest; 0 for any other text.
  [[nodiscard]] std::span<const float> text_stars() const { return text_stars_; }
  // Tells words for from words against; learned from the rated texts of the log.
  [[nodiscard]] const OpinionModel& opinions() const { return opinions_; }
  // What stars are predicted by; of no items where nothing is predicted.
  [[nodiscard]] const RatedItems& rated_items() const { return rated_items_; }
  // (texts): the topic of each, or no_topic.
  [[nodiscard]] std::span<const std::uint32_t> text_topics() const { return text_topics_; }

  // What was encoded, by hash64 of the text, ascending, and where its embedding is: see
  // embedding().
  [[nodiscard]] std::span<const std::uint64_t> text_hashes() const { return text_hashes_; }
  // The embedding of a text that the build encoded; nothing where it did not.
  [[nodiscard]] std::span<const float> embedding(std::uint64_t text_hash) const;
  // What LsaEncoder::save() wrote; empty for other encoders.
  [[nodiscard]] std::span<const std::byte> lsa() const { return lsa_; }
  // What bert needs in order to make the same embeddings.
  [[nodiscard]] BertBefore bert() const { return {info_.fingerprint, calibration_}; }

 private:
  explicit Snapshot(Generation generation) : generation_(std::move(generation)) {}

  [[nodiscard]] Result<void> map_arrays();
  [[nodiscard]] Result<void> map_models();
  [[nodiscard]] Result<FactorBytesView> map_factors(std::size_t dim) const;
  [[nodiscard]] Result<void> map_ratings();
  [[nodiscard]] Result<void> check_sizes() const;
  [[nodiscard]] tl::unexpected<Error> misfit() const;

  Generation generation_;
  SnapshotInfo info_;
  ModelView models_;
  ProfileSource source_;
  StringTable tags_;
  StringTable categories_;
  SparseView item_categories_;
  std::span<const std::byte> hidden_;
  MatrixView topic_centroids_;
  MatrixView bio_embeddings_;
  std::span<const std::int64_t> text_events_;
  std::span<const std::byte> text_repeats_;
  std::span<const float> text_weights_;
  std::span<const float> text_stars_;
  OpinionModel opinions_;
  MatrixView text_embeddings_;
  RatedItems rated_items_;
  std::span<const std::uint32_t> text_topics_;
  std::span<const std::uint64_t> text_hashes_;
  std::span<const std::uint64_t> text_places_;
  std::span<const std::byte> lsa_;
  std::span<const std::byte> calibration_;
  std::unique_ptr<Ranker> ranker_;
  float ranker_weight_ = 0;
  std::string ranker_absence_;
};

}  // namespace limn
