// Encoders by name: lsa, bert:FOLDER, or auto.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "limn/core/config.h"
#include "limn/core/result.h"
#include "limn/encode/encoder.h"

namespace limn {

// Where encoder folders are looked for; empty: nowhere.
struct EncoderPlaces {
  std::filesystem::path models;  // has all-MiniLM-L6-v2 where set-up could fetch it
};

// What `spec` names for these texts: "lsa", "bert:FOLDER", or "auto": the Transformer in `places`
// where there is one and the texts are in the language it knows, else lsa. Never empty.
[[nodiscard]] std::string resolve_encoder(const std::string& spec,
                                          std::span<const std::string> texts,
                                          const EncoderPlaces& places);

// Makes the encoder that resolve_encoder() answered. lsa is fitted on `texts`. `embed_empty`: what
// bert makes of an empty text, a row of zeros or, as other programs do, the embedding of its first
// and last token alone. Errors: invalid_argument (no such encoder), and those of load_bert().
[[nodiscard]] Result<std::unique_ptr<Encoder>> make_encoder(const std::string& resolved,
                                                            std::span<const std::string> texts,
                                                            const Config& config,
                                                            bool embed_empty = false);

}  // namespace limn
