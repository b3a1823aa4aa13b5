// RankerModel: a ranker as a build keeps it: what was fitted, to files and back.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "limn/core/config.h"
#include "limn/core/json.h"
#include "limn/core/result.h"
#include "limn/engine/encoders.h"
#include "limn/engine/models.h"
#include "limn/engine/ranker.h"
#include "limn/recommend/din.h"
#include "limn/store/generation.h"

namespace limn {

// Which ranker recommend.ranker names.
enum class RankerKind { none, trees, din };

[[nodiscard]] std::string_view ranker_name(RankerKind kind);

// Errors: invalid_argument for a name that is none; unavailable where it needs LightGBM and the
// library cannot be opened.
[[nodiscard]] Result<RankerKind> wanted_ranker(const Config& config, const EncoderPlaces& places);

// Where LightGBM's library is: recommend.lightgbm, or for "auto" where tools/setup puts it.
[[nodiscard]] std::filesystem::path lightgbm_library(const Config& config,
                                                     const EncoderPlaces& places);

// The fitted ranker; kind none: nothing was wanted, or nothing passed its gate.
struct RankerModel {
  RankerKind kind = RankerKind::none;
  float weight = 0;
  std::vector<std::string> parts;  // of the blend that it learnt over, in their order
  std::string trees;               // as BoostedRanker::model() gives it
  DinModel din;
};

// The ranker of a model; nothing for kind none. Borrows `models`. `parts`: the names of those that
// will be asked. Errors: unavailable without LightGBM's library; corrupt for what is no model, or
// one of other parts.
[[nodiscard]] Result<std::unique_ptr<Ranker>> make_ranker(const RankerModel& model,
                                                          const ModelView& models,
                                                          std::span<const std::string> parts,
                                                          const std::filesystem::path& lightgbm);

// Writes the files of a model: none for kind none. `item_classes` (items, classes): what it was
// told of items.
[[nodiscard]] Result<void> write_ranker(GenerationWriter& writer, const RankerModel& model,
                                        SparseView item_classes);

// What the manifest says under "ranker".
[[nodiscard]] JsonObject manifest_json(const RankerModel& model);

// Reads what these two wrote. `manifest`: the value of "ranker". Errors: corrupt.
[[nodiscard]] Result<RankerModel> read_ranker(const Generation& generation, const Json& manifest);

}  // namespace limn
