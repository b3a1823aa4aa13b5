// IdMap: ids from outside to dense numbers, and back.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "limn/core/check.h"

namespace limn {

// Numbers ids from 0 in the order they are first seen.
class IdMap {
 public:
  // The id's number, a new one if it was not seen before. O(1).
  std::uint32_t add(std::string_view id) {
    if (const auto found = numbers_.find(id); found != numbers_.end()) return found->second;
    LIMN_CHECK(ids_.size() < UINT32_MAX);
    const auto number = static_cast<std::uint32_t>(ids_.size());
    numbers_.emplace(ids_.emplace_back(id), number);
    return number;
  }

  [[nodiscard]] std::optional<std::uint32_t> find(std::string_view id) const {
    const auto found = numbers_.find(id);
    if (found == numbers_.end()) return std::nullopt;
    return found->second;
  }

  // Requires number < size().
  [[nodiscard]] const std::string& id(std::uint32_t number) const { return ids_[number]; }
  [[nodiscard]] std::size_t size() const { return ids_.size(); }

 private:
  std::deque<std::string> ids_;  // a deque: the map's keys point into it
  std::unordered_map<std::string_view, std::uint32_t> numbers_;
};

}  // namespace limn
