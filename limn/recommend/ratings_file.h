// Ratings in a RecBole file, for this layer's programs: user, item, rating, time, tab-separated,
// one line of names first.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "limn/core/file.h"
#include "limn/core/lines.h"

namespace limn {

struct RatingLine {
  std::uint32_t user = 0;
  std::uint32_t item = 0;
  float value = 0;
  std::int64_t seconds = 0;
};

struct RatingsFile {
  std::vector<RatingLine> lines;  // in order of time, then of the file
  std::vector<std::string> items;
  std::size_t users = 0;
};

// The first fields of a line between tabs; empty where there are fewer.
template <std::size_t count>
std::array<std::string_view, count> tab_fields(std::string_view line) {
  std::array<std::string_view, count> fields;
  for (std::string_view& field : fields) {
    const std::size_t end = std::min(line.find('\t'), line.size());
    field = line.substr(0, end);
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return fields;
}

template <typename T>
T number_or_zero(std::string_view text) {
  T value{};
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

inline Result<RatingsFile> read_ratings(const std::string& path) {
  LIMN_TRY(const auto map, MemoryMap::open(path));
  RatingsFile file;
  std::map<std::string, std::uint32_t, std::less<>> users;
  std::map<std::string, std::uint32_t, std::less<>> items;
  Lines lines(map.text());
  lines.next();
  while (lines.next()) {
    const auto [user, item, rating, time] = tab_fields<4>(without_return(lines.text()));
    if (user.empty() || item.empty()) continue;
    const auto user_at = users.emplace(user, users.size()).first->second;
    const auto [item_at, added] = items.emplace(item, items.size());
    if (added) file.items.emplace_back(item);
    file.lines.push_back({user_at, item_at->second, number_or_zero<float>(rating),
                          static_cast<std::int64_t>(number_or_zero<double>(time))});
  }
  file.users = users.size();
  std::ranges::stable_sort(file.lines, {}, &RatingLine::seconds);
  return file;
}

}  // namespace limn
