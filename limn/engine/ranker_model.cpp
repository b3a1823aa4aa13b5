#include "limn/engine/ranker_model.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "limn/engine/din_ranker.h"
#include "limn/engine/tree_ranker.h"

namespace limn {
namespace {

constexpr std::string_view trees_file = "ranker_trees";
constexpr std::string_view classes_file = "ranker_classes";

constexpr RankerKind all_kinds[] = {RankerKind::none, RankerKind::trees, RankerKind::din};

std::optional<RankerKind> kind_named(std::string_view name) {
  for (const RankerKind kind : all_kinds) {
    if (ranker_name(kind) == name) return kind;
  }
  return std::nullopt;
}

Result<std::unique_ptr<Ranker>> make_trees(const RankerModel& model, const ModelView& models,
                                           const std::filesystem::path& lightgbm) {
  LIMN_TRY(BoostedRanker trees, BoostedRanker::load(lightgbm, model.trees));
  LIMN_TRY(const std::size_t learnt, trees.width());
  const std::vector<std::string_view> parts(model.parts.begin(), model.parts.end());
  const std::size_t told = rank_feature_names(parts).size();
  if (learnt != told) {
    return fail(ErrorCode::corrupt,
                "cannot rank: trees: they learnt from {} features, and there are {} (build again)",
                learnt, told);
  }
  return std::make_unique<TreeRanker>(std::move(trees), tree_facts(models));
}

Result<std::unique_ptr<Ranker>> make_din(const RankerModel& model, const ModelView& models) {
  const std::size_t items = models.popularity.size();
  if (model.din.category.size() != items) {
    return fail(ErrorCode::corrupt,
                "cannot rank: din: it learnt of {} items, and there are {} (build again)",
                model.din.category.size(), items);
  }
  return std::make_unique<DinRanker>(model.din);
}

}  // namespace

std::string_view ranker_name(RankerKind kind) {
  switch (kind) {
    case RankerKind::none: return "none";
    case RankerKind::trees: return "trees";
    case RankerKind::din: return "din";
  }
  return "none";
}

std::filesystem::path lightgbm_library(const Config& config, const EncoderPlaces& places) {
  return config.recommend.lightgbm == "auto" ? places.lightgbm
                                             : std::filesystem::path(config.recommend.lightgbm);
}

Result<RankerKind> wanted_ranker(const Config& config, const EncoderPlaces& places) {
  const std::optional<RankerKind> kind = kind_named(config.recommend.ranker);
  if (!kind) {
    return fail(ErrorCode::invalid_argument,
                "cannot rank: recommend.ranker: {}: no such ranker (none, trees or din)",
                config.recommend.ranker);
  }
  if (*kind == RankerKind::trees) {
    const std::filesystem::path library = lightgbm_library(config, places);
    if (library.empty()) {
      return fail(ErrorCode::unavailable,
                  "cannot rank: recommend.ranker: trees: LightGBM's library is not here (fetch it "
                  "with tools/setup lightgbm, name it in recommend.lightgbm, or rank without)");
    }
    LIMN_TRY_VOID(BoostedRanker::can_open(library));
  }
  return *kind;
}

Result<std::unique_ptr<Ranker>> make_ranker(const RankerModel& model, const ModelView& models,
                                            std::span<const std::string> parts,
                                            const std::filesystem::path& lightgbm) {
  if (model.kind == RankerKind::none) return nullptr;
  if (!std::ranges::equal(model.parts, parts)) {
    return fail(ErrorCode::corrupt, "cannot rank: {}: it learnt over other parts (build again)",
                ranker_name(model.kind));
  }
  if (model.kind == RankerKind::din) return make_din(model, models);
  return make_trees(model, models, lightgbm);
}

Result<void> write_ranker(GenerationWriter& writer, const RankerModel& model,
                          SparseView item_classes) {
  if (model.kind == RankerKind::none) return {};
  if (model.kind == RankerKind::din) return write_din(writer, model.din);
  LIMN_TRY_VOID(writer.add(trees_file, std::as_bytes(std::span(model.trees))));
  return writer.add(classes_file, item_classes);
}

JsonObject manifest_json(const RankerModel& model) {
  return {{"kind", ranker_name(model.kind)},
          {"weight", model.weight},
          {"parts", JsonArray(model.parts.begin(), model.parts.end())}};
}

Result<RankerModel> read_ranker(const Generation& generation, const Json& manifest) {
  const auto wrong = [](std::string_view key) {
    return fail(ErrorCode::corrupt,
                "cannot read generation: manifest.json: ranker: {}: not what a build writes "
                "(build again)",
                key);
  };
  const JsonObject* object = manifest.if_object();
  if (object == nullptr) return wrong("ranker");
  const Json* kind = object->if_contains("kind");
  const Json* weight = object->if_contains("weight");
  const std::optional<RankerKind> named =
      kind != nullptr && kind->is_string() ? kind_named(kind->as_string()) : std::nullopt;
  if (!named) return wrong("kind");
  const bool number = weight != nullptr && weight->is_number();
  RankerModel model;
  model.kind = *named;
  model.weight = number ? weight->to_number<float>() : 0.0F;
  if (!number || !std::isfinite(model.weight)) return wrong("weight");
  const Json* parts = object->if_contains("parts");
  if (parts == nullptr || !parts->is_array()) return wrong("parts");
  for (const Json& part : parts->as_array()) {
    if (!part.is_string()) return wrong("parts");
    model.parts.emplace_back(part.as_string());
  }
  if (model.kind == RankerKind::trees) {
    LIMN_TRY(const std::span<const std::byte> text, generation.array<std::byte>(trees_file));
    model.trees.assign(reinterpret_cast<const char*>(text.data()), text.size());
  } else if (model.kind == RankerKind::din) {
    LIMN_TRY(model.din, read_din(generation));
  }
  return model;
}

}  // namespace limn
