// Replay: the log in order of time, as it happened: is it worth knowing what a user did today?
//
// Models are rebuilt every so many days, as a shop does at night. Between two builds each liked
// event on an item new to its user is foretold twice with the same models: from the history as the
// last build knew it, and from the history up to that moment, folded in. Both leave out what the
// user has used by then, so that only what they know of the user differs.
#pragma once

#include <cstddef>

#include "limn/core/config.h"
#include "limn/core/json.h"
#include "limn/core/result.h"
#include "limn/engine/encoders.h"
#include "limn/eval/intervals.h"
#include "limn/store/store.h"

namespace limn {

struct ReplayOptions {
  double first_share = 0.8;  // of the events, the oldest ones: the first build's
  std::size_t k = 10;
  int days_between_builds = 1;
};

struct ReplayReport {
  ReplayOptions options;
  std::size_t events = 0;        // foretold
  std::size_t fresh_events = 0;  // of them, whose user did something since the last build
  std::size_t users = 0;         // whose events those are
  std::size_t builds = 0;
  double waiting = 0;           // NDCG@k of the next event, a mean over users of their means
  double folded_in = 0;         // likewise
  PairedComparison comparison;  // folded in - waiting, on the same users
  double seconds = 0;
};

// Item texts are taken as given; what users wrote is not read. The blend's weights are chosen on
// the first build's past and kept. Errors: invalid_argument, where the events carry no times or
// there is nothing to foretell; those of the store and the encoder; interrupted.
[[nodiscard]] Result<ReplayReport> replay_store(const Store& store, const Config& config,
                                                const EncoderPlaces& places,
                                                const ReplayOptions& options);

[[nodiscard]] Json to_json(const ReplayReport& report);

}  // namespace limn
