// Choosing: the settings of the models and the weights of the blend, on a validation part of the
// past.
#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "limn/core/config.h"
#include "limn/core/result.h"
#include "limn/engine/choose_ranker.h"
#include "limn/engine/models.h"
#include "limn/engine/search_settings.h"
#include "limn/recommend/choose_weights.h"

namespace limn {

// Which part of the histories is held out to choose on.
enum class HoldOut {
  // The last fifth of each history, or any fifth where its order says nothing; one event where none
  // has five. Each user is asked at the end of her own time.
  end_of_each,
  // All that came after one moment, a fifth of the events. All users are asked at that moment.
  after_moment,
  // The models see nothing after one moment, but users are asked after it, when half of what they
  // did since is known: as a build is used.
  after_news,
};

struct ChoiceOptions {
  std::size_t k = 10;  // NDCG@k is what is looked for
  // (users), or empty: what came after each history.
  std::span<const std::vector<HistoryEntry>> later;
  HoldOut hold_out = HoldOut::end_of_each;  // without it
  // What lists of the blend are chosen from: so many random items beside those that were held out.
  // 0: the whole catalogue. Where a list is short, each user's last event at least is held out.
  std::size_t candidates = 0;
  // A ranker to learn for lists of the whole catalogue, and what trees need.
  RankerKind ranker = RankerKind::none;
  std::filesystem::path lightgbm;
};

struct ChosenModels {
  FoundSettings found;    // the settings that fit_models() takes, and how they were found
  ChosenWeights weights;  // of the parts of models fitted so
  ChosenRanker ranker;    // over these parts, so weighed
  bool by_time = false;   // models were fitted at one moment for all: Training::asked_at_now
};

// Where fewer than fifty users liked something after the moment, the end of each history is held
// out. Fits on what is known, and keeps the settings and the weights that rank best what was liked
// later. Nothing but `training` and `options.later` is read. Errors: as fit_models(),
// and choose_ranker().
[[nodiscard]] Result<ChosenModels> choose_models(const Training& training, const Config& config,
                                                 const ChoiceOptions& options = {});

}  // namespace limn
