// parallel_for: a loop over chunks on several threads, whose chunks never depend on how many.
#pragma once

#include <cstddef>
#include <functional>

namespace limn {

// How many threads parallel_for uses; at first, the processors this process may run on.
[[nodiscard]] std::size_t thread_count();

// Requires count >= 1. Not to be called while a parallel_for runs.
void set_thread_count(std::size_t count);

// Calls body(begin, end) for [0, grain), [grain, 2 grain), ... up to n, in any order, and returns
// when all are done.
//
// Sums stay the same on any number of threads when each chunk writes its own result and the results
// are then added in order. A call inside a body runs on that body's thread. Bodies must not throw.
// Waking the threads costs some 10 us a call: not for the inside of a request.
void parallel_for(std::size_t n, std::size_t grain,
                  const std::function<void(std::size_t begin, std::size_t end)>& body);

// How many of [0, n) hold, as `holds` says of each. `holds` may be called from any thread.
[[nodiscard]] std::size_t parallel_count(std::size_t n, std::size_t grain,
                                         const std::function<bool(std::size_t)>& holds);

}  // namespace limn
