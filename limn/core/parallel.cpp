#include "limn/core/parallel.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include <sched.h>

#include "limn/core/check.h"

namespace limn {
namespace {

// A container may own fewer processors than the machine has: the scheduler's mask tells.
std::size_t usable_processors() {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  if (sched_getaffinity(0, sizeof(mask), &mask) == 0) {
    return static_cast<std::size_t>(std::max(1, CPU_COUNT(&mask)));
  }
  return std::max(1U, std::thread::hardware_concurrency());
}

std::atomic<std::size_t>& configured_count() {
  static std::atomic<std::size_t> count{usable_processors()};
  return count;
}

thread_local bool inside_parallel_for = false;

}  // namespace

std::size_t thread_count() {
  return configured_count();
}

void set_thread_count(std::size_t count) {
  LIMN_CHECK(count >= 1);
  configured_count() = count;
}

void parallel_for(std::size_t n, std::size_t grain,
                  const std::function<void(std::size_t begin, std::size_t end)>& body) {
  LIMN_CHECK(grain >= 1);
  const std::size_t chunks = (n + grain - 1) / grain;
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    const bool outer = inside_parallel_for;
    inside_parallel_for = true;
    for (std::size_t chunk = next++; chunk < chunks; chunk = next++) {
      body(chunk * grain, std::min(n, (chunk + 1) * grain));
    }
    inside_parallel_for = outer;
  };

  const std::size_t helpers =
      inside_parallel_for || chunks <= 1 ? 0 : std::min(thread_count(), chunks) - 1;
  std::vector<std::jthread> threads;
  threads.reserve(helpers);
  for (std::size_t i = 0; i < helpers; ++i) threads.emplace_back(work);
  work();
}

std::size_t parallel_count(std::size_t n, std::size_t grain,
                           const std::function<bool(std::size_t)>& holds) {
  std::atomic<std::size_t> count = 0;
  parallel_for(n, grain, [&](std::size_t begin, std::size_t end) {
    std::size_t found = 0;
    for (std::size_t i = begin; i < end; ++i) found += holds(i) ? 1 : 0;
    count += found;
  });
  return count;
}

}  // namespace limn
