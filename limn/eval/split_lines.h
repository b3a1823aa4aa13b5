// Reading the files of a split line by line: what its readers share.
#pragma once

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "limn/core/result.h"

namespace limn {

// The longest id that limn takes anywhere.
inline constexpr std::size_t max_id_bytes = 256;

// The lines of a file: without line ends, a byte order mark and empty lines.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {
    if (rest_.starts_with("\xef\xbb\xbf")) rest_.remove_prefix(3);
  }

  // The next line that is not empty.
  std::optional<std::string_view> next() {
    while (!rest_.empty()) {
      const std::size_t length = std::min(rest_.find('\n'), rest_.size());
      std::string_view line = rest_.substr(0, length);
      rest_.remove_prefix(std::min(length + 1, rest_.size()));
      ++number_;
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (line.find_first_not_of(" \t") != std::string_view::npos) return line;
    }
    return std::nullopt;
  }

  // Of the line that next() gave last, from 1; empty ones are counted.
  [[nodiscard]] std::size_t number() const { return number_; }

 private:
  std::string_view rest_;
  std::size_t number_ = 0;
};

// Fields between runs of spaces and tabs.
class Words {
 public:
  explicit Words(std::string_view line) : rest_(line) {}

  std::optional<std::string_view> next() {
    const std::size_t begin = rest_.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return std::nullopt;
    const std::size_t end = std::min(rest_.find_first_of(" \t", begin), rest_.size());
    const std::string_view word = rest_.substr(begin, end - begin);
    rest_.remove_prefix(end);
    return word;
  }

 private:
  std::string_view rest_;
};

inline std::vector<std::string_view> split_at_tabs(std::string_view line) {
  std::vector<std::string_view> fields;
  while (true) {
    const std::size_t length = std::min(line.find('\t'), line.size());
    fields.push_back(line.substr(0, length));
    if (length == line.size()) return fields;
    line.remove_prefix(length + 1);
  }
}

inline bool is_id(std::string_view id) {
  return !id.empty() && id.size() <= max_id_bytes &&
         std::ranges::none_of(id, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

// A path that is being read, for its messages.
struct Place {
  const std::filesystem::path& path;
  const Lines& lines;

  template <typename... Args>
  [[nodiscard]] tl::unexpected<Error> corrupt(fmt::format_string<Args...> why,
                                              Args&&... args) const {
    return fail(ErrorCode::corrupt, "cannot read split: {}:{}: {}", path.string(), lines.number(),
                fmt::format(why, std::forward<Args>(args)...));
  }
};

}  // namespace limn
