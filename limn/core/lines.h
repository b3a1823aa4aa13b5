// Lines: a text line by line, with their numbers.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace limn {

class Lines {
 public:
  // `text` must outlive it.
  explicit Lines(std::string_view text) : rest_(text) {}

  // Goes to the next line. False at the end.
  bool next() {
    if (rest_.empty()) return false;
    const std::size_t end = std::min(rest_.find('\n'), rest_.size());
    text_ = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    ++number_;
    return true;
  }

  // Without its end; a '\r' before the '\n' is kept.
  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] std::size_t number() const { return number_; }  // from 1
  // What follows the line.
  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
  std::string_view text_;
  std::size_t number_ = 0;
};

// A line without the '\r' that Windows ends it with.
[[nodiscard]] inline std::string_view without_return(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace limn
