// As of: the log as it stood at a moment. What builds and evaluations are made from goes through
// here, so that one rule decides what belongs to the past.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "limn/core/json.h"
#include "limn/core/result.h"
#include "limn/core/types.h"
#include "limn/store/store.h"

namespace limn {

// What a build reads.
struct Log {
  std::vector<User> users;
  std::vector<Item> items;
  EventTable events;
  std::vector<EventText> texts;  // by event
  std::int64_t last_event = 0;   // no event up to this id was left out; 0: there is none
};

[[nodiscard]] Result<Log> read_log(const Store& store);

// How much was left out.
struct LeftOut {
  std::size_t events = 0;         // after the moment
  std::size_t texts = 0;          // of those
  std::size_t users = 0;          // created later, or nothing shows that they were there
  std::size_t items = 0;          // likewise
  std::size_t undated_items = 0;  // of them: no date, and no event up to the moment
};

[[nodiscard]] JsonObject to_json(const LeftOut& left_out);

struct PastLog {
  Log log;
  LeftOut left_out;
};

// The log without anything later than `moment`:
//
//   events and their texts  those up to the moment, and at it
//   users and items         what they say of themselves counts where they were created by then. A
//                           record without a date is as old as the first event that names it; what
//                           has neither date nor event by then is left out, since nothing shows
//                           that it was there.
//
// A record that is left out becomes bare, as one that was erased, so that numbers stay what they
// are; those after the last one that is left in are cut off. So a log that nothing later was ever
// written to gives the same answer, to the byte. A description is as it is now: the store keeps no
// older wording of a record that was there.
[[nodiscard]] PastLog log_as_of(const Log& log, Time moment);

// Names the first record of `log` that is later than `moment` by the rule above, whoever made it:
// the guard that stands before encoders and fits. Nothing where there is no leak.
[[nodiscard]] std::optional<std::string> find_leak(const Log& log, Time moment);

}  // namespace limn
