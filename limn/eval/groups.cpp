#include "limn/eval/groups.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <span>
#include <string_view>

namespace limn {
namespace {

// What is known of a user when asked: both parts that came before.
std::size_t known_events(const Split& split, UserIndex user) {
  return split.train[user].size() + split.valid[user].size();
}

std::set<ItemIndex> known_items(const Split& split, UserIndex user) {
  std::set<ItemIndex> items;
  for (const UserHistories* part : {&split.train, &split.valid}) {
    for (const HistoryEntry& event : (*part)[user]) items.insert(event.item);
  }
  return items;
}

// (items): whether it is among the most used share of those that are used at all.
std::vector<bool> popular_items(const Split& split, double head_share) {
  std::vector<std::size_t> users(split.items, 0);
  for (std::size_t user = 0; user < split.users(); ++user) {
    for (const ItemIndex item : known_items(split, static_cast<UserIndex>(user))) ++users[item];
  }
  std::vector<ItemIndex> used;
  for (ItemIndex item = 0; item < split.items; ++item) {
    if (users[item] > 0) used.push_back(item);
  }
  std::ranges::stable_sort(used, std::ranges::greater{},
                           [&](ItemIndex item) { return users[item]; });
  std::vector<bool> popular(split.items, false);
  const auto head =
      static_cast<std::size_t>(std::ceil(head_share * static_cast<double>(used.size())));
  for (std::size_t i = 0; i < std::min(head, used.size()); ++i) popular[used[i]] = true;
  return popular;
}

void add_if_any(std::vector<UserGroup>& groups, UserGroup group) {
  if (group.positions.empty()) return;
  std::ranges::sort(group.positions);
  groups.push_back(std::move(group));
}

template <typename Name>
void add_by_events(const Split& split, const EvaluationReport& report, std::string respect,
                   std::span<const std::string_view> names, const Name& place,
                   std::vector<UserGroup>& groups) {
  std::vector<UserGroup> made;
  for (const std::string_view name : names) made.push_back({respect, std::string(name), {}});
  for (std::size_t i = 0; i < report.ranked_users.size(); ++i)
    made[place(known_events(split, report.ranked_users[i]))].positions.push_back(i);
  for (UserGroup& group : made) add_if_any(groups, std::move(group));
}

void add_by_taste(const Split& split, const EvaluationReport& report, const GroupOptions& options,
                  std::vector<UserGroup>& groups) {
  const std::vector<bool> popular = popular_items(split, options.head_share);
  std::vector<std::pair<double, std::size_t>> shares;  // of popular items, and whose
  for (std::size_t i = 0; i < report.ranked_users.size(); ++i) {
    const std::set<ItemIndex> items = known_items(split, report.ranked_users[i]);
    if (items.empty()) continue;
    const auto head = std::ranges::count_if(items, [&](ItemIndex item) { return popular[item]; });
    shares.emplace_back(static_cast<double>(head) / static_cast<double>(items.size()), i);
  }
  std::ranges::sort(shares);
  const auto end_size =
      static_cast<std::size_t>(options.taste_share * static_cast<double>(shares.size()));
  UserGroup niche{"taste", "niche", {}};
  UserGroup mixed{"taste", "mixed", {}};
  UserGroup loved{"taste", "popular", {}};
  for (std::size_t i = 0; i < shares.size(); ++i) {
    UserGroup& group = i < end_size ? niche : i + end_size < shares.size() ? mixed : loved;
    group.positions.push_back(shares[i].second);
  }
  for (UserGroup* group : {&niche, &mixed, &loved}) add_if_any(groups, std::move(*group));
}

}  // namespace

std::vector<UserGroup> group_users(const Split& split, const EvaluationReport& report,
                                   const GroupOptions& options) {
  static constexpr std::string_view stages[] = {"new", "warming", "known"};
  std::vector<UserGroup> groups;
  add_by_events(
      split, report, "stage", stages,
      [&](std::size_t events) {
        return events < options.warming_events ? 0U : events < options.known_events ? 1U : 2U;
      },
      groups);
  add_by_events(split, report, "history", history_bucket_names, history_bucket, groups);
  add_by_taste(split, report, options, groups);
  return groups;
}

std::vector<GroupReport> measure_groups(const EvaluationReport& report,
                                        const std::vector<UserGroup>& groups,
                                        std::string_view metric) {
  std::vector<GroupReport> measured;
  for (const UserGroup& group : groups) {
    GroupReport& made = measured.emplace_back(
        GroupReport{group.respect, group.name, group.positions.size(), std::string(metric), {}});
    std::vector<std::vector<double>> columns;
    for (const RecommenderReport& row : report.rows) {
      const std::vector<double>& all = row.per_user.at(made.metric);
      std::vector<double>& column = columns.emplace_back();
      for (const std::size_t position : group.positions) column.push_back(all[position]);
    }
    const std::vector<Interval> intervals = bootstrap_means(columns, report.options.bootstrap);
    for (std::size_t r = 0; r < columns.size(); ++r)
      made.values.push_back({report.rows[r].name, mean(columns[r]), intervals[r]});
  }
  return measured;
}

Json to_json(const GroupReport& group) {
  JsonObject values;
  for (const GroupValue& value : group.values) {
    values[value.recommender] =
        JsonObject{{"mean", rounded(value.mean)}, {"ci95", to_json(value.ci95)}};
  }
  return JsonObject{{"respect", group.respect},
                    {"group", group.name},
                    {"users", group.users},
                    {"metric", group.metric},
                    {"recommenders", std::move(values)}};
}

}  // namespace limn
