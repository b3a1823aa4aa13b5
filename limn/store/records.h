// What is written to a store and what it answers, apart from the types every layer speaks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

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

// What a list shows of an item.
struct ItemName {
  std::string id;
  std::string title;
  bool hidden = false;

  friend bool operator==(const ItemName&, const ItemName&) = default;
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

// One place of a list that was shown.
struct ShownPlace {
  ItemIndex item = 0;
  double propensity = 1;   // of this item here, given the list's strategy and the places before
  std::uint32_t team = 0;  // which of an interleaved list's strategies brought it

  friend bool operator==(const ShownPlace&, const ShownPlace&) = default;
};

// A list as it was shown, and how it came about.
struct ShownList {
  std::int64_t id = 0;  // given by the store, from 1; 0 before that
  UserIndex user = 0;
  std::string request;  // the caller's own name for it; one user's are all different
  Time time{};
  std::string strategy;  // two names with a + between them, where they were interleaved
  std::int64_t version = 0;
  std::string segment;    // the user's, by its label; empty where there is none
  double propensity = 1;  // of the strategy, for a user of this segment
  std::vector<ShownPlace> places;

  friend bool operator==(const ShownList&, const ShownList&) = default;
};

// What a user says of a list or an item.
struct SatisfactionScore {
  std::int64_t id = 0;  // given by the store
  UserIndex user = 0;
  std::int64_t list = 0;     // 0: of no list
  ItemIndex item = no_item;  // no_item: of the whole list
  int score = 0;             // 1 to 5
  std::string reason;        // in the user's words; may be empty
  Time time{};

  friend bool operator==(const SatisfactionScore&, const SatisfactionScore&) = default;
};

// What erase_users removed.
struct EraseReceipt {
  std::size_t users = 0;
  std::size_t events = 0;
  std::size_t event_texts = 0;
  std::size_t edges = 0;
  std::size_t lists = 0;   // shown to them
  std::size_t scores = 0;  // given by them
  bool scrubbed = false;  // no byte is left in the files; false when readers held on: scrub() again
};

}  // namespace limn
