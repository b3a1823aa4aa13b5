// LIMN_CHECK: stops the program when an assumption of our own does not hold.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace limn::detail {

[[noreturn]] inline void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "limn: internal error: %s:%d: %s does not hold\n", file, line, condition);
  std::abort();
}

}  // namespace limn::detail

// For our own mistakes only, and always on: what the world gets wrong is a Result.
#define LIMN_CHECK(condition)         \
  ((condition) ? static_cast<void>(0) \
               : ::limn::detail::check_failed(#condition, __FILE__, __LINE__))
