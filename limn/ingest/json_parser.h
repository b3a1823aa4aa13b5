// LineParser: simdjson for one line of a larger text. For the .cpp files of this folder only.
#pragma once

#include <string>
#include <string_view>

#include <fmt/format.h>
#include <simdjson.h>

#include "limn/ingest/csv.h"
#include "limn/ingest/repair.h"

namespace limn {

class LineParser {
 public:
  LineParser() { ready_ = parser_.allocate(1 << 16, max_depth) == simdjson::SUCCESS; }

  // Parses a line whose text is followed by `readable` bytes that may be looked at. The object
  // lives until the next call. On failure problem() says why.
  bool parse(std::string_view line, std::size_t readable) {
    repaired_ = false;
    if (line.size() > max_row_bytes) return refuse("the line is longer than 16 MiB");
    if (!ready_) return refuse("no memory to read it");
    auto error = read(line, readable);
    if (error == simdjson::UTF8_ERROR) {
      line_ = repair_utf8(line);
      repaired_ = true;
      error = read(line_, 0);
    }
    if (error == simdjson::INCORRECT_TYPE) return refuse("the line is not a JSON object");
    if (error != simdjson::SUCCESS) {
      return refuse(fmt::format("the line is not valid JSON: {}", said_by_simdjson(error)));
    }
    return true;
  }

  [[nodiscard]] const simdjson::dom::object& object() const { return object_; }
  [[nodiscard]] const std::string& problem() const { return problem_; }
  // The line was not UTF-8.
  [[nodiscard]] bool repaired() const { return repaired_; }

 private:
  // As the server's parser and core/json.h have it.
  static constexpr std::size_t max_depth = 32;

  simdjson::error_code read(std::string_view line, std::size_t readable) {
    const bool copy = readable < simdjson::SIMDJSON_PADDING;
    return parser_.parse(line.data(), line.size(), copy).get_object().get(object_);
  }

  bool refuse(std::string problem) {
    problem_ = std::move(problem);
    return false;
  }

  static std::string said_by_simdjson(simdjson::error_code error) {
    switch (error) {
      case simdjson::DEPTH_ERROR: return "more than 32 levels deep";
      case simdjson::STRING_ERROR: return "a broken escape in a text";
      case simdjson::NUMBER_ERROR: return "a number that is none, or too large";
      case simdjson::UNCLOSED_STRING: return "a text is not closed";
      case simdjson::UNESCAPED_CHARS: return "a control character in a text";
      case simdjson::EMPTY: return "nothing in it";
      default: return "its structure is broken";
    }
  }

  simdjson::dom::parser parser_;
  simdjson::dom::object object_;
  std::string line_;
  std::string problem_;
  bool ready_ = false;
  bool repaired_ = false;
};

// A number, true or false as JSON writes it; nothing for other values.
inline std::string scalar_text(const simdjson::dom::element& value) {
  switch (value.type()) {
    case simdjson::dom::element_type::INT64: return fmt::format("{}", std::int64_t(value));
    case simdjson::dom::element_type::UINT64: return fmt::format("{}", std::uint64_t(value));
    case simdjson::dom::element_type::DOUBLE: return fmt::format("{}", double(value));
    case simdjson::dom::element_type::BOOL: return bool(value) ? "true" : "false";
    default: return {};
  }
}

}  // namespace limn
