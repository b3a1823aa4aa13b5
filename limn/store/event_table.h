// EventTable: all events as dense columns, what a build reads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "limn/core/types.h"

namespace limn {

// Events ordered by (user, time, id), one entry of each column an event. Row r says: user[r] did
// kinds[kind[r]] on item[r], at time[r], with value[r]; id[r] is the evidence.
struct EventTable {
  std::vector<std::int64_t> id;
  std::vector<UserIndex> user;
  std::vector<ItemIndex> item;      // < items, or no_item
  std::vector<std::uint32_t> kind;  // < kinds.size()
  std::vector<float> value;
  std::vector<Time> time;

  std::vector<std::string> kinds;      // the names, by number; a few may have no event left
  std::vector<std::uint64_t> offsets;  // (users + 1): user u owns rows offsets[u] to offsets[u + 1]
  std::size_t items = 0;               // item numbers given so far, erased ones included

  [[nodiscard]] std::size_t size() const { return id.size(); }
  [[nodiscard]] std::size_t users() const { return offsets.empty() ? 0 : offsets.size() - 1; }
};

}  // namespace limn
