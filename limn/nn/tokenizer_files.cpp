// Reads a tokenizer from a Hugging Face folder: tokenizer.json, or what came before it.
#include <algorithm>
#include <array>
#include <utility>

#include "limn/core/file.h"
#include "limn/core/lines.h"
#include "limn/nn/tokenizer_json.h"

namespace limn {
namespace {

// A token of tokenizer_config.json: its text, or an object that has it as `content`.
std::string token_member(const Json& json, std::string_view key, std::string_view otherwise) {
  const Json* value = member(json, key);
  if (value != nullptr && value->is_object()) return text_member(*value, "content", otherwise);
  return text_member(json, key, otherwise);
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> found;
  for (Lines lines(text); lines.next();) found.emplace_back(without_return(lines.text()));
  return found;
}

// The settings of a folder without tokenizer.json; a file without them means BERT's defaults.
Result<TokenizerSettings> read_tokenizer_config(const std::filesystem::path& path) {
  TokenizerSettings settings;
  if (!std::filesystem::exists(path)) return settings;
  LIMN_TRY(const std::string bytes, read_file(path));
  LIMN_TRY(const Json file, parse_json(bytes, path.string()));
  settings.words.lowercase = flag_member(file, "do_lower_case", true);
  settings.words.strip_accents = flag_member(file, "strip_accents", settings.words.lowercase);
  settings.words.handle_chinese_chars = flag_member(file, "tokenize_chinese_chars", true);
  settings.unknown = token_member(file, "unk_token", settings.unknown);
  settings.first = token_member(file, "cls_token", settings.first);
  settings.last = token_member(file, "sep_token", settings.last);
  return settings;
}

Result<Tokenizer> open_vocabulary(const std::filesystem::path& folder) {
  LIMN_TRY(const std::string bytes, read_file(folder / "vocab.txt"));
  LIMN_TRY(TokenizerSettings settings, read_tokenizer_config(folder / "tokenizer_config.json"));
  const std::vector<std::string> vocabulary = lines_of(bytes);
  if (vocabulary.size() > static_cast<std::size_t>(most_tokens)) {
    return bad_tokenizer(folder / "vocab.txt", "its number of lines");
  }
  std::vector<SpecialToken> special;
  const std::array<std::string, 5> names{settings.unknown, settings.first, settings.last, "[PAD]",
                                         "[MASK]"};
  for (const std::string& name : names) {
    const auto found = std::find(vocabulary.begin(), vocabulary.end(), name);
    if (name.empty() || found == vocabulary.end()) continue;
    special.push_back({name, static_cast<TokenId>(found - vocabulary.begin())});
  }
  return Tokenizer::make(vocabulary, std::move(special), std::move(settings));
}

}  // namespace

std::optional<TokenId> as_id(const Json& json) {
  if (!json.is_int64()) return std::nullopt;
  const std::int64_t id = json.get_int64();
  if (id < 0 || id >= most_tokens) return std::nullopt;
  return static_cast<TokenId>(id);
}

std::optional<TokenId> id_member(const Json& json, std::string_view key) {
  const Json* value = member(json, key);
  return value == nullptr ? std::nullopt : as_id(*value);
}

std::string type_of(const Json* json) {
  return json == nullptr ? "none" : text_member(*json, "type", "none");
}

tl::unexpected<Error> bad_tokenizer(const std::filesystem::path& path, std::string_view what) {
  return fail(ErrorCode::corrupt, "cannot read tokenizer: {}: {} is missing or not valid",
              path.string(), what);
}

tl::unexpected<Error> unsupported_tokenizer(const std::filesystem::path& path,
                                            std::string_view what) {
  return fail(ErrorCode::invalid_argument, "cannot read tokenizer: {}: {} is not supported",
              path.string(), what);
}

Result<Tokenizer> Tokenizer::open(const std::filesystem::path& folder) {
  std::error_code ignored;  // a folder that cannot be looked into fails when it is read
  if (std::filesystem::exists(folder / "tokenizer.json", ignored)) {
    const std::filesystem::path path = folder / "tokenizer.json";
    LIMN_TRY(const std::string bytes, read_file(path));
    return parse(bytes, path);
  }
  return open_vocabulary(folder);
}

}  // namespace limn
