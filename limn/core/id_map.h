// IdMap: ids from outside to dense numbers, and back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "limn/core/check.h"
#include "limn/core/hash.h"

namespace limn {

// Numbers ids from 0 in the order they are first seen.
//
// A flat table with linear probing, at most half full: an import looks two ids up a row, and a
// chained table spends most of that time waiting for memory.
class IdMap {
 public:
  // The id's number, a new one if it was not seen before. O(1).
  std::uint32_t add(std::string_view id) {
    if (slots_.size() < 2 * (ids_.size() + 1)) grow();
    const std::uint32_t hash = hash_of(id);
    Slot& slot = slots_[place_of(id, hash)];
    if (slot.number != no_number) return slot.number;
    LIMN_CHECK(ids_.size() < no_number);
    slot = {.hash = hash, .number = static_cast<std::uint32_t>(ids_.size())};
    ids_.emplace_back(id);
    return slot.number;
  }

  [[nodiscard]] std::optional<std::uint32_t> find(std::string_view id) const {
    if (slots_.empty()) return std::nullopt;
    const Slot& slot = slots_[place_of(id, hash_of(id))];
    if (slot.number == no_number) return std::nullopt;
    return slot.number;
  }

  // Requires number < size().
  [[nodiscard]] const std::string& id(std::uint32_t number) const { return ids_[number]; }
  [[nodiscard]] std::size_t size() const { return ids_.size(); }

 private:
  static constexpr std::uint32_t no_number = UINT32_MAX;

  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t number = no_number;
  };

  static std::uint32_t hash_of(std::string_view id) {
    return static_cast<std::uint32_t>(hash64(id));
  }

  // Where `id` stands, or the free slot where it would.
  [[nodiscard]] std::size_t place_of(std::string_view id, std::uint32_t hash) const {
    std::size_t place = hash & (slots_.size() - 1);
    while (slots_[place].number != no_number &&
           (slots_[place].hash != hash || ids_[slots_[place].number] != id)) {
      place = (place + 1) & (slots_.size() - 1);
    }
    return place;
  }

  void grow() {
    std::vector<Slot> old(slots_.empty() ? 16 : 2 * slots_.size());
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.number == no_number) continue;
      std::size_t place = slot.hash & (slots_.size() - 1);
      while (slots_[place].number != no_number) place = (place + 1) & (slots_.size() - 1);
      slots_[place] = slot;
    }
  }

  std::deque<std::string> ids_;  // a deque: growing does not move the strings
  std::vector<Slot> slots_;      // a power of two of them
};

}  // namespace limn
