// Reads a tokenizer from a Hugging Face folder. What a file asks for and we do not do is an error
// that names it: to pass over it would give other token ids, and embeddings that are quietly worse.
#include <algorithm>
#include <array>
#include <optional>

#include "limn/core/file.h"
#include "limn/core/json.h"
#include "limn/nn/tokenizer.h"

namespace limn {
namespace {

// No vocabulary in use has a tenth of it; a larger id would only ask for memory.
constexpr std::int64_t most_tokens = 1'000'000;

const Json* member(const Json& json, std::string_view key) {
  const JsonObject* object = json.if_object();
  return object == nullptr ? nullptr : object->if_contains(key);
}

std::string text_member(const Json& json, std::string_view key, std::string_view otherwise) {
  const Json* value = member(json, key);
  const auto* text = value == nullptr ? nullptr : value->if_string();
  return std::string(text == nullptr ? otherwise : std::string_view(text->data(), text->size()));
}

// A token of tokenizer_config.json: its text, or an object that has it as `content`.
std::string token_member(const Json& json, std::string_view key, std::string_view otherwise) {
  const Json* value = member(json, key);
  if (value != nullptr && value->is_object()) return text_member(*value, "content", otherwise);
  return text_member(json, key, otherwise);
}

bool flag_member(const Json& json, std::string_view key, bool otherwise) {
  const Json* value = member(json, key);
  return value != nullptr && value->is_bool() ? value->get_bool() : otherwise;
}

std::optional<TokenId> as_id(const Json* json) {
  if (json == nullptr || !json->is_int64()) return std::nullopt;
  const std::int64_t id = json->get_int64();
  if (id < 0 || id >= most_tokens) return std::nullopt;
  return static_cast<TokenId>(id);
}

tl::unexpected<Error> bad(const std::filesystem::path& path, std::string_view what) {
  return fail(ErrorCode::corrupt, "cannot read tokenizer: {}: {} is missing or not valid",
              path.string(), what);
}

tl::unexpected<Error> unsupported(const std::filesystem::path& path, std::string_view what) {
  return fail(ErrorCode::invalid_argument,
              "cannot read tokenizer: {}: {} is not supported (BERT's WordPiece is)", path.string(),
              what);
}

Result<void> put_token(std::vector<std::string>& vocabulary, TokenId id, std::string_view text,
                       const std::filesystem::path& path) {
  if (vocabulary.size() <= id) vocabulary.resize(id + 1);
  if (!vocabulary[id].empty() && vocabulary[id] != text) {
    return bad(path, fmt::format("token {}, which has two texts,", id));
  }
  vocabulary[id] = text;
  return {};
}

Result<void> read_model(const Json& model, const std::filesystem::path& path,
                        std::vector<std::string>& vocabulary, TokenizerSettings& settings) {
  // Files of before 2021 do not name the type.
  const std::string type = text_member(model, "type", "WordPiece");
  if (type != "WordPiece") return unsupported(path, "model " + type);
  settings.unknown = text_member(model, "unk_token", settings.unknown);
  settings.continuation = text_member(model, "continuing_subword_prefix", settings.continuation);
  if (const Json* most = member(model, "max_input_chars_per_word")) {
    const auto count = as_id(most);
    if (!count) return bad(path, "max_input_chars_per_word");
    settings.max_chars_per_word = *count;
  }
  const Json* tokens = member(model, "vocab");
  if (tokens == nullptr || !tokens->is_object()) return bad(path, "model.vocab");
  for (const auto& [text, value] : tokens->get_object()) {
    const auto id = as_id(&value);
    if (!id) return bad(path, fmt::format("the id of token '{}'", std::string_view(text)));
    LIMN_TRY_VOID(put_token(vocabulary, *id, {text.data(), text.size()}, path));
  }
  return {};
}

Result<void> read_normalizer(const Json& file, const std::filesystem::path& path,
                             WordSettings& words) {
  const Json* normalizer = member(file, "normalizer");
  const std::string type =
      normalizer == nullptr ? "none" : text_member(*normalizer, "type", "none");
  if (type != "BertNormalizer") return unsupported(path, "normalizer " + type);
  words.clean_text = flag_member(*normalizer, "clean_text", true);
  words.handle_chinese_chars = flag_member(*normalizer, "handle_chinese_chars", true);
  words.lowercase = flag_member(*normalizer, "lowercase", true);
  words.strip_accents = flag_member(*normalizer, "strip_accents", words.lowercase);

  const Json* splitter = member(file, "pre_tokenizer");
  const std::string split = splitter == nullptr ? "none" : text_member(*splitter, "type", "none");
  if (split != "BertPreTokenizer") return unsupported(path, "pre_tokenizer " + split);
  return {};
}

// [CLS] text [SEP], written as a template.
Result<void> read_template(const Json& processor, const std::filesystem::path& path,
                           TokenizerSettings& settings) {
  const Json* single = member(processor, "single");
  const JsonArray* parts = single == nullptr ? nullptr : single->if_array();
  if (parts == nullptr || parts->size() != 3) return unsupported(path, "this post_processor");
  const Json* first = member((*parts)[0], "SpecialToken");
  const Json* text = member((*parts)[1], "Sequence");
  const Json* last = member((*parts)[2], "SpecialToken");
  if (first == nullptr || text == nullptr || last == nullptr) {
    return unsupported(path, "this post_processor");
  }
  settings.first = text_member(*first, "id", "");
  settings.last = text_member(*last, "id", "");
  return {};
}

Result<void> read_post_processor(const Json& file, const std::filesystem::path& path,
                                 TokenizerSettings& settings) {
  const Json* processor = member(file, "post_processor");
  const std::string type = processor == nullptr ? "none" : text_member(*processor, "type", "none");
  if (type == "TemplateProcessing") return read_template(*processor, path, settings);
  if (type != "BertProcessing") return unsupported(path, "post_processor " + type);
  const auto token = [&](std::string_view key) {
    const Json* pair = member(*processor, key);  // [text, id]
    const JsonArray* parts = pair == nullptr ? nullptr : pair->if_array();
    if (parts == nullptr || parts->empty() || !parts->front().is_string()) return std::string();
    return std::string(parts->front().get_string());
  };
  settings.first = token("cls");
  settings.last = token("sep");
  return {};
}

Result<std::vector<SpecialToken>> read_added_tokens(const Json& file,
                                                    const std::filesystem::path& path,
                                                    std::vector<std::string>& vocabulary) {
  std::vector<SpecialToken> special;
  const Json* added = member(file, "added_tokens");
  if (added == nullptr) return special;
  if (!added->is_array()) return bad(path, "added_tokens");
  for (const Json& token : added->get_array()) {
    const auto id = as_id(member(token, "id"));
    const std::string text = text_member(token, "content", "");
    if (!id || text.empty()) return bad(path, "an added token");
    for (const std::string_view flag : {"single_word", "lstrip", "rstrip", "normalized"}) {
      if (flag_member(token, flag, false)) {
        return unsupported(path, fmt::format("{} of added token {}", flag, text));
      }
    }
    LIMN_TRY_VOID(put_token(vocabulary, *id, text, path));
    special.push_back({text, *id});
  }
  return special;
}

Result<Tokenizer> open_json(const std::filesystem::path& path) {
  LIMN_TRY(const std::string bytes, read_file(path));
  LIMN_TRY(const Json file, parse_json(bytes, path.string()));
  std::vector<std::string> vocabulary;
  TokenizerSettings settings;
  const Json* model = member(file, "model");
  if (model == nullptr) return bad(path, "model");
  LIMN_TRY_VOID(read_model(*model, path, vocabulary, settings));
  LIMN_TRY_VOID(read_normalizer(file, path, settings.words));
  LIMN_TRY_VOID(read_post_processor(file, path, settings));
  LIMN_TRY(auto special, read_added_tokens(file, path, vocabulary));
  return Tokenizer::make(vocabulary, std::move(special), std::move(settings));
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.emplace_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
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
    return bad(folder / "vocab.txt", "its number of lines");
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

Result<Tokenizer> Tokenizer::open(const std::filesystem::path& folder) {
  std::error_code ignored;  // a folder that cannot be looked into fails when it is read
  if (std::filesystem::exists(folder / "tokenizer.json", ignored)) {
    return open_json(folder / "tokenizer.json");
  }
  return open_vocabulary(folder);
}

}  // namespace limn
