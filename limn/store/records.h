// What is written to a store and what it answers, apart from the types every layer speaks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "limn/core/json.h"
#include "limn/core/types.h"

namespace limn {

// Records to be written; a part that is left out is empty.
struct Records {
  std::span<const User> users;
  std::span<const Item> items;
  std::span<const Event> events;  // their ids are given by the store, not read
  std::span<const Edge> edges;
};

// What became of records of one type. Their sum is the number of records given.
struct WriteCounts {
  std::size_t added = 0;
  std::size_t updated = 0;     // the key was there with other content: the newer one replaced it
  std::size_t duplicates = 0;  // the same was there already

  friend bool operator==(const WriteCounts&, const WriteCounts&) = default;
};

struct WriteReport {
  WriteCounts users;  // those given as records; bare ones that events brought are not counted
  WriteCounts items;
  WriteCounts events;
  WriteCounts edges;

  friend bool operator==(const WriteReport&, const WriteReport&) = default;
};

// How many there are. Numbers given exceed rows kept where some were erased.
struct StoreCounts {
  std::size_t users = 0;
  std::size_t items = 0;
  std::size_t events = 0;
  std::size_t event_texts = 0;
  std::size_t edges = 0;
  std::size_t user_numbers = 0;  // every UserIndex is below this
  std::size_t item_numbers = 0;  // every ItemIndex is below this
  std::uint64_t changes = 0;     // grows with every write transaction of any process
};

// An edge between numbers.
struct NumberedEdge {
  UserIndex from = 0;
  UserIndex to = 0;
  std::string kind;
  Time time{};

  friend bool operator==(const NumberedEdge&, const NumberedEdge&) = default;
};

// The text of one event, a review or a query.
struct EventText {
  std::int64_t event = 0;
  UserIndex user = 0;
  std::string text;

  friend bool operator==(const EventText&, const EventText&) = default;
};

// One version of a strategy: which parts rank, with which weights.
struct StrategyVersion {
  std::int64_t version = 0;  // 1, 2, ... given by the store
  std::string name;
  JsonObject parameters;
  Time created_at{};
};

// What erase_users removed.
struct EraseReceipt {
  std::size_t users = 0;
  std::size_t events = 0;
  std::size_t event_texts = 0;
  std::size_t edges = 0;
  bool scrubbed = false;  // no byte is left in the files; false when readers held on: scrub() again
};

}  // namespace limn
