#include <algorithm>
#include <cmath>
#include <tuple>

#include <fmt/format.h>

#include "limn/persona/claims.h"
#include "limn/persona/facts.h"

namespace limn {
namespace {

constexpr std::size_t min_habit_days = 3;  // what was done on two days is no habit
constexpr std::size_t min_ratings = 3;     // for a mean worth telling

// Those of the user's events that `chosen` accepts, newest first. Impressions are not theirs.
template <typename Chosen>
std::vector<const PersonaEvent*> newest(const PersonaInput& input, Chosen chosen) {
  std::vector<const PersonaEvent*> events;
  for (const PersonaEvent& event : input.events) {
    if (event.kind != "impression" && chosen(event)) events.push_back(&event);
  }
  std::sort(events.begin(), events.end(), [](const PersonaEvent* a, const PersonaEvent* b) {
    return std::tuple(a->time, a->id) > std::tuple(b->time, b->id);
  });
  return events;
}

}  // namespace

std::optional<Claim> activity_claim(const Writing& writing) {
  const ProfileNumbers& numbers = writing.input.profile.numbers;
  const auto events = newest(writing.input, [](const PersonaEvent&) { return true; });
  if (numbers.events == 0 || events.empty()) return std::nullopt;
  const Phrases& phrases = writing.phrases;
  const std::string since = phrases.month(*numbers.first_seen);
  std::string_view key = "activity";
  if (numbers.events == 1) {
    key = "activity.one";
  } else if (since == phrases.month(*numbers.last_seen)) {
    key = "activity.month";
  }
  Claim claim{.id = "activity", .confidence = 1};
  claim.text = phrases.sentence(key, {{"since", since},
                                      {"events", phrases.count("event", numbers.events)},
                                      {"days", phrases.count("day", numbers.active_days)},
                                      {"last", phrases.day(*numbers.last_seen)}});
  const std::vector<const PersonaEvent*> first_and_last{events.back(), events.front()};
  claim.evidence = cite(first_and_last, 2);
  return claim;
}

std::optional<Claim> hours_claim(const Writing& writing) {
  const ProfileNumbers& numbers = writing.input.profile.numbers;
  const auto busy = busy_hours(numbers, writing.input.events);
  if (!busy || numbers.active_days < min_habit_days) return std::nullopt;
  const auto within = newest(writing.input, [&](const PersonaEvent& event) {
    return (hour_of(event.time) - busy->from + 24) % 24 < (busy->to - busy->from + 24) % 24;
  });
  if (within.empty()) return std::nullopt;
  Claim claim{.id = "hours"};
  claim.text = writing.phrases.sentence("hours", {{"from", writing.phrases.hour(busy->from)},
                                                  {"to", writing.phrases.hour(busy->to)},
                                                  {"n", std::to_string(busy->events)},
                                                  {"total", std::to_string(numbers.events)}});
  claim.confidence = static_cast<double>(busy->events) / static_cast<double>(numbers.events);
  claim.evidence = cite(within, writing.options.max_evidence);
  return claim;
}

std::optional<Claim> rating_claim(const Writing& writing) {
  const auto& mean = writing.input.profile.numbers.mean_rating;
  const auto ratings = newest(writing.input, [](const PersonaEvent& event) {
    const bool rates = event.kind == "rate" || (event.kind == "review" && event.value > 0);
    return rates && std::isfinite(event.value);
  });
  if (!mean || ratings.size() < min_ratings) return std::nullopt;
  Claim claim{.id = "rating", .confidence = 1};
  claim.text = writing.phrases.sentence(
      "rating", {{"mean", fmt::format("{:.1f}", *mean)}, {"n", std::to_string(ratings.size())}});
  claim.evidence = cite(ratings, writing.options.max_evidence);
  return claim;
}

std::optional<Claim> spend_claim(const Writing& writing) {
  const double spend = writing.input.profile.numbers.spend;
  const auto purchases =
      newest(writing.input, [](const PersonaEvent& event) { return event.kind == "purchase"; });
  if (!(spend > 0) || purchases.empty()) return std::nullopt;
  Claim claim{.id = "spend", .confidence = 1};
  claim.text = writing.phrases.sentence(
      purchases.size() == 1 ? "spend.one" : "spend",
      {{"sum", fmt::format("{:.2f}", spend)}, {"n", std::to_string(purchases.size())}});
  claim.evidence = cite(purchases, writing.options.max_evidence);
  return claim;
}

}  // namespace limn
