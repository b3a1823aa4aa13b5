#include "limn/ingest/floods.h"

#include <algorithm>

#include <fmt/format.h>

namespace limn {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds shortest_beat{100};
constexpr milliseconds longest_beat = std::chrono::days{1};

// The fullest window of `span`; the first of equals.
Flood fullest_window(std::span<const Time> times, milliseconds span, FloodKind kind) {
  Flood fullest{.kind = kind};
  std::size_t begin = 0;
  for (std::size_t end = 0; end < times.size(); ++end) {
    while (times[end] - times[begin] >= span) ++begin;
    if (const std::size_t events = end - begin + 1; events > fullest.events) {
      fullest.events = events;
      fullest.first = times[begin];
      fullest.last = times[end];
    }
  }
  return fullest;
}

// The longest run of events whose gaps stay close to the run's first gap.
Flood longest_beat_of(std::span<const Time> times, double share) {
  Flood longest{.kind = FloodKind::regular};
  std::size_t begin = 0;  // the run's first event
  for (std::size_t i = 1; i < times.size(); ++i) {
    const auto first_gap = times[begin + 1] - times[begin];
    const auto gap = times[i] - times[i - 1];
    const bool is_beat = gap >= shortest_beat && gap <= longest_beat;
    const auto apart = static_cast<double>(std::abs((gap - first_gap).count()));
    if (!is_beat || apart > share * static_cast<double>(first_gap.count())) {
      // The gap that broke the run may start the next one.
      begin = is_beat ? i - 1 : i;
    }
    if (const std::size_t events = i - begin + 1; events > longest.events) {
      longest.events = events;
      longest.first = times[begin];
      longest.last = times[i];
    }
  }
  return longest;
}

}  // namespace

std::optional<Flood> find_flood(std::span<const Time> times, const FloodOptions& options) {
  const Flood minute = fullest_window(times, std::chrono::minutes{1}, FloodKind::burst);
  if (minute.events > options.max_a_minute) return minute;
  const Flood day = fullest_window(times, std::chrono::days{1}, FloodKind::long_day);
  if (day.events > options.max_a_day) return day;
  const Flood beat = longest_beat_of(times, options.regular_share);
  if (beat.events > options.regular_run) return beat;
  return std::nullopt;
}

std::string describe(const Flood& flood) {
  const std::string since = format_time(flood.first);
  switch (flood.kind) {
    case FloodKind::burst: return fmt::format("{} events within 60 s from {}", flood.events, since);
    case FloodKind::long_day:
      return fmt::format("{} events within 24 h from {}", flood.events, since);
    case FloodKind::regular: {
      const double seconds = static_cast<double>((flood.last - flood.first).count()) / 1000.0 /
                             static_cast<double>(flood.events - 1);
      return fmt::format("{} events in a row, one each {:.1f} s, from {}", flood.events, seconds,
                         since);
    }
  }
  return "";
}

}  // namespace limn
