#include "limn/core/json.h"

#include <charconv>
#include <cmath>

#include <boost/json/parser.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace limn {
namespace {

void write(const Json& json, int indent, bool pretty, std::string& out);

void new_line(int indent, bool pretty, std::string& out) {
  if (!pretty) return;
  out += '\n';
  out.append(static_cast<std::size_t>(indent) * 2, ' ');
}

void write_object(const JsonObject& object, int indent, bool pretty, std::string& out) {
  out += '{';
  bool first = true;
  for (const auto& [key, value] : object) {
    if (!first) out += ',';
    first = false;
    new_line(indent + 1, pretty, out);
    out += boost::json::serialize(key);
    out += pretty ? ": " : ":";
    write(value, indent + 1, pretty, out);
  }
  if (!first) new_line(indent, pretty, out);
  out += '}';
}

void write_array(const JsonArray& array, int indent, bool pretty, std::string& out) {
  out += '[';
  bool first = true;
  for (const Json& value : array) {
    if (!first) out += ',';
    first = false;
    new_line(indent + 1, pretty, out);
    write(value, indent + 1, pretty, out);
  }
  if (!first) new_line(indent, pretty, out);
  out += ']';
}

// The shortest digits that read back as the same number; Boost writes 0.5 as 5E-1.
void write_number(double value, std::string& out) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  out += fmt::format("{}", value);
}

void write(const Json& json, int indent, bool pretty, std::string& out) {
  if (const auto* object = json.if_object()) {
    write_object(*object, indent, pretty, out);
  } else if (const auto* array = json.if_array()) {
    write_array(*array, indent, pretty, out);
  } else if (const auto* number = json.if_double()) {
    write_number(*number, out);
  } else {
    out += boost::json::serialize(json);
  }
}

}  // namespace

Result<Json> parse_json(std::string_view text, std::string_view source) {
  boost::json::parse_options options;
  options.max_depth = 32;
  boost::json::parser parser({}, options);
  boost::system::error_code error;
  const std::size_t read = parser.write(boost::json::string_view(text.data(), text.size()), error);
  if (error) {
    return fail(ErrorCode::corrupt, "cannot read JSON: {}: {} at byte {}", source, error.message(),
                read);
  }
  return parser.release();
}

std::string to_text(const Json& json) {
  std::string out;
  write(json, 0, false, out);
  return out;
}

std::string to_pretty_text(const Json& json) {
  std::string out;
  write(json, 0, true, out);
  return out;
}

const Json* member(const Json& json, std::string_view key) {
  const JsonObject* object = json.if_object();
  const Json* value = object == nullptr ? nullptr : object->if_contains(key);
  return value == nullptr || value->is_null() ? nullptr : value;
}

std::optional<std::string> text_member(const Json& json, std::string_view key) {
  const Json* value = member(json, key);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return std::string(value->get_string());
}

std::string text_member(const Json& json, std::string_view key, std::string_view otherwise) {
  std::optional<std::string> text = text_member(json, key);
  return text ? std::move(*text) : std::string(otherwise);
}

bool flag_member(const Json& json, std::string_view key, bool otherwise) {
  const Json* value = member(json, key);
  return value != nullptr && value->is_bool() ? value->get_bool() : otherwise;
}

double rounded(double value) {
  if (!std::isfinite(value)) return value;
  const std::string digits = fmt::format("{:.6g}", value);
  double read = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), read);
  return read;
}

}  // namespace limn
