// What a user's events say, counted: the numbers that claims are made of.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "limn/persona/persona.h"

namespace limn {

// One kind of event, counted.
struct Deed {
  std::string_view kind;
  std::size_t items = 0;   // different items
  std::size_t events = 0;  // all, with those on no item
  const PersonaEvent* strongest = nullptr;
};

// A user's events on one topic, seen from one side: for (1) or against (-1).
struct TopicFacts {
  std::vector<Deed> deeds;                     // the most items first
  std::size_t items = 0;                       // different items
  std::size_t agreeing = 0;                    // of them, those that events which judge are for
  const PersonaEvent* latest = nullptr;        // the newest on this side; null without one
  std::vector<const PersonaEvent*> strongest;  // on this side, the heaviest first, newer of equals
};

// `events` with weight 0 do not count. O(events).
[[nodiscard]] TopicFacts topic_facts(std::span<const PersonaEvent> events, std::uint32_t topic,
                                     int side);

// A topic chosen more often lately than before, and one chosen less often.
struct Shift {
  std::uint32_t topic = no_topic;
  std::optional<std::uint32_t> other;
  std::size_t recent = 0;        // liked events in the recent part
  std::size_t earlier = 0;       // and before it
  std::size_t topic_recent = 0;  // of them on `topic`
  std::size_t topic_earlier = 0;
  std::size_t other_recent = 0;  // of them on `other`
  std::size_t other_earlier = 0;
  double confidence = 0;                            // that it is no accident
  std::vector<const PersonaEvent*> recent_events;   // on `topic`, newest first
  std::vector<const PersonaEvent*> earlier_events;  // on `other`, newest first
};

// Compares the last third of what was liked (at most 30 events) with all before it; nothing where
// no topic's share rose beyond chance, where there are fewer than 15 events,
// or where all of the recent part came within a day of the part before.
[[nodiscard]] std::optional<Shift> recent_shift(std::span<const PersonaEvent> events);

// Four hours of the day that hold most of a user's events.
struct BusyHours {
  int from = 0;  // UTC, 0 to 23
  int to = 0;    // four hours later, 0 to 23
  std::size_t events = 0;
};

// Nothing where they hold less than half, where there are fewer than 8 events, or where the events
// know their day but not their hour.
[[nodiscard]] std::optional<BusyHours> busy_hours(const ProfileNumbers& numbers,
                                                  std::span<const PersonaEvent> events);

// Whether an event of this kind judges its item, as a rating does. To view, to ask, to comment and
// kinds of the caller's own show an interest and are not liking.
[[nodiscard]] bool judges(std::string_view kind);

// The UTC hour of a time.
[[nodiscard]] int hour_of(Time time);

}  // namespace limn
