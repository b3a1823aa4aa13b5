#include "limn/eval/splits.h"

#include <algorithm>
#include <charconv>
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

// What is at `cut` or later is future.
void cut_before(Split& split, Time cut) {
  split.cut = cut;
  for (std::size_t user = 0; user < split.users(); ++user) {
    std::vector<HistoryEntry>& past = split.train[user];
    const auto first_of_future = std::ranges::lower_bound(past, cut, {}, &HistoryEntry::time);
    move_tail(past, static_cast<std::size_t>(first_of_future - past.begin()), split.test[user]);
  }
}

void cut_at_one_moment(Split& split, double share) {
  const std::vector<History> histories(split.train.begin(), split.train.end());
  const std::optional<Time> cut = moment_of_share(histories, share);
  if (cut) cut_before(split, *cut);
}

// How many of a user's events are past: at least one, and not all.
std::size_t kept_of(double share, std::size_t events) {
  return std::clamp<std::size_t>(share_of(share, events), 1, events - 1);
}

void cut_each_user(Split& split, double share) {
  for (std::size_t user = 0; user < split.users(); ++user) {
    std::vector<HistoryEntry>& past = split.train[user];
    if (past.size() < 2) continue;
    move_tail(past, kept_of(share, past.size()), split.test[user]);
  }
}

// Moves `count` events of a list, drawn at random, to the test part; both keep their order.
void move_random(std::vector<HistoryEntry>& past, std::size_t count, Random& random,
                 std::vector<HistoryEntry>& part) {
  std::vector<std::size_t> order(past.size());
  std::iota(order.begin(), order.end(), 0);
  random.shuffle(std::span(order));
  std::vector<bool> is_moved(past.size(), false);
  for (std::size_t i = 0; i < count; ++i) is_moved[order[i]] = true;

  std::vector<HistoryEntry> kept;
  for (std::size_t i = 0; i < past.size(); ++i) (is_moved[i] ? part : kept).push_back(past[i]);
  past = std::move(kept);
}

void draw_each_user(Split& split, const SplitRule& rule) {
  for (std::size_t user = 0; user < split.users(); ++user) {
    std::vector<HistoryEntry>& past = split.train[user];
    if (past.size() < 2) continue;
    // One generator a user: nobody's draw depends on what others did.
    Random random(rule.seed * 0x9e3779b97f4a7c15 + user);
    move_random(past, past.size() - kept_of(rule.share, past.size()), random, split.test[user]);
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
    move_random(past, lent, random, split.test[user]);
  }
}

struct NamedKind {
  std::string_view name;
  SplitKind kind;
};

constexpr NamedKind named_kinds[] = {{"time", SplitKind::time},
                                     {"as-of", SplitKind::as_of},
                                     {"user-time", SplitKind::user_time},
                                     {"user-random", SplitKind::user_random}};

bool has_events(const UserHistories& part) {
  return std::ranges::any_of(part, [](const auto& list) { return !list.empty(); });
}

}  // namespace

std::optional<Time> moment_of_share(std::span<const History> histories, double share) {
  std::vector<Time> times;
  for (const History history : histories) {
    for (const HistoryEntry& event : history) times.push_back(event.time);
  }
  if (times.empty()) return std::nullopt;
  const auto nth = times.begin() + static_cast<std::ptrdiff_t>(share_of(share, times.size()));
  std::ranges::nth_element(times, nth);
  return *nth;
}

Result<SplitRule> parse_split_rule(std::string_view text) {
  if (text == "last-one") return SplitRule{.kind = SplitKind::last_one};
  const std::size_t equals = text.find('=');
  const std::string_view name = text.substr(0, equals);
  const auto kind = std::ranges::find(named_kinds, name, &NamedKind::name);
  if (equals == std::string_view::npos || kind == std::end(named_kinds)) {
    return fail(ErrorCode::invalid_argument,
                "cannot read split: {}: no such rule (time=0.8, user-time=0.8, user-random=0.8, "
                "as-of=2026-01-31 or last-one)",
                text);
  }
  const std::string_view value = text.substr(equals + 1);
  if (kind->kind == SplitKind::as_of) {
    const std::optional<Time> moment = parse_time(value);
    if (moment) return SplitRule{.kind = kind->kind, .moment = *moment};
    return fail(ErrorCode::invalid_argument, "cannot read split: {}: no time", text);
  }
  SplitRule rule{.kind = kind->kind};
  std::string number(value);
  const std::size_t colon = number.find(':');
  if (rule.kind == SplitKind::user_random && colon != std::string::npos) {
    const char* const end = number.data() + number.size();
    const auto read = std::from_chars(number.data() + colon + 1, end, rule.seed);
    if (read.ec != std::errc{} || read.ptr != end)
      return fail(ErrorCode::invalid_argument, "cannot read split: {}: the seed is no number",
                  text);
    number.resize(colon);
  }
  char* end = nullptr;
  rule.share = std::strtod(number.c_str(), &end);
  if (number.empty() || end != number.c_str() + number.size() ||
      !(rule.share > 0 && rule.share < 1)) {
    return fail(ErrorCode::invalid_argument,
                "cannot read split: {}: the share of the past is no number between 0 and 1", text);
  }
  return rule;
}

std::string to_text(const SplitRule& rule) {
  switch (rule.kind) {
    case SplitKind::time: return fmt::format("time={}", rule.share);
    case SplitKind::as_of: return fmt::format("as-of={}", format_time(rule.moment));
    case SplitKind::user_random: return fmt::format("user-random={}:{}", rule.share, rule.seed);
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
    case SplitKind::as_of: cut_before(split, rule.moment + Time::duration{1}); break;
    case SplitKind::user_random: draw_each_user(split, rule); break;
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
  SplitRule rule = split.rule;
  if (rule.kind == SplitKind::as_of) rule = SplitRule{.kind = SplitKind::time};
  Split inner = split_events(split.train, split.items, rule);
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
