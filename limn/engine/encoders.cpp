#include "limn/engine/encoders.h"

#include <algorithm>

#include "limn/core/utf8.h"
#include "limn/encode/chunks.h"
#include "limn/encode/static_vectors.h"
#include "limn/text/language.h"

namespace limn {
namespace {

constexpr std::string_view bert_prefix = "bert:";
constexpr std::string_view static_prefix = "static:";
constexpr std::string_view sentence_encoder = "all-MiniLM-L6-v2";

// Nearly all letters are of the Latin script: those above U+024F, but for punctuation, are few.
bool is_latin(std::string_view text) {
  constexpr char32_t last_latin = 0x024F;
  constexpr char32_t first_punctuation = 0x2000;
  constexpr char32_t last_punctuation = 0x2BFF;
  std::size_t other = 0;
  std::size_t count = 0;
  for (std::size_t position = 0; position < text.size(); ++count) {
    const char32_t code = next_code_point(text, position);
    const bool punctuation = code >= first_punctuation && code <= last_punctuation;
    if (code > last_latin && !punctuation) ++other;
  }
  constexpr double few = 0.02;
  return static_cast<double>(other) <= few * static_cast<double>(count);
}

// Whether an encoder of English can read these texts. Titles are too short to tell a language by,
// so a sample of them is joined to passages. One that is partly in another script is not English,
// whatever the rest of it is; one whose language cannot be told (names, titles) speaks neither for
// nor against.
bool mostly_english(std::span<const std::string> texts) {
  constexpr std::size_t looked_at = 1000;
  constexpr std::size_t passage_bytes = 600;
  std::size_t english = 0;
  std::size_t other = 0;
  std::string passage;
  const std::size_t step = std::max<std::size_t>(1, texts.size() / looked_at);
  for (std::size_t i = 0; i < texts.size(); i += step) {
    passage += texts[i].substr(0, passage_bytes) + "\n";
    if (passage.size() < passage_bytes && i + step < texts.size()) continue;
    const std::string language = is_latin(passage) ? guess_language(passage) : "other";
    if (language == "en")
      ++english;
    else if (language != "und")
      ++other;
    passage.clear();
  }
  constexpr std::size_t for_each_other = 9;
  return english >= for_each_other * other;
}

}  // namespace

Result<std::optional<Segmenter>> make_segmenter(const std::string& spec,
                                                const EncoderPlaces& places) {
  const bool automatic = spec == "auto";
  if (spec == "icu" || (automatic && places.dictionary.empty())) return std::nullopt;
  auto segmenter = Segmenter::open(automatic ? places.dictionary : std::filesystem::path(spec));
  if (segmenter) return std::move(*segmenter);
  if (automatic && segmenter.error().code == ErrorCode::unavailable) return std::nullopt;
  return tl::unexpected<Error>(segmenter.error());
}

std::optional<std::filesystem::path> bert_folder(std::string_view spec) {
  if (!spec.starts_with(bert_prefix)) return std::nullopt;
  return std::filesystem::path(spec.substr(bert_prefix.size()));
}

std::string resolve_encoder(const std::string& spec, std::span<const std::string> texts,
                            const EncoderPlaces& places) {
  if (spec != "auto") return spec;
  const std::filesystem::path folder = places.models / sentence_encoder;
  const bool present =
      !places.models.empty() && std::filesystem::exists(folder / "model.safetensors");
  if (present && mostly_english(texts)) return std::string(bert_prefix) + folder.string();
  return "lsa";
}

LsaOptions lsa_options(const Config& config) {
  LsaOptions options;
  options.dim = static_cast<std::size_t>(config.encode.lsa_dim);
  options.seed = static_cast<std::uint64_t>(config.runtime.seed);
  return options;
}

Result<std::unique_ptr<Encoder>> make_encoder(const std::string& resolved,
                                              std::span<const std::string> texts,
                                              const Config& config, bool embed_empty,
                                              const BertBefore* before) {
  if (config.encode.long_texts != "chunk" && config.encode.long_texts != "truncate") {
    return fail(ErrorCode::invalid_argument,
                "cannot make encoder: long_texts {}: neither chunk nor truncate",
                config.encode.long_texts);
  }
  if (resolved == "lsa") {
    return std::make_unique<LsaEncoder>(LsaEncoder::fit(texts, lsa_options(config)));
  }
  if (const auto folder = bert_folder(resolved)) {
    BertOptions options;
    options.max_length = static_cast<std::size_t>(config.encode.max_length);
    options.precision = config.encode.precision;
    options.texts = texts;
    options.before = before;
    options.prompt = config.encode.prompt;
    options.embed_empty = embed_empty;
    LIMN_TRY(auto encoder, load_bert(*folder, options));
    if (config.encode.long_texts == "truncate") return encoder;
    return read_in_chunks(std::move(encoder));
  }
  if (resolved.starts_with(static_prefix))
    return load_static(resolved.substr(static_prefix.size()));
  return fail(ErrorCode::invalid_argument,
              "cannot make encoder: {}: no such encoder (lsa, static:FILE, bert:FOLDER or auto)",
              resolved);
}

}  // namespace limn
