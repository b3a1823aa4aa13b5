#include "limn/core/progress.h"

#include <cstdio>
#include <utility>

#include <unistd.h>

namespace limn {

std::atomic<bool> Interrupt::requested_{false};

Result<void> Interrupt::check(std::string_view step) {
  if (!requested()) return {};
  return fail(ErrorCode::interrupted, "stopped: {}: interrupted (run it again to continue)", step);
}

Progress::Progress(std::string step, std::size_t total)
    : step_(std::move(step)), total_(total), shown_(::isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  if (drawn_) std::fputs("\r\x1b[K", stderr);
}

void Progress::add(std::size_t count) {
  done_.fetch_add(count, std::memory_order_relaxed);
  if (!shown_) return;
  using std::chrono::steady_clock;
  const auto now = steady_clock::now().time_since_epoch().count();
  if (now < next_draw_.load(std::memory_order_relaxed)) return;
  constexpr auto interval =
      std::chrono::duration_cast<steady_clock::duration>(std::chrono::milliseconds{100});
  next_draw_.store(now + interval.count(), std::memory_order_relaxed);
  draw();
}

void Progress::draw() {
  const std::lock_guard lock(drawing_);
  drawn_ = true;
  const std::size_t done = done_.load(std::memory_order_relaxed);
  if (total_ == 0) {
    std::fprintf(stderr, "\r\x1b[K%s: %zu", step_.c_str(), done);
  } else {
    const double share = static_cast<double>(done) / static_cast<double>(total_);
    std::fprintf(stderr, "\r\x1b[K%s: %zu of %zu (%.0f %%)", step_.c_str(), done, total_,
                 100 * share);
  }
  std::fflush(stderr);
}

}  // namespace limn
