// Outcomes: what came of the lists that were shown.
//
// An event belongs to the last list before it that held its item, within a week: what a list caused
// is what its user did with its items next. Everything is read from the log anew, so erased events
// leave no trace, and a changed event weight changes the past with the future.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "limn/core/config.h"
#include "limn/core/json.h"
#include "limn/core/result.h"
#include "limn/eval/intervals.h"
#include "limn/store/store.h"

namespace limn {

// What came of one list.
struct ListOutcome {
  bool satisfied = false;               // see is_satisfied()
  bool engaged = false;                 // an item was clicked, viewed, bought, ...
  bool completed = false;               // bought, or seen to the end
  bool turned_away = false;             // an item was hidden or disliked
  bool returned = false;                // the user did anything at all from a day to a week later
  double weight = 0;                    // the sum of its events' weights
  std::optional<double> dwell_seconds;  // the mean, where it was measured
  std::optional<double> rating;         // the mean of the ratings given after
  std::optional<int> score;             // what the user said of the list, or of an item of it
  std::vector<ItemIndex> chosen;        // items with an event of positive weight; may repeat
};

// What a strategy is judged by. What the user says of a list decides: satisfied from 4 on, not so
// up to 2. Else its events do: as much as one click, or half a minute of dwelling, and nothing
// turned away that outweighs it.
[[nodiscard]] bool is_satisfied(const ListOutcome& outcome);

// (lists), in their order. O(events of their users).
[[nodiscard]] Result<std::vector<ListOutcome>> list_outcomes(const Store& store,
                                                             std::span<const ShownList> lists,
                                                             const Config& config);

// (lists): the places of each whose items its user chose, by an event of positive weight.
[[nodiscard]] Result<std::vector<std::vector<std::size_t>>> chosen_places(
    const Store& store, std::span<const ShownList> lists, const Config& config);

// The list of `user` that an event on `item` at `time` belongs to; nothing when there is none.
[[nodiscard]] Result<std::optional<ShownList>> causing_list(const Store& store, UserIndex user,
                                                            ItemIndex item, Time time);

// A share of the lists, or a mean over those that have a value, with its 95 % interval.
struct Estimate {
  double value = 0;
  Interval interval;
  std::size_t lists = 0;  // that it is over
};

// The lists of one strategy, in one segment or (segment "") in all.
struct SatisfactionRow {
  std::string strategy;
  std::optional<std::string> segment;
  std::size_t lists = 0;
  std::map<std::string, Estimate>
      measures;  // satisfied, engaged, completed, turned_away, returned,
                 // dwell_seconds, rating, score; where there are any
};

struct SatisfactionReport {
  std::size_t lists = 0;
  std::size_t scores = 0;
  std::vector<SatisfactionRow> rows;           // by strategy, all segments first
  std::map<std::string, std::size_t> reasons;  // what users gave as a reason, how often
};

[[nodiscard]] Result<SatisfactionReport> satisfaction(const Store& store, const Config& config);

[[nodiscard]] Json to_json(const SatisfactionReport& report);

}  // namespace limn
