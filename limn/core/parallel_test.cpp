#include "limn/core/parallel.h"

#include <atomic>
#include <numeric>
#include <set>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace limn {
namespace {

TEST(ParallelFor, VisitsEachIndexOnceOnAnyNumberOfThreads) {
  for (const std::size_t threads : {1UL, 2UL, 5UL}) {
    set_thread_count(threads);
    std::vector<int> visits(1003, 0);
    parallel_for(visits.size(), 10, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) visits[i] += 1;
    });
    EXPECT_EQ(std::accumulate(visits.begin(), visits.end(), 0), 1003);
    EXPECT_EQ(std::set<int>(visits.begin(), visits.end()), std::set<int>{1});
  }
  parallel_for(0, 1, [](std::size_t, std::size_t) { FAIL(); });
}

TEST(ParallelFor, RunsABodysOwnLoopOnTheBodysThread) {
  set_thread_count(4);
  std::atomic<int> strangers = 0;
  parallel_for(20, 1, [&](std::size_t, std::size_t) {
    const std::thread::id own = std::this_thread::get_id();
    parallel_for(20, 1, [&](std::size_t, std::size_t) {
      if (std::this_thread::get_id() != own) strangers += 1;
    });
  });
  EXPECT_EQ(strangers, 0);
}

TEST(ParallelFor, ServesManyCallersAtOnce) {
  set_thread_count(3);
  std::vector<std::size_t> sums(8);
  std::vector<std::thread> callers;
  for (std::size_t& sum : sums) {
    callers.emplace_back([&sum] {
      for (int turn = 0; turn < 200; ++turn) {
        std::vector<std::size_t> chunks(50);
        parallel_for(chunks.size(), 1,
                     [&](std::size_t begin, std::size_t) { chunks[begin] = begin; });
        sum += std::accumulate(chunks.begin(), chunks.end(), std::size_t{0});
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  for (const std::size_t sum : sums) EXPECT_EQ(sum, 200U * 49 * 50 / 2);
}

TEST(ParallelFor, WorksInAForkedProcess) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "the thread sanitizer ends a forked process that starts threads";
#endif
  set_thread_count(4);
  const auto count = [] {
    std::atomic<int> chunks = 0;
    parallel_for(100, 1, [&](std::size_t, std::size_t) { chunks += 1; });
    return chunks.load();
  };
  EXPECT_EQ(count(), 100);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) ::_exit(count());
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 100);
}

}  // namespace
}  // namespace limn
