// A simulated shop whose best strategy is known: does the bandit find it, and leave a bad one?
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "limn/core/json.h"
#include "limn/feedback/thompson.h"

namespace limn {

struct SimulationOptions {
  std::vector<double> rates;  // (arms): the chance that a list satisfies; the first is the present
  std::size_t segments = 3;
  // Rates differ between segments: an arm's rate in one is its own times exp(spread x normal), the
  // same factor for all arms, so that the best arm is the best everywhere.
  double spread = 0.2;
  std::size_t lists = 20'000;
  std::uint64_t seed = 1;
  ShareOptions shares;
};

struct SimulatedArm {
  double rate = 0;
  std::size_t shown = 0;
  std::size_t shown_late = 0;   // among the last fifth of the lists
  std::size_t stopped_at = 0;   // the list after which it was stopped; 0: never
  std::size_t promoted_at = 0;  // the list after which it took the present one's place; 0: never
  Beta posterior;
};

struct SimulationReport {
  std::size_t lists = 0;
  std::size_t best = 0;
  std::size_t present = 0;  // at the end
  std::vector<SimulatedArm> arms;
  double satisfied = 0;         // lists
  double satisfied_evenly = 0;  // what showing all arms alike is expected to give
  double satisfied_best = 0;    // what showing the best one alone is expected to give
};

// Plays one list after the other, learning as the engine does: whenever the lists grew by a
// twentieth. Same options, same report. Requires at least one rate, each within [0, 1], and at
// least one segment.
[[nodiscard]] SimulationReport simulate(const SimulationOptions& options);

// How many lists there must be before the next learning: batches that grow with the log, so that
// the cost of a list stays the same. Batches lose Thompson sampling little (Kalkanli and Ozgur,
// 2021).
[[nodiscard]] std::size_t next_learning(std::size_t lists);

[[nodiscard]] Json to_json(const SimulationReport& report);

}  // namespace limn
