#include "limn/encode/sentence_folder.h"

#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "limn/core/file.h"
#include "limn/core/json.h"

namespace limn {
namespace {

using Path = std::filesystem::path;

Result<std::optional<Json>> read_optional(const Path& path) {
  std::error_code ignored;  // a file that cannot be looked at fails when it is read
  if (!std::filesystem::exists(path, ignored)) return std::nullopt;
  LIMN_TRY(const std::string bytes, read_file(path));
  LIMN_TRY(Json json, parse_json(bytes, path.string()));
  return json;
}

tl::unexpected<Error> unsupported(const Path& path, std::string_view what) {
  return fail(ErrorCode::invalid_argument, "cannot load encoder: {}: {} is not supported",
              path.string(), what);
}

// Where the modules are. Without modules.json: the Transformer in the folder itself.
struct Modules {
  std::string transformer;
  std::string pooling = "1_Pooling";
};

// A module's folder must lie inside the model's.
bool is_inside(const Path& path) {
  if (path.is_absolute()) return false;
  for (const Path& part : path) {
    if (part == "..") return false;
  }
  return true;
}

Result<Modules> read_modules(const Path& folder) {
  const Path path = folder / "modules.json";
  LIMN_TRY(const std::optional<Json> json, read_optional(path));
  Modules modules;
  if (!json) return modules;
  if (!json->is_array()) {
    return fail(ErrorCode::corrupt, "cannot load encoder: {}: no list of modules", path.string());
  }
  modules.pooling.clear();
  for (const Json& module : json->get_array()) {
    const std::string type = text_member(module, "type").value_or("none");
    const std::string place = text_member(module, "path").value_or("");
    if (!is_inside(place)) return unsupported(path, "module path " + place);
    const std::string_view name = std::string_view(type).substr(type.rfind('.') + 1);
    if (name == "Transformer") {
      modules.transformer = place;
    } else if (name == "Pooling") {
      modules.pooling = place;
    } else if (name != "Normalize") {  // what limn does to every embedding
      return unsupported(path, "module " + type);
    }
  }
  // Its rows would be the model's own pooled output, which is for another task.
  if (modules.pooling.empty()) return unsupported(path, "a list without the module Pooling");
  return modules;
}

// "pooling_mode": "mean" in files of today, a flag for each mode before.
Result<Pooling> read_pooling(const Path& path, bool with_prompt) {
  LIMN_TRY(const std::optional<Json> json, read_optional(path));
  if (!json) return Pooling::mean;
  if (with_prompt && !flag_member(*json, "include_prompt", true)) {
    return unsupported(path, "include_prompt false");
  }
  // The root of the length makes no difference to an embedding of length 1.
  struct Mode {
    std::string_view name;
    std::string_view flag;
    Pooling pooling;
  };
  constexpr std::array<Mode, 4> modes{
      {{"mean", "pooling_mode_mean_tokens", Pooling::mean},
       {"mean_sqrt_len_tokens", "pooling_mode_mean_sqrt_len_tokens", Pooling::mean},
       {"cls", "pooling_mode_cls_token", Pooling::first},
       {"max", "pooling_mode_max_tokens", Pooling::maximum}}};
  if (const auto named = text_member(*json, "pooling_mode")) {
    for (const Mode& mode : modes) {
      if (*named == mode.name) return mode.pooling;
    }
    return unsupported(path, "pooling_mode " + *named);
  }
  for (const std::string_view other :
       {"pooling_mode_weightedmean_tokens", "pooling_mode_lasttoken"}) {
    if (flag_member(*json, other, false)) return unsupported(path, other);
  }
  std::optional<Pooling> chosen;
  for (const Mode& mode : modes) {
    if (!flag_member(*json, mode.flag, false)) continue;
    if (chosen) return unsupported(path, fmt::format("{} beside another mode", mode.flag));
    chosen = mode.pooling;
  }
  if (!chosen) return unsupported(path, "no pooling mode at all");
  return *chosen;
}

Result<std::size_t> read_max_length(const Path& path) {
  LIMN_TRY(const std::optional<Json> json, read_optional(path));
  if (!json) return 0;
  if (flag_member(*json, "do_lower_case", false)) return unsupported(path, "do_lower_case true");
  const Json* value = member(*json, "max_seq_length");
  if (value == nullptr || !value->is_int64() || value->get_int64() < 2) return 0;
  return static_cast<std::size_t>(value->get_int64());
}

Result<std::string> read_prompt(const Path& path, const std::string& wanted) {
  LIMN_TRY(const std::optional<Json> json, read_optional(path));
  if (!json) return wanted;
  const std::string name =
      wanted.empty() ? text_member(*json, "default_prompt_name").value_or("") : wanted;
  const Json* prompts = member(*json, "prompts");
  const auto found = prompts == nullptr ? std::nullopt : text_member(*prompts, name);
  if (found) return *found;
  if (wanted.empty() && !name.empty()) {
    return fail(ErrorCode::corrupt,
                "cannot load encoder: {}: default_prompt_name {}: no such prompt", path.string(),
                name);
  }
  return wanted;
}

}  // namespace

Result<SentenceFolder> read_sentence_folder(const Path& folder, const std::string& prompt) {
  SentenceFolder found;
  LIMN_TRY(const Modules modules, read_modules(folder));
  found.transformer = modules.transformer.empty() ? folder : folder / modules.transformer;
  LIMN_TRY(found.prompt, read_prompt(folder / "config_sentence_transformers.json", prompt));
  LIMN_TRY(found.pooling,
           read_pooling(folder / modules.pooling / "config.json", !found.prompt.empty()));
  LIMN_TRY(found.max_length, read_max_length(found.transformer / "sentence_bert_config.json"));
  return found;
}

}  // namespace limn
