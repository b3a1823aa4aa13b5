#include "limn/eval/splits.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "limn/core/check.h"
#include "limn/core/random.h"

namespace limn {
namespace {

void sort_by_time(UserHistories& events) {
  for (std::vector<HistoryEntry>& list : events) {
    std::ranges::sort(list, [](const HistoryEntry& a, const HistoryEntry& b) {
      return a.time != b.time ? a.time < b.time : a.event < b.event;
    });
  }
}

// floor(share * n); the small term keeps 0.29 * 100 from becoming 28.
std::size_t share_of(double share, std::size_t n) {
  return static_cast<std::size_t>(std::floor(share * static_cast<double>(n) + 1e-9));
}

// Moves the entries of `list` from `begin` on to the end of `part`.
void move_tail(std::vector<HistoryEntry>& list, std::size_t begin,
               std::vector<HistoryEntry>& part) {
  const auto from = list.begin() + static_cast<std::ptrdiff_t>(begin);
  part.insert(part.end(), from, list.end());
  list.erase(from, list.end());
}

void cut_at_one_moment(Split& split, double share) {
  std::vector<Time> times;
  times.reserve(count_events(split.train));
  for (const std::vector<HistoryEntry>& list : split.train) {
    for (const HistoryEntry& event : list) times.push_back(event.time);
  }
  if (times.empty()) return;
  const auto nth = times.begin() + static_cast<std::ptrdiff_t>(share_of(share, times.size()));
  std::ranges::nth_element(times, nth);
  const Time cut = *nth;

  for (std::size_t user = 0; user < split.users(); ++user) {
    std::vector<HistoryEntry>& past = split.train[user];
    const auto first_of_future = std::ranges::lower_bound(past, cut, {}, &HistoryEntry::time);
    move_tail(past, static_cast<std::size_t>(first_of_future - past.begin()), split.test[user]);
  }
}

void cut_each_user(Split& split, double share) {
  for (std::size_t user = 0; user < split.users(); ++user) {
    std::vector<HistoryEntry>& past = split.train[user];
    if (past.size() < 2) continue;
    const std::size_t kept =
        std::clamp<std::size_t>(share_of(share, past.size()), 1, past.size() - 1);
    move_tail(past, kept, split.test[user]);
  }
}

void cut_last_one(Split& split) {
  for (std::size_t user = 0; user < split.users(); ++user) {
    std::vector<HistoryEntry>& past = split.train[user];
    if (past.size() < 2) continue;
    move_tail(past, past.size() - 1, split.test[user]);
    if (past.size() >= 2) move_tail(past, past.size() - 1, split.valid[user]);
  }
}

void cut_random_tenth(Split& split, std::uint64_t seed) {
  Random random(seed);
  for (std::size_t user = 0; user < split.users(); ++user) {
    std::vector<HistoryEntry>& past = split.train[user];
    if (past.size() < 2) continue;
    const std::size_t lent = std::max<std::size_t>(1, (past.size() + 5) / 10);
    std::vector<std::size_t> order(past.size());
    std::iota(order.begin(), order.end(), 0);
    random.shuffle(std::span(order));
    std::vector<bool> is_lent(past.size(), false);
    for (std::size_t i = 0; i < lent; ++i) is_lent[order[i]] = true;

    std::vector<HistoryEntry> kept;
    for (std::size_t i = 0; i < past.size(); ++i) {
      (is_lent[i] ? split.test[user] : kept).push_back(past[i]);
    }
    past = std::move(kept);
  }
}

bool has_events(const UserHistories& part) {
  return std::ranges::any_of(part, [](const auto& list) { return !list.empty(); });
}

}  // namespace

Result<SplitRule> parse_split_rule(std::string_view text) {
  if (text == "last-one") return SplitRule{.kind = SplitKind::last_one};
  const std::size_t equals = text.find('=');
  const std::string_view name = text.substr(0, equals);
  if (equals == std::string_view::npos || (name != "time" && name != "user-time")) {
    return fail(ErrorCode::invalid_argument,
                "cannot read split: {}: no such rule (time=0.8, user-time=0.8 or last-one)", text);
  }
  const std::string number(text.substr(equals + 1));
  char* end = nullptr;
  const double share = std::strtod(number.c_str(), &end);
  if (number.empty() || end != number.c_str() + number.size() || !(share > 0 && share < 1)) {
    return fail(ErrorCode::invalid_argument,
                "cannot read split: {}: the share of the past is no number between 0 and 1", text);
  }
  return SplitRule{.kind = name == "time" ? SplitKind::time : SplitKind::user_time, .share = share};
}

std::string to_text(const SplitRule& rule) {
  switch (rule.kind) {
    case SplitKind::time: return fmt::format("time={}", rule.share);
    case SplitKind::user_time: return fmt::format("user-time={}", rule.share);
    case SplitKind::last_one: return "last-one";
    case SplitKind::given: return "given";
  }
  return "";
}

std::size_t count_events(const UserHistories& part) {
  std::size_t count = 0;
  for (const std::vector<HistoryEntry>& list : part) count += list.size();
  return count;
}

std::size_t count_users_on_both_sides(const Split& split) {
  std::size_t count = 0;
  for (std::size_t user = 0; user < split.users(); ++user) {
    if (!split.train[user].empty() && !split.test[user].empty()) ++count;
  }
  return count;
}

Split split_events(UserHistories events, std::size_t items, const SplitRule& rule) {
  Split split{.rule = rule, .items = items};
  for (const std::vector<HistoryEntry>& list : events) {
    for (const HistoryEntry& event : list) LIMN_CHECK(event.item < items);
  }
  split.valid.resize(events.size());
  split.test.resize(events.size());
  split.train = std::move(events);
  sort_by_time(split.train);
  switch (rule.kind) {
    case SplitKind::time: cut_at_one_moment(split, rule.share); break;
    case SplitKind::user_time: cut_each_user(split, rule.share); break;
    case SplitKind::last_one: cut_last_one(split); break;
    case SplitKind::given: break;
  }
  return split;
}

Split validation_split(const Split& split, std::uint64_t seed) {
  if (has_events(split.valid)) {
    return {.rule = split.rule,
            .items = split.items,
            .train = split.train,
            .valid = UserHistories(split.users()),
            .test = split.valid};
  }
  Split inner = split_events(split.train, split.items, split.rule);
  merge_validation(inner);  // the last event but one trains here: only one is held out
  inner.trained_on_valid = false;
  if (split.rule.kind == SplitKind::given) cut_random_tenth(inner, seed);
  return inner;
}

void merge_validation(Split& split) {
  if (!has_events(split.valid)) return;
  for (std::size_t user = 0; user < split.users(); ++user) {
    std::vector<HistoryEntry>& past = split.train[user];
    past.insert(past.end(), split.valid[user].begin(), split.valid[user].end());
    split.valid[user].clear();
  }
  sort_by_time(split.train);
  split.trained_on_valid = true;
}

}  // namespace limn
