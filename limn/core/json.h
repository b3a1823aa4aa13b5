// JSON documents: manifests, settings of strategies, answers. Rows in bulk are read by ingest, with
// simdjson.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "limn/core/result.h"

namespace limn {

using Json = boost::json::value;
using JsonObject = boost::json::object;
using JsonArray = boost::json::array;

// Reads one document: strict JSON, at most 32 levels deep. Errors: corrupt, naming `source` and the
// byte.
[[nodiscard]] Result<Json> parse_json(std::string_view text, std::string_view source);

// One line, keys in the order they were added, no spaces. Numbers that are not finite become null.
[[nodiscard]] std::string to_text(const Json& json);

// The same, indented by two spaces, for people.
[[nodiscard]] std::string to_pretty_text(const Json& json);

// What an object has under a key; nothing where there is none, it is null, or `json` is no object.
[[nodiscard]] const Json* member(const Json& json, std::string_view key);
// The same of a text and a flag; nothing, and `otherwise`, where it is of another kind.
[[nodiscard]] std::optional<std::string> text_member(const Json& json, std::string_view key);
[[nodiscard]] std::string text_member(const Json& json, std::string_view key,
                                      std::string_view otherwise);
[[nodiscard]] bool flag_member(const Json& json, std::string_view key, bool otherwise);

// `value` with six significant digits: what a score is printed as, the same on every run.
[[nodiscard]] double rounded(double value);

}  // namespace limn
