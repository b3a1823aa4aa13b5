#include "cli/texts.h"

#include <algorithm>
#include <iostream>
#include <iterator>

#include <fmt/format.h>

#include "limn/core/file.h"
#include "limn/core/json.h"

namespace limn::cli {

Result<std::string> text_of(const std::string& line, std::string_view source, std::size_t number) {
  if (line.empty() || line.front() != '{') return line;
  LIMN_TRY(const Json json, parse_json(line, fmt::format("{}:{}", source, number)));
  const Json* text = json.is_object() ? json.as_object().if_contains("text") : nullptr;
  if (text == nullptr || !text->is_string()) {
    return fail(ErrorCode::invalid_argument, "cannot read text: {}:{}: no \"text\" in the object",
                source, number);
  }
  return std::string(text->as_string());
}

Result<std::vector<std::string>> read_texts(const std::string& file) {
  std::string content;
  if (file == "-") {
    content.assign(std::istreambuf_iterator<char>(std::cin), {});
  } else {
    LIMN_TRY(content, read_file(file));
  }
  std::vector<std::string> texts;
  std::string_view rest = content;
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string line(rest.substr(0, end));
    if (line.ends_with('\r')) line.pop_back();
    rest.remove_prefix(std::min(end + 1, rest.size()));
    LIMN_TRY(std::string text, text_of(line, file, number));
    texts.push_back(std::move(text));
  }
  return texts;
}

}  // namespace limn::cli
