// Encoders by name: lsa, static:FILE, bert:FOLDER, or auto; and the segmenter that cuts Chinese for
// them.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "limn/core/config.h"
#include "limn/core/result.h"
#include "limn/encode/bert.h"
#include "limn/encode/encoder.h"
#include "limn/encode/lsa.h"
#include "limn/text/segmenter.h"

namespace limn {

// Where encoder folders, dictionaries and libraries are looked for; empty: nowhere.
struct EncoderPlaces {
  std::filesystem::path models;      // has all-MiniLM-L6-v2 where set-up could fetch it
  std::filesystem::path dictionary;  // jieba's, likewise
  std::filesystem::path lightgbm;    // the library's file, likewise
};

// What cuts Chinese: "auto" (the dictionary in `places`, where there is one and this build can read
// it), "icu", or a folder. Nothing: ICU. Errors: those of Segmenter::open().
[[nodiscard]] Result<std::optional<Segmenter>> make_segmenter(const std::string& spec,
                                                              const EncoderPlaces& places);

// The folder of "bert:FOLDER"; nothing for another encoder.
[[nodiscard]] std::optional<std::filesystem::path> bert_folder(std::string_view spec);

// What `spec` names for these texts: "lsa", "static:FILE", "bert:FOLDER", or "auto": the
// Transformer in `places` where there is one and the texts are in the language it knows, else lsa.
// Never empty.
[[nodiscard]] std::string resolve_encoder(const std::string& spec,
                                          std::span<const std::string> texts,
                                          const EncoderPlaces& places);

// How lsa is fitted by these settings.
[[nodiscard]] LsaOptions lsa_options(const Config& config);

// Makes the encoder that resolve_encoder() answered. lsa is fitted on `texts`. Texts that are
// longer than bert reads at a time are read in chunks or cut, as encode.long_texts says.
// `embed_empty`: what bert makes of an empty text, a row of zeros or, as other programs do, the
// embedding of its first and last token alone. bert's precision is tried on `texts`, unless that of
// `before` (may be null) can be kept. Errors: invalid_argument (no such encoder), and
// those of load_bert().
[[nodiscard]] Result<std::unique_ptr<Encoder>> make_encoder(const std::string& resolved,
                                                            std::span<const std::string> texts,
                                                            const Config& config,
                                                            bool embed_empty = false,
                                                            const BertBefore* before = nullptr);

}  // namespace limn
