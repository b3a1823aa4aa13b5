// Reading tokenizer.json; inside nn only.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "limn/core/json.h"
#include "limn/core/result.h"
#include "limn/nn/normalizer.h"
#include "limn/nn/pre_tokenizer.h"
#include "limn/nn/tokenizer.h"

namespace limn {

// No vocabulary in use has more; a larger id would only ask for memory.
inline constexpr std::int64_t most_tokens = 1'000'000;

// The parts "normalizer" and "pre_tokenizer", either of which may be null.
[[nodiscard]] Result<Normalizer> read_normalizer(const Json* json,
                                                 const std::filesystem::path& path);
[[nodiscard]] Result<PreTokenizer> read_pre_tokenizer(const Json* json,
                                                      const std::filesystem::path& path);

// A token's id: under a key of an object, or the number itself.
[[nodiscard]] std::optional<TokenId> id_member(const Json& json, std::string_view key);
[[nodiscard]] std::optional<TokenId> as_id(const Json& json);

// The "type" of a part; "none" without one.
[[nodiscard]] std::string type_of(const Json* json);

[[nodiscard]] tl::unexpected<Error> bad_tokenizer(const std::filesystem::path& path,
                                                  std::string_view what);
[[nodiscard]] tl::unexpected<Error> unsupported_tokenizer(const std::filesystem::path& path,
                                                          std::string_view what);

}  // namespace limn
