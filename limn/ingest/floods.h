// Floods: event times that no person leaves behind.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "limn/core/types.h"

namespace limn {

struct FloodOptions {
  // The busiest of the 1,614 people of two MovieLens sets sent a page of 87 ratings in one second,
  // 193 within a minute and 1,291 within a day: rating pages are no flood.
  std::size_t max_a_minute = 300;  // events within any 60 s
  std::size_t max_a_day = 2'000;   // events within any 24 h
  // Spacing: `regular_run` gaps in a row, each from 100 ms to 1 day and within `regular_share` of
  // the run's first. Shorter gaps are pages sent at once; nobody keeps a longer beat this well.
  std::size_t regular_run = 50;
  double regular_share = 0.02;
};

enum class FloodKind { burst, long_day, regular };

struct Flood {
  FloodKind kind = FloodKind::burst;
  std::size_t events = 0;  // how many the window or the run holds
  Time first{};            // its first event
  Time last{};             // its last event
};

// The worst sign in one user's times, sorted; nothing when there is none. A burst comes before a
// long day, a long day before a regular beat. O(n).
//
// A sign is a flag, not a verdict: the caller decides whether flagged users are learned from.
[[nodiscard]] std::optional<Flood> find_flood(std::span<const Time> times,
                                              const FloodOptions& options = {});

// "412 events within 60 s from 2026-11-24T09:30:00Z"
[[nodiscard]] std::string describe(const Flood& flood);

}  // namespace limn
