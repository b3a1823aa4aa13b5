#include "cli/texts.h"

#include <iostream>
#include <iterator>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "limn/core/file.h"
#include "limn/core/json.h"
#include "limn/core/lines.h"

namespace limn::cli {

Result<std::string> text_of(const std::string& line, std::string_view source, std::size_t number) {
  if (line.empty() || line.front() != '{') return line;
  LIMN_TRY(const Json json, parse_json(line, fmt::format("{}:{}", source, number)));
  std::optional<std::string> text = text_member(json, "text");
  if (text) return std::move(*text);
  return fail(ErrorCode::invalid_argument, "cannot read text: {}:{}: no \"text\" in the object",
              source, number);
}

Result<std::vector<std::string>> read_texts(const std::string& file) {
  std::string content;
  if (file == "-") {
    content.assign(std::istreambuf_iterator<char>(std::cin), {});
  } else {
    LIMN_TRY(content, read_file(file));
  }
  std::vector<std::string> texts;
  for (Lines lines(content); lines.next();) {
    LIMN_TRY(std::string text,
             text_of(std::string(without_return(lines.text())), file, lines.number()));
    texts.push_back(std::move(text));
  }
  return texts;
}

}  // namespace limn::cli
