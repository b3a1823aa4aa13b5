// Splits: a user's past to learn from, and the future to be predicted.
//
// All functions are pure: the same events give the same split. Events of equal time stand in the
// order of their ids (`HistoryEntry::event`).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "limn/core/result.h"
#include "limn/core/types.h"

namespace limn {

// One list of events a user, index = UserIndex; each list oldest first.
using UserHistories = std::vector<std::vector<HistoryEntry>>;

enum class SplitKind {
  time,         // one moment for everyone, where a share of all events is past
  as_of,        // one moment for everyone, given
  user_time,    // each user's own moment
  user_random,  // a random share of each user's events: the order says nothing
  last_one,     // each user's last event; the one before it for validation
  given,        // by whoever made the files
};

// Whether what is future is so for everyone from the same moment on.
[[nodiscard]] constexpr bool cuts_at_one_moment(SplitKind kind) {
  return kind == SplitKind::time || kind == SplitKind::as_of;
}

struct SplitRule {
  SplitKind kind = SplitKind::time;
  double share = 0.8;      // of the events that are past; time, user_time and user_random only
  Time moment{};           // the last one that is past; as_of only
  std::uint64_t seed = 1;  // of the draw; user_random only
};

// Reads "time=0.8", "user-time=0.8", "user-random=0.8", "user-random=0.8:7" (with the seed 7),
// "as-of=2026-01-31" or "last-one". Errors: invalid_argument; the share lies between 0 and 1, both
// excluded.
[[nodiscard]] Result<SplitRule> parse_split_rule(std::string_view text);

// What parse_split_rule reads; "given" for files that came split.
[[nodiscard]] std::string to_text(const SplitRule& rule);

struct Split {
  SplitRule rule{.kind = SplitKind::given};
  std::size_t items = 0;          // the catalogue: all are ranked
  UserHistories train;            // to learn from
  UserHistories valid;            // to choose settings on; empty lists where there is none
  UserHistories test;             // to be predicted; read by the metrics only
  std::optional<Time> cut;        // the first moment of everyone's future; time and as_of only
  bool trained_on_valid = false;  // merge_validation() was called

  [[nodiscard]] std::size_t users() const { return train.size(); }
};

// The time of event floor(share n) of all n, counted from 0: the first moment of everyone's future,
// where a share of all events is past. Nothing without events. O(n).
[[nodiscard]] std::optional<Time> moment_of_share(std::span<const History> histories, double share);

// How many events a part holds, over all users.
[[nodiscard]] std::size_t count_events(const UserHistories& part);

// How many users have events in both the training and the test part: those who can be ranked.
[[nodiscard]] std::size_t count_users_on_both_sides(const Split& split);

// Cuts `events` (in any order; they come out oldest first) over a catalogue of `items`.
//
//   time         Let t be the sorted times of all n events, and cut = t[floor(share n)]. Events
//                before the cut are train, those at or after it are test.
//   as_of        Events up to the moment, and at it, are train, those after it are test.
//   user_time    Of a user's m events the first floor(share m), at least one and at most m - 1, are
//                train, the rest test. One event alone is train.
//   user_random  The same numbers, but any of them: drawn with the seed, for each user alone.
//   last_one     The last of a user's m events is test, the one before it valid, the others train;
//                two events make train and test, one alone is train.
//   given        Everything is train.
//
// Requires every entry's item < items. O(n log n).
[[nodiscard]] Split split_events(UserHistories events, std::size_t items, const SplitRule& rule);

// The split to choose settings on: no event of `split.test` is in it. Its test part is
// `split.valid` where there is one, else cut from `split.train` by the same rule (`as_of`: by
// `time`); for `given`, a random tenth of each user's training events (rounded, at least one; a
// user with a single event lends none), drawn with `seed`. A random cut can mis-rank recommenders
// where the test part was cut otherwise.
[[nodiscard]] Split validation_split(const Split& split, std::uint64_t seed);

// Moves the validation events into the training part ("refit"): the report must say so, and does.
void merge_validation(Split& split);

}  // namespace limn
