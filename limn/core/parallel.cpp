#include "limn/core/parallel.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include <pthread.h>
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

// One parallel_for, whose chunks are taken by whoever comes first.
class Loop {
 public:
  Loop(std::size_t n, std::size_t grain, const std::function<void(std::size_t, std::size_t)>& body)
      : n_(n), grain_(grain), chunks_((n + grain - 1) / grain), body_(body) {}

  // Takes chunks until none is left. A thread that comes too late does nothing, and does not touch
  // the body, which is gone by then.
  void work() {
    const bool outer = std::exchange(inside_parallel_for, true);
    for (std::size_t chunk = next_++; chunk < chunks_; chunk = next_++) {
      body_(chunk * grain_, std::min(n_, (chunk + 1) * grain_));
      if (++done_ < chunks_) continue;
      const std::lock_guard lock(mutex_);
      all_done_.notify_one();
    }
    inside_parallel_for = outer;
  }

  // Until all chunks are done: those that others took, but not those others themselves.
  void wait() {
    std::unique_lock lock(mutex_);
    all_done_.wait(lock, [&] { return done_ == chunks_; });
  }

 private:
  const std::size_t n_;
  const std::size_t grain_;
  const std::size_t chunks_;
  const std::function<void(std::size_t, std::size_t)>& body_;
  std::atomic<std::size_t> next_{0};
  std::atomic<std::size_t> done_{0};
  std::mutex mutex_;
  std::condition_variable all_done_;
};

// Threads that wait for loops to help with. They stay until the program ends: to start one for each
// loop costs more than many a loop, and on a busy machine a loop would wait for it to be scheduled.
class Pool {
 public:
  // Asks `helpers` threads to work at the loop.
  void help(const std::shared_ptr<Loop>& loop, std::size_t helpers) {
    {
      const std::lock_guard lock(mutex_);
      for (; threads_ < helpers; ++threads_) std::thread([this] { serve(); }).detach();
      for (std::size_t i = 0; i < helpers; ++i) asked_.push_back(loop);
    }
    for (std::size_t i = 0; i < helpers; ++i) somebody_asked_.notify_one();
  }

 private:
  [[noreturn]] void serve() {
    while (true) {
      std::unique_lock lock(mutex_);
      somebody_asked_.wait(lock, [&] { return !asked_.empty(); });
      const std::shared_ptr<Loop> loop = std::move(asked_.front());
      asked_.pop_front();
      lock.unlock();
      loop->work();
    }
  }

  std::mutex mutex_;
  std::condition_variable somebody_asked_;
  std::deque<std::shared_ptr<Loop>> asked_;
  std::size_t threads_ = 0;
};

// The program's. Never destroyed, as its threads use it to the end; a process that was forked off,
// which has none of the threads, gets another.
std::atomic<Pool*>& pool() {
  static std::atomic<Pool*> one = [] {
    ::pthread_atfork(nullptr, nullptr, [] { pool() = new Pool; });
    return new Pool;
  }();
  return one;
}

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
  const std::size_t helpers =
      inside_parallel_for || chunks <= 1 ? 0 : std::min(thread_count(), chunks) - 1;
  if (helpers == 0) {
    Loop(n, grain, body).work();
    return;
  }
  const auto loop = std::make_shared<Loop>(n, grain, body);
  pool().load()->help(loop, helpers);
  loop->work();
  loop->wait();
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
