// Leaks: the guard of an evaluation. What a model is given is held against the split, and the first
// record of the future among it is named.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "limn/eval/splits.h"

namespace limn {

// Something with a moment that a model is given beside events: a text, a description, a tag.
struct DatedRecord {
  std::string name;                // "the text of event 12"; for the message
  std::optional<UserIndex> owner;  // whose future decides; nothing: everyone's
  Time time{};
};

// Names the first entry of `trained_on` (users) that the split holds to be future:
//
//   time, as_of              what is at the cut or later, whoever did it
//   user_time, last_one      of each user, what does not stand before that user's first test event
//                            by (time, event)
//   user_random, given       what is a test event of the same user: the same entry
//
// Nothing where there is no leak. Requires one list a user. O(n log n).
[[nodiscard]] std::optional<std::string> find_leak(const UserHistories& trained_on,
                                                   const Split& split);

// The same for other records: one without an owner leaks where it is at or after the cut; one with
// an owner also where it is not earlier than that user's first test event. Splits that say nothing
// of time (user_random, given) have no moment to hold it against.
[[nodiscard]] std::optional<std::string> find_leak(std::span<const DatedRecord> records,
                                                   const Split& split);

// The first moment of each user's future: the cut, or the time of the user's first test event;
// Time::max() where nothing of that user is future, and everywhere where the split says nothing of
// time. (users)
[[nodiscard]] std::vector<Time> future_begins(const Split& split);

}  // namespace limn
