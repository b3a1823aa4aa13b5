// Groups: for whom the lists are good. A mean over all users can hide that newcomers, or those of
// rare taste, get little.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "limn/core/json.h"
#include "limn/eval/protocol.h"

namespace limn {

struct GroupOptions {
  std::size_t warming_events = 4;  // fewer make a user new,
  std::size_t known_events = 20;   // so many a known one; as profiles have it
  double head_share = 0.2;         // of the items in use, the most used: the popular ones
  double taste_share = 0.2;        // of the users at either end: popular and niche taste
};

// Users that belong together in one respect.
struct UserGroup {
  std::string respect;                 // "stage", "history" or "taste"
  std::string name;                    // "new", "4-10", "niche"
  std::vector<std::size_t> positions;  // in the report's ranked_users, ascending
};

// The report's ranked users by what was known of them, train and validation events together:
//
//   stage    new, warming, known: the number of events, as profiles have it
//   history  0, 1-3, 4-10, more events: the buckets of history_bucket()
//   taste    niche, mixed, popular: the fifth of the users whose past holds the smallest share of
//            popular items, the fifth with the largest, and those between (Abdollahpouri et al.,
//            "The unfairness of popularity bias in recommendation", 2019). Users of equal share
//            stand in the order of their numbers; whoever has no past is in none.
//
// Groups of nobody are left out.
[[nodiscard]] std::vector<UserGroup> group_users(const Split& split, const EvaluationReport& report,
                                                 const GroupOptions& options = {});

// One recommender's mean in a group.
struct GroupValue {
  std::string recommender;
  double mean = 0;
  Interval ci95;  // of the mean over the group's users
};

struct GroupReport {
  std::string respect;
  std::string name;
  std::size_t users = 0;
  std::string metric;
  std::vector<GroupValue> values;  // in the order of the report's rows
};

// `metric` of each recommender in each group. Requires a metric that is a mean over users.
[[nodiscard]] std::vector<GroupReport> measure_groups(const EvaluationReport& report,
                                                      const std::vector<UserGroup>& groups,
                                                      std::string_view metric);

[[nodiscard]] Json to_json(const GroupReport& group);

}  // namespace limn
