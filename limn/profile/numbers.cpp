#include "limn/profile/numbers.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <set>

namespace limn {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hours;

std::size_t utc_hour(Time time) {
  return static_cast<std::size_t>(floor<hours>(time - floor<days>(time)).count());
}

// Stars of ratings and of reviews that carry them.
std::optional<double> mean_rating(std::span<const Event> events) {
  std::vector<double> ratings;
  for (const Event& event : events) {
    const bool rates = event.kind == "rate" || (event.kind == "review" && event.value > 0);
    if (rates && std::isfinite(event.value)) ratings.push_back(event.value);
  }
  if (ratings.empty()) return std::nullopt;
  std::sort(ratings.begin(), ratings.end());  // the same sum in any order of events
  double sum = 0;
  for (const double rating : ratings) sum += rating;
  return sum / static_cast<double>(ratings.size());
}

double purchases(std::span<const Event> events) {
  std::vector<double> prices;
  for (const Event& event : events) {
    if (event.kind == "purchase" && std::isfinite(event.value)) prices.push_back(event.value);
  }
  std::sort(prices.begin(), prices.end());
  double sum = 0;
  for (const double price : prices) sum += price;
  return sum;
}

void count_times(std::span<const Event> events, Time now, ProfileNumbers& numbers) {
  std::set<Time> active_days;
  for (const Event& event : events) {
    if (event.kind == "impression") continue;
    numbers.events += 1;
    numbers.kinds[event.kind] += 1;
    numbers.hours[utc_hour(event.time)] += 1;
    active_days.insert(floor<days>(event.time));
    numbers.first_seen = std::min(numbers.first_seen.value_or(event.time), event.time);
    numbers.last_seen = std::max(numbers.last_seen.value_or(event.time), event.time);
  }
  if (numbers.events == 0) return;

  numbers.active_days = active_days.size();
  numbers.recency_days = std::max(0.0, days_between(*numbers.last_seen, now));
  // A user of less than a week counts as one of a week: one visit is no daily habit.
  const double weeks = std::max(1.0, days_between(*numbers.first_seen, now) / 7);
  numbers.frequency = static_cast<double>(numbers.active_days) / weeks;
  const auto fullest = std::max_element(numbers.hours.begin(), numbers.hours.end());
  numbers.peak_hour = static_cast<int>(fullest - numbers.hours.begin());
}

}  // namespace

ProfileNumbers count_events(std::span<const Event> events, Time now) {
  ProfileNumbers numbers;
  count_times(events, now, numbers);
  numbers.spend = purchases(events);
  numbers.mean_rating = mean_rating(events);
  return numbers;
}

}  // namespace limn
