// What tokenizer.json asks for and we do not do is an error that names it: to pass over it would
// give other token ids, and embeddings that are quietly worse.
#include "limn/nn/tokenizer_json.h"

#include <utility>
#include <vector>

#include "limn/nn/tokenizer_parts.h"

namespace limn {
namespace {

using Path = std::filesystem::path;

Result<void> put_token(std::vector<std::string>& vocabulary, TokenId id, std::string_view text,
                       const Path& path) {
  if (vocabulary.size() <= id) vocabulary.resize(id + 1);
  if (!vocabulary[id].empty() && vocabulary[id] != text) {
    return bad_tokenizer(path, fmt::format("token {}, which has two texts,", id));
  }
  vocabulary[id] = text;
  return {};
}

// {"token": id, ...}, of WordPiece and BPE.
Result<std::vector<std::string>> read_vocabulary(const Json& model, const Path& path) {
  const Json* tokens = member(model, "vocab");
  if (tokens == nullptr || !tokens->is_object()) return bad_tokenizer(path, "model.vocab");
  std::vector<std::string> vocabulary;
  for (const auto& [text, value] : tokens->get_object()) {
    const auto id = as_id(value);
    if (!id) {
      return bad_tokenizer(path, fmt::format("the id of token '{}'", std::string_view(text)));
    }
    LIMN_TRY_VOID(put_token(vocabulary, *id, {text.data(), text.size()}, path));
  }
  return vocabulary;
}

// [["token", score], ...], of Unigram.
Result<std::vector<std::string>> read_scored_vocabulary(const Json& model, const Path& path,
                                                        std::vector<double>& scores) {
  const Json* tokens = member(model, "vocab");
  if (tokens == nullptr || !tokens->is_array()) return bad_tokenizer(path, "model.vocab");
  std::vector<std::string> vocabulary;
  for (const Json& token : tokens->get_array()) {
    const JsonArray* pair = token.if_array();
    const bool whole = pair != nullptr && pair->size() == 2 && (*pair)[0].is_string() &&
                       (*pair)[1].is_number() && vocabulary.size() < std::size_t{most_tokens};
    if (!whole) return bad_tokenizer(path, fmt::format("token {}", vocabulary.size()));
    vocabulary.emplace_back((*pair)[0].get_string());
    scores.push_back((*pair)[1].to_number<double>());
  }
  return vocabulary;
}

// A pair of tokens, or one text with a space between them.
Result<std::pair<std::string, std::string>> read_merge(const Json& json, const Path& path) {
  if (const JsonArray* pair = json.if_array()) {
    if (pair->size() == 2 && (*pair)[0].is_string() && (*pair)[1].is_string()) {
      return std::pair(std::string((*pair)[0].get_string()), std::string((*pair)[1].get_string()));
    }
  } else if (json.is_string()) {
    const std::string text(json.get_string());
    const std::size_t space = text.find(' ');
    if (space != std::string::npos) return std::pair(text.substr(0, space), text.substr(space + 1));
  }
  return bad_tokenizer(path, "a merge");
}

Result<std::unique_ptr<const TokenModel>> read_bpe(const Json& model, const Path& path,
                                                   const std::vector<std::string>& vocabulary,
                                                   PreTokenizer splitter) {
  for (const std::string_view key :
       {"dropout", "continuing_subword_prefix", "end_of_word_suffix"}) {
    const Json* value = member(model, key);
    if (value == nullptr || (value->is_string() && value->get_string().empty())) continue;
    return unsupported_tokenizer(path, fmt::format("{} of model BPE", key));
  }
  BpeSettings settings{.unknown = text_member(model, "unk_token", ""),
                       .fuse_unknown = flag_member(model, "fuse_unk", false),
                       .byte_fallback = flag_member(model, "byte_fallback", false),
                       .ignore_merges = flag_member(model, "ignore_merges", false)};
  const Json* merges = member(model, "merges");
  if (merges == nullptr || !merges->is_array()) return bad_tokenizer(path, "model.merges");
  for (const Json& json : merges->get_array()) {
    LIMN_TRY(auto merge, read_merge(json, path));
    settings.merges.push_back(std::move(merge));
  }
  return make_bpe(vocabulary, std::move(settings), std::move(splitter));
}

Result<TokenizerSettings> read_wordpiece(const Json& model, const Path& path) {
  TokenizerSettings settings;
  settings.unknown = text_member(model, "unk_token", settings.unknown);
  settings.continuation = text_member(model, "continuing_subword_prefix", settings.continuation);
  if (member(model, "max_input_chars_per_word") != nullptr) {
    const auto count = id_member(model, "max_input_chars_per_word");
    if (!count) return bad_tokenizer(path, "max_input_chars_per_word");
    settings.max_chars_per_word = *count;
  }
  return settings;
}

// WordPiece reads words as they are normalized, all in one go, where nothing has to be done between
// the two.
Result<void> put_wordpiece(const Json& file, const Path& path, TokenizerSettings settings,
                           const std::vector<std::string>& vocabulary, TokenizerParts& parts) {
  const std::string splitter = type_of(member(file, "pre_tokenizer"));
  if (splitter != "BertPreTokenizer") {
    return unsupported_tokenizer(path, "pre_tokenizer " + splitter + " of model WordPiece");
  }
  bool between = parts.normalizer.size() != 1;
  for (const SpecialToken& token : parts.added) between = between || token.normalized;
  const WordSettings* words =
      between ? nullptr : std::get_if<WordSettings>(&parts.normalizer.front());
  settings.words = words != nullptr ? *words : WordSettings{false, false, false, false};
  if (words != nullptr) parts.normalizer.clear();
  parts.model_reads_any_bytes = true;
  LIMN_TRY(parts.model, make_wordpiece(vocabulary, settings));
  return {};
}

Result<std::vector<SpecialToken>> read_added_tokens(const Json& file, const Path& path,
                                                    std::vector<std::string>& vocabulary) {
  std::vector<SpecialToken> added;
  const Json* tokens = member(file, "added_tokens");
  if (tokens == nullptr) return added;
  if (!tokens->is_array()) return bad_tokenizer(path, "added_tokens");
  for (const Json& token : tokens->get_array()) {
    const auto id = id_member(token, "id");
    const std::string text = text_member(token, "content", "");
    if (!id || text.empty()) return bad_tokenizer(path, "an added token");
    if (flag_member(token, "single_word", false)) {
      return unsupported_tokenizer(path, "single_word of added token " + text);
    }
    LIMN_TRY_VOID(put_token(vocabulary, *id, text, path));
    added.push_back({.text = text,
                     .id = *id,
                     .normalized = flag_member(token, "normalized", false),
                     .takes_space_before = flag_member(token, "lstrip", false),
                     .takes_space_after = flag_member(token, "rstrip", false)});
  }
  return added;
}

// What stands before and after a text, as a template has it: special tokens around "Sequence".
Result<void> read_template(const Json& processor, const Path& path,
                           const std::vector<std::string>& vocabulary, TokenizerParts& parts) {
  const Json* single = member(processor, "single");
  if (single == nullptr || !single->is_array()) return bad_tokenizer(path, "post_processor.single");
  const Json* known = member(processor, "special_tokens");
  bool text_came = false;
  for (const Json& part : single->get_array()) {
    const Json* special = member(part, "SpecialToken");
    if (special == nullptr) {
      if (text_came || member(part, "Sequence") == nullptr) {
        return unsupported_tokenizer(path, "this post_processor");
      }
      text_came = true;
      continue;
    }
    const std::string name = text_member(*special, "id", "");
    // A token may be called one thing here and another in the vocabulary.
    const Json* entry = known == nullptr ? nullptr : member(*known, name);
    const Json* ids = entry == nullptr ? nullptr : member(*entry, "ids");
    std::vector<TokenId>& side = text_came ? parts.after : parts.before;
    if (ids == nullptr || !ids->is_array()) {
      LIMN_TRY(const TokenId id, id_of(vocabulary, name));
      side.push_back(id);
      continue;
    }
    for (const Json& json : ids->get_array()) {
      const auto id = as_id(json);
      if (!id) return bad_tokenizer(path, "a token of post_processor");
      side.push_back(*id);
    }
  }
  if (!text_came) return unsupported_tokenizer(path, "this post_processor");
  return {};
}

// ["token", id], of BertProcessing and RobertaProcessing; the text counts.
Result<TokenId> read_pair(const Json& processor, std::string_view key, const Path& path,
                          const std::vector<std::string>& vocabulary) {
  const Json* pair = member(processor, key);
  const JsonArray* parts = pair == nullptr ? nullptr : pair->if_array();
  if (parts == nullptr || parts->empty() || !parts->front().is_string()) {
    return bad_tokenizer(path, fmt::format("post_processor.{}", key));
  }
  return id_of(vocabulary, std::string_view(parts->front().get_string()));
}

Result<void> read_post_processor(const Json* processor, const Path& path,
                                 const std::vector<std::string>& vocabulary,
                                 TokenizerParts& parts) {
  if (processor == nullptr) return {};
  const std::string type = type_of(processor);
  if (type == "Sequence") {
    const Json* steps = member(*processor, "processors");
    if (steps == nullptr || !steps->is_array()) return bad_tokenizer(path, "processors");
    for (const Json& step : steps->get_array()) {
      LIMN_TRY_VOID(read_post_processor(&step, path, vocabulary, parts));
    }
    return {};
  }
  if (type == "ByteLevel") return {};  // moves offsets, not ids
  if (!parts.before.empty() || !parts.after.empty()) {
    return unsupported_tokenizer(path, "more than one post_processor");
  }
  if (type == "TemplateProcessing") return read_template(*processor, path, vocabulary, parts);
  if (type != "BertProcessing" && type != "RobertaProcessing") {
    return unsupported_tokenizer(path, "post_processor " + type);
  }
  LIMN_TRY(const TokenId first, read_pair(*processor, "cls", path, vocabulary));
  LIMN_TRY(const TokenId last, read_pair(*processor, "sep", path, vocabulary));
  parts.before = {first};
  parts.after = {last};
  return {};
}

Result<void> check_special(const TokenizerParts& parts, const Path& path) {
  if (parts.before.size() + parts.after.size() > 2) {
    return unsupported_tokenizer(path, "a post_processor of more than two tokens");
  }
  for (const std::vector<TokenId>* side : {&parts.before, &parts.after}) {
    for (const TokenId id : *side) {
      if (id >= parts.size) return bad_tokenizer(path, "a token of post_processor");
    }
  }
  return {};
}

}  // namespace

Result<Tokenizer> Tokenizer::parse(std::string_view json, const Path& path) {
  LIMN_TRY(const Json file, parse_json(json, path.string()));
  const Json* model = member(file, "model");
  if (model == nullptr) return bad_tokenizer(path, "model");
  // Files of before 2021 do not name the type.
  const std::string type = text_member(*model, "type", "WordPiece");
  if (type != "WordPiece" && type != "BPE" && type != "Unigram") {
    return unsupported_tokenizer(path, "model " + type);
  }
  std::vector<std::string> vocabulary;
  UnigramSettings unigram;
  if (type == "Unigram") {
    LIMN_TRY(vocabulary, read_scored_vocabulary(*model, path, unigram.scores));
  } else {
    LIMN_TRY(vocabulary, read_vocabulary(*model, path));
  }
  TokenizerParts parts;
  LIMN_TRY(parts.added, read_added_tokens(file, path, vocabulary));
  LIMN_TRY(parts.normalizer, read_normalizer(member(file, "normalizer"), path));
  LIMN_TRY_VOID(read_post_processor(member(file, "post_processor"), path, vocabulary, parts));
  parts.size = vocabulary.size();
  LIMN_TRY_VOID(check_special(parts, path));
  if (type == "WordPiece") {
    LIMN_TRY(TokenizerSettings settings, read_wordpiece(*model, path));
    LIMN_TRY_VOID(put_wordpiece(file, path, std::move(settings), vocabulary, parts));
    return Tokenizer::make(std::move(parts));
  }
  LIMN_TRY(PreTokenizer splitter, read_pre_tokenizer(member(file, "pre_tokenizer"), path));
  if (type == "BPE") {
    LIMN_TRY(parts.model, read_bpe(*model, path, vocabulary, std::move(splitter)));
  } else {
    const auto unknown = id_member(*model, "unk_id");
    if (!unknown) return bad_tokenizer(path, "unk_id");
    unigram.unknown = *unknown;
    unigram.byte_fallback = flag_member(*model, "byte_fallback", false);
    LIMN_TRY(parts.model, make_unigram(vocabulary, unigram, std::move(splitter)));
  }
  return Tokenizer::make(std::move(parts));
}

}  // namespace limn
