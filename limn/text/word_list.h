// Data files of words: lines of words with white space between them; "#" opens a comment line.
#pragma once

#include <string_view>

namespace limn {

// Calls visit(line) for each line that is neither empty nor a comment.
template <typename Visit>
void for_each_line(std::string_view file, const Visit& visit) {
  while (!file.empty()) {
    const std::string_view line = file.substr(0, file.find('\n'));
    file.remove_prefix(line.size() < file.size() ? line.size() + 1 : line.size());
    if (!line.empty() && line.front() != '#') visit(line);
  }
}

// Calls visit(word) for each word of a line.
template <typename Visit>
void for_each_field(std::string_view line, const Visit& visit) {
  for (std::size_t begin = line.find_first_not_of(' '); begin != std::string_view::npos;) {
    const std::size_t end = line.find(' ', begin);
    visit(line.substr(begin, end - begin));
    begin = line.find_first_not_of(' ', end);
  }
}

}  // namespace limn
