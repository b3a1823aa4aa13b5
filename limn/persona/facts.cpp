#include "limn/persona/facts.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace limn {
namespace {

constexpr std::size_t min_shift_events = 15;  // five recent against ten before
constexpr std::chrono::days min_shift_time{1};
constexpr std::size_t max_recent_events = 30;
constexpr double rise_beyond_chance = 2.58;   // 99 %: the best of several topics is looked for
constexpr double fall_beyond_chance = -1.96;  // 95 %
constexpr std::size_t min_busy_events = 8;
constexpr int busy_window_hours = 4;  // by chance they would hold a sixth

// An event on no item is a thing of its own.
using Thing = std::pair<ItemIndex, std::int64_t>;

Thing thing_of(const PersonaEvent& event) {
  return event.item == no_item ? Thing{no_item, event.id} : Thing{event.item, 0};
}

bool newer(const PersonaEvent* a, const PersonaEvent* b) {
  return std::tuple(a->time, a->id) > std::tuple(b->time, b->id);
}

bool stronger(const PersonaEvent* a, const PersonaEvent* b) {
  if (std::abs(a->weight) != std::abs(b->weight)) return std::abs(a->weight) > std::abs(b->weight);
  return newer(a, b);
}

std::vector<Deed> count_deeds(std::span<const PersonaEvent* const> events) {
  std::map<std::string_view, Deed> kinds;
  std::map<std::string_view, std::set<ItemIndex>> items;
  for (const PersonaEvent* event : events) {
    Deed& deed = kinds[event->kind];
    deed.kind = event->kind;
    deed.events += 1;
    if (event->item != no_item && items[event->kind].insert(event->item).second) deed.items += 1;
    if (deed.strongest == nullptr || stronger(event, deed.strongest)) deed.strongest = event;
  }
  std::vector<Deed> deeds;
  for (const auto& [kind, deed] : kinds) deeds.push_back(deed);
  std::stable_sort(deeds.begin(), deeds.end(), [](const Deed& a, const Deed& b) {
    return std::tuple(a.items, a.events) > std::tuple(b.items, b.events);
  });
  return deeds;
}

// How many deviations the share k of n lies above the share j of m (two proportions, pooled).
double rise(std::size_t k, std::size_t n, std::size_t j, std::size_t m) {
  const auto recent = static_cast<double>(n);
  const auto earlier = static_cast<double>(m);
  const double pooled = static_cast<double>(k + j) / (recent + earlier);
  const double deviation = std::sqrt(pooled * (1 - pooled) * (1 / recent + 1 / earlier));
  if (!(deviation > 0)) return 0;
  return (static_cast<double>(k) / recent - static_cast<double>(j) / earlier) / deviation;
}

std::map<std::uint32_t, std::size_t> topic_counts(std::span<const PersonaEvent* const> events) {
  std::map<std::uint32_t, std::size_t> counts;
  for (const PersonaEvent* event : events) counts[event->topic] += 1;
  return counts;
}

std::vector<const PersonaEvent*> on_topic(std::span<const PersonaEvent* const> events,
                                          std::uint32_t topic) {
  std::vector<const PersonaEvent*> chosen;
  for (const PersonaEvent* event : events) {
    if (event->topic == topic) chosen.push_back(event);
  }
  return chosen;
}

}  // namespace

TopicFacts topic_facts(std::span<const PersonaEvent> events, std::uint32_t topic, int side) {
  TopicFacts facts;
  std::vector<const PersonaEvent*> all;
  std::map<Thing, double> opinions;
  std::map<Thing, double> judged;  // of them, what was judged
  for (const PersonaEvent& event : events) {
    if (event.topic != topic || event.weight == 0) continue;
    all.push_back(&event);
    opinions[thing_of(event)] += event.weight;
    if (judges(event.kind)) judged[thing_of(event)] += event.weight;
    if (event.weight * static_cast<float>(side) <= 0) continue;
    facts.strongest.push_back(&event);
    if (facts.latest == nullptr || newer(&event, facts.latest)) facts.latest = &event;
  }
  facts.deeds = count_deeds(all);
  facts.items = opinions.size();
  for (const auto& [thing, opinion] : judged) facts.agreeing += opinion * side > 0 ? 1 : 0;
  std::sort(facts.strongest.begin(), facts.strongest.end(), stronger);
  return facts;
}

std::optional<Shift> recent_shift(std::span<const PersonaEvent> events) {
  std::vector<const PersonaEvent*> liked;
  for (const PersonaEvent& event : events) {
    if (event.weight > 0 && event.topic != no_topic) liked.push_back(&event);
  }
  if (liked.size() < min_shift_events) return std::nullopt;
  std::sort(liked.begin(), liked.end(), newer);
  const std::size_t cut = std::min(max_recent_events, liked.size() / 3);
  const auto recent = std::span(liked).first(cut);
  const auto earlier = std::span(liked).subspan(cut);
  // Within one sitting the order tells what was on the screen, not what changed.
  if (recent.front()->time - earlier.front()->time < min_shift_time) return std::nullopt;

  auto now = topic_counts(recent);
  auto before = topic_counts(earlier);
  Shift shift{.recent = recent.size(), .earlier = earlier.size()};
  double highest = rise_beyond_chance;
  double lowest = fall_beyond_chance;
  for (const auto& [topic, count] : topic_counts(liked)) {
    const double z = rise(now[topic], recent.size(), before[topic], earlier.size());
    if (z > highest) {
      highest = z;
      shift.topic = topic;
    }
    if (z < lowest) {
      lowest = z;
      shift.other = topic;
    }
  }
  if (shift.topic == no_topic) return std::nullopt;

  shift.topic_recent = now[shift.topic];
  shift.topic_earlier = before[shift.topic];
  shift.recent_events = on_topic(recent, shift.topic);
  shift.confidence = std::erf(highest / std::sqrt(2.0));
  if (shift.other) {
    shift.other_recent = now[*shift.other];
    shift.other_earlier = before[*shift.other];
    shift.earlier_events = on_topic(earlier, *shift.other);
  }
  return shift;
}

bool judges(std::string_view kind) {
  static constexpr std::array<std::string_view, 8> kinds{"rate", "review", "like",  "dislike",
                                                         "hide", "save",   "share", "return"};
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

int hour_of(Time time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  return static_cast<int>(std::chrono::floor<std::chrono::hours>(time - day).count());
}

std::optional<BusyHours> busy_hours(const ProfileNumbers& numbers,
                                    std::span<const PersonaEvent> events) {
  const auto at_midnight = [](const PersonaEvent& event) {
    return event.time == std::chrono::floor<std::chrono::days>(event.time);
  };
  if (numbers.events < min_busy_events || std::all_of(events.begin(), events.end(), at_midnight))
    return std::nullopt;
  BusyHours best;
  for (int shift = 0; shift < 24; ++shift) {
    // Of equally full windows, the one in which the fullest hour comes second.
    const int from = (numbers.peak_hour.value_or(0) + 23 + shift) % 24;
    std::size_t count = 0;
    for (int i = 0; i < busy_window_hours; ++i)
      count += numbers.hours[static_cast<std::size_t>((from + i) % 24)];
    if (count > best.events) best = {from, (from + busy_window_hours) % 24, count};
  }
  if (2 * best.events < numbers.events) return std::nullopt;
  return best;
}

}  // namespace limn
