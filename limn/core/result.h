// Result: a value, or an error that says what failed, which one, why, and what to do.
#pragma once

#include <string>
#include <utility>

#include <fmt/format.h>
#include <tl/expected.hpp>

namespace limn {

enum class ErrorCode {
  invalid_argument,  // the caller asked for something that cannot be
  not_found,         // what was named is not there
  corrupt,           // a file or a row is damaged
  unavailable,       // a file, a disk or a service did not answer
  interrupted,       // the user stopped a long step
};

struct Error {
  ErrorCode code = ErrorCode::invalid_argument;
  std::string message;  // "what failed: which one: why (what to do)", lower case, no full stop
};

template <typename T>
using Result = tl::expected<T, Error>;

// An error with a formatted message, to be returned from a function that returns Result<T>.
template <typename... Args>
[[nodiscard]] tl::unexpected<Error> fail(ErrorCode code, fmt::format_string<Args...> format,
                                         Args&&... args) {
  return tl::unexpected<Error>(Error{code, fmt::format(format, std::forward<Args>(args)...)});
}

}  // namespace limn

// Hands an error on to the caller: `LIMN_TRY(auto rows, read_rows(path));`
// The one macro beside LIMN_CHECK: C++20 has no other way to return from the caller.
#define LIMN_CONCAT_(a, b) a##b
#define LIMN_CONCAT(a, b) LIMN_CONCAT_(a, b)
#define LIMN_TRY(declaration, expression) \
  LIMN_TRY_(LIMN_CONCAT(limn_try_, __LINE__), declaration, expression)
#define LIMN_TRY_(result, declaration, expression)                            \
  auto result = (expression);                                                 \
  if (!result) return tl::unexpected<limn::Error>(std::move(result).error()); \
  declaration = std::move(*result)
// The same for a Result<void>: `LIMN_TRY_VOID(write_rows(path));`
#define LIMN_TRY_VOID(expression)                                                             \
  do {                                                                                        \
    auto limn_try_void = (expression);                                                        \
    if (!limn_try_void) return tl::unexpected<limn::Error>(std::move(limn_try_void).error()); \
  } while (false)
