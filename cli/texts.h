// Texts that commands are given: lines, or JSONL with "text".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "limn/core/result.h"

namespace limn::cli {

// The text of a line: {"text": ...}, or the line itself. Errors name `source` and the line.
[[nodiscard]] Result<std::string> text_of(const std::string& line, std::string_view source,
                                          std::size_t number);

// The texts of a file, in order; "-" is stdin.
[[nodiscard]] Result<std::vector<std::string>> read_texts(const std::string& file);

}  // namespace limn::cli
