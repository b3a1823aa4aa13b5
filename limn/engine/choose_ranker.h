// Choosing a ranker: learned from half of the validation users, kept only where the other half is
// surely better off with it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "limn/core/json.h"
#include "limn/core/result.h"
#include "limn/engine/models.h"
#include "limn/engine/ranker_model.h"
#include "limn/eval/intervals.h"
#include "limn/recommend/choose_weights.h"

namespace limn {

// What became of the ranker that recommend.ranker asks for.
struct RankerReport {
  RankerKind kind = RankerKind::none;  // the one asked for
  std::size_t learning_users = 0;      // that it learned from
  std::size_t gate_users = 0;          // others, on whom the rest of this is
  std::size_t epochs = 0;              // of DIN: after how many the learning users liked it best
  double blend_ndcg = 0;               // NDCG@k of the blend alone
  double weight = 0;                   // the best of the grid
  double gain = 0;                     // in NDCG@k with that weight
  Interval interval;                   // of the gain: two standard errors to each side
  bool passed = false;                 // the interval is above 0: lists are made with it
  double seconds = 0;
};

[[nodiscard]] JsonObject to_json(const RankerReport& report);

struct ChosenRanker {
  RankerReport report;
  RankerModel model;  // learned from everybody; kind none where the gate was not passed
};

// What a ranker is chosen with, borrowed. Nothing but `all_histories` may have seen what the users
// chose later.
struct RankerTask {
  const ModelView& models;
  const Parts& parts;
  const BlendWeights& weights;
  std::span<const ValidationUser> users;   // those with something held out
  std::span<const History> histories;      // (users of the log): what DIN learns from
  std::span<const History> all_histories;  // likewise, once it has passed
  bool dated = true;                       // else their order says nothing
};

struct RankerChoice {
  RankerKind kind = RankerKind::none;
  std::filesystem::path lightgbm;
  std::size_t k = 10;  // NDCG@k is what is looked at
  std::uint64_t seed = 1;
};

// Fits the ranker on the lists of half of the users, finds its weight on those of the other half,
// and keeps it where NDCG@k gains there by more than two standard errors; then fits it on all of
// them. The blend's weights have seen all these users, the ranker half of them: where it passes, it
// does so against a blend that is a little too good. Same input, same answer, on any number of
// threads, but for the seconds. Errors: those of BoostedRanker.
[[nodiscard]] Result<ChosenRanker> choose_ranker(const RankerTask& task,
                                                 const RankerChoice& choice);

}  // namespace limn
