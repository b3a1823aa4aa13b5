// Progress of a long step, and the wish to stop it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>

#include "limn/core/result.h"

namespace limn {

// Set by a signal handler, read by long steps between two pieces of work; the program's one global
// wish.
class Interrupt {
 public:
  // Async-signal-safe.
  static void request() { requested_.store(true, std::memory_order_relaxed); }
  static void clear() { requested_.store(false, std::memory_order_relaxed); }
  [[nodiscard]] static bool requested() { return requested_.load(std::memory_order_relaxed); }

  // Errors: interrupted, when it was requested: `LIMN_TRY_VOID(Interrupt::check("import"))`.
  [[nodiscard]] static Result<void> check(std::string_view step);

 private:
  static std::atomic<bool> requested_;
};

// One line on a terminal's stderr that tells how far a step is; silent where stderr is no terminal.
// add() may be called from any thread.
class Progress {
 public:
  // `total` is 0 where it is not known.
  Progress(std::string step, std::size_t total);
  ~Progress();  // clears the line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void add(std::size_t count);

 private:
  void draw();

  std::string step_;
  std::size_t total_;
  bool shown_;
  std::atomic<std::size_t> done_{0};
  std::atomic<std::chrono::steady_clock::rep> next_draw_{0};
  std::mutex drawing_;
  bool drawn_ = false;
};

}  // namespace limn
