// Build: the whole log to the next generation.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "limn/core/config.h"
#include "limn/core/json.h"
#include "limn/core/result.h"
#include "limn/engine/as_of.h"
#include "limn/engine/choose_ranker.h"
#include "limn/engine/encoders.h"
#include "limn/engine/search_settings.h"
#include "limn/engine/snapshot.h"
#include "limn/store/store.h"

namespace limn {

struct BuildOptions {
  // Nothing later is read, nor is the generation before, which may have been made from it: as if
  // the log had ended then (see log_as_of()). Nothing: the whole log.
  std::optional<Time> as_of;
};

struct BuildSeconds {
  double read = 0;
  double text = 0;
  double encode = 0;
  double cluster = 0;
  double fit = 0;
  double write = 0;
};

// What a build made, and how long each step took.
struct BuildReport {
  std::uint64_t generation = 0;
  BuildSeconds seconds;
  std::size_t users = 0;
  std::size_t items = 0;
  std::size_t events = 0;
  std::size_t topics = 0;
  std::size_t segments = 0;
  std::string encoder;
  std::string precision;
  std::size_t dim = 0;
  std::size_t texts = 0;           // not empty
  std::size_t encoded = 0;         // of them, not taken over from the generation before
  bool kept_fit = false;           // lsa as the generation before fitted it
  std::size_t tokens = 0;          // of those encoded
  std::size_t long_texts = 0;      // of those encoded, read in chunks or cut
  std::size_t copied_texts = 0;    // of what users wrote: copies of another text, weighed once;
  std::size_t trimmed_texts = 0;   // without the greeting or signature that their writer repeats;
  std::size_t opinions = 0;        // rated texts that the opinion model was learned from; 0: none
  double opinion_accuracy = 0;     // of a model of four fifths of them, on the last fifth
  double opinion_majority = 0;     // there, of always saying what most say
  std::size_t told_reviews = 0;    // without stars, weighed by their words
  std::size_t wordless_texts = 0;  // that say nothing
  double inertia_spread = 0;       // of the k-means restarts: (worst - best) / best
  bool topics_anew = true;         // not carried on from the generation before
  std::vector<TopicChange> topic_changes;
  std::vector<std::string> parts;  // of the blend, and
  std::vector<double> part_ndcg;   // the NDCG@10 of each on the validation part
  bool chosen_by_time = false;  // which is what came after one moment, else the end of each history
  double blend_ndcg = 0;        // and that of the weights chosen
  FoundSettings found;          // what the parts were fitted with, and how it was found
  RatingFit ratings;            // what predicts stars
  RankerReport ranker;          // what became of recommend.ranker
  std::size_t flooded_users = 0;  // look like bots
  std::optional<Time> as_of;      // the moment that the log was read up to, and
  LeftOut left_out;               // what that left out
};

[[nodiscard]] Json to_json(const BuildReport& report);

// Reads the log, or what it was at a moment, makes every array, writes the next generation and
// makes it the current one; appends a version of the strategy where the blend's weights changed.
// The same log, settings and encoder give the same bytes. Errors: those of the store and the
// encoder; interrupted. After an error the generation before is still in use.
[[nodiscard]] Result<BuildReport> build_generation(Store& store, const Config& config,
                                                   const EncoderPlaces& places,
                                                   const BuildOptions& options = {});

}  // namespace limn
