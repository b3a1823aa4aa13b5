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

struct ChoiceOptions {
  std::size_t k = 10;  // NDCG@k is what is looked for
  // (users), or empty: what came after each history. Without it a part of each history is held out:
  // the last fifth, or any fifth where its order says nothing; one event where none has five.
  std::span<const std::vector<HistoryEntry>> later;
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
};

// Fits on what is known, and keeps the settings and the weights that rank best what was liked
// later. Nothing but `training` and `options.later` is read. Errors: as fit_models(),
// and choose_ranker().
[[nodiscard]] Result<ChosenModels> choose_models(const Training& training, const Config& config,
                                                 const ChoiceOptions& options = {});

}  // namespace limn
