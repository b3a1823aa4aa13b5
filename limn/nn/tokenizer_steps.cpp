// The normalizer and the pre_tokenizer of tokenizer.json: one step, or a sequence of steps.
#include <utility>

#include "limn/nn/tokenizer_json.h"

namespace limn {
namespace {

constexpr WordSettings no_words{
    .clean_text = false, .handle_chinese_chars = false, .strip_accents = false, .lowercase = false};

Result<NormalizerStep> read_bert(const Json& json) {
  WordSettings words;
  words.clean_text = flag_member(json, "clean_text", true);
  words.handle_chinese_chars = flag_member(json, "handle_chinese_chars", true);
  words.lowercase = flag_member(json, "lowercase", true);
  words.strip_accents = flag_member(json, "strip_accents", words.lowercase);
  return words;
}

Result<NormalizerStep> read_charsmap(const Json& json, const std::filesystem::path& path) {
  const auto bytes = from_base64(text_member(json, "precompiled_charsmap", ""));
  if (!bytes) return bad_tokenizer(path, "precompiled_charsmap");
  LIMN_TRY(Charsmap map, Charsmap::make(*bytes));
  return map;
}

// A text, or of regular expressions the one that SentencePiece's converters write: " {2,}".
Result<NormalizerStep> read_replace(const Json& json, const std::filesystem::path& path) {
  ReplaceStep step{.to = text_member(json, "content", "")};
  const Json* pattern = member(json, "pattern");
  if (pattern == nullptr) return bad_tokenizer(path, "the pattern of normalizer Replace");
  const std::string expression = text_member(*pattern, "Regex", "");
  step.from = expression.empty() ? text_member(*pattern, "String", "") : " ";
  step.runs = expression == " {2,}";
  if (!expression.empty() && !step.runs) {
    return unsupported_tokenizer(path, "Replace of Regex " + expression);
  }
  if (step.from.empty()) return bad_tokenizer(path, "the pattern of normalizer Replace");
  return step;
}

Result<NormalizerStep> read_normalizer_step(const Json& json, const std::filesystem::path& path) {
  const std::string type = type_of(&json);
  if (type == "BertNormalizer") return read_bert(json);
  if (type == "Precompiled") return read_charsmap(json, path);
  if (type == "Replace") return read_replace(json, path);
  if (type == "Prepend") return PrependStep{text_member(json, "prepend", "")};
  if (type == "Strip") {
    return StripStep{flag_member(json, "strip_left", true), flag_member(json, "strip_right", true)};
  }
  if (type == "Lowercase") {
    WordSettings lower = no_words;
    lower.lowercase = true;
    return lower;
  }
  return unsupported_tokenizer(path, "normalizer " + type);
}

Result<PreTokenizerStep> read_metaspace(const Json& json, const std::filesystem::path& path) {
  MetaspaceStep step;
  step.mark = text_member(json, "replacement", step.mark);
  step.split = flag_member(json, "split", true);
  // Files of before 2023 only say whether.
  const bool prefix = flag_member(json, "add_prefix_space", true);
  const std::string scheme = text_member(json, "prepend_scheme", prefix ? "always" : "never");
  if (scheme == "always") {
    step.prepend = MetaspaceStep::Prepend::always;
  } else if (scheme == "first") {
    step.prepend = MetaspaceStep::Prepend::first;
  } else if (scheme == "never") {
    step.prepend = MetaspaceStep::Prepend::never;
  } else {
    return unsupported_tokenizer(path, "prepend_scheme " + scheme);
  }
  if (step.mark.empty()) return bad_tokenizer(path, "the replacement of Metaspace");
  return step;
}

Result<PreTokenizerStep> read_pre_tokenizer_step(const Json& json,
                                                 const std::filesystem::path& path) {
  const std::string type = type_of(&json);
  if (type == "WhitespaceSplit") return WhitespaceStep{};
  if (type == "Metaspace") return read_metaspace(json, path);
  if (type == "ByteLevel") {
    return ByteLevelStep{flag_member(json, "add_prefix_space", true),
                         flag_member(json, "use_regex", true)};
  }
  return unsupported_tokenizer(path, "pre_tokenizer " + type);
}

// The steps of a part; `list` is where a Sequence has them. Sequences within one are read too.
template <typename Step, typename Read>
Result<void> read_steps(const Json* json, std::string_view list, Read read,
                        const std::filesystem::path& path, std::vector<Step>& steps) {
  if (json == nullptr) return {};
  if (type_of(json) != "Sequence") {
    LIMN_TRY(Step step, read(*json, path));
    steps.push_back(std::move(step));
    return {};
  }
  const Json* members = member(*json, list);
  if (members == nullptr || !members->is_array()) return bad_tokenizer(path, list);
  for (const Json& one : members->get_array()) {
    LIMN_TRY_VOID(read_steps(&one, list, read, path, steps));
  }
  return {};
}

}  // namespace

Result<Normalizer> read_normalizer(const Json* json, const std::filesystem::path& path) {
  Normalizer normalizer;
  LIMN_TRY_VOID(read_steps(json, "normalizers", read_normalizer_step, path, normalizer));
  return normalizer;
}

Result<PreTokenizer> read_pre_tokenizer(const Json* json, const std::filesystem::path& path) {
  PreTokenizer splitter;
  LIMN_TRY_VOID(read_steps(json, "pretokenizers", read_pre_tokenizer_step, path, splitter));
  return splitter;
}

}  // namespace limn
