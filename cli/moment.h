// Moments: now, and times that commands are given.
#pragma once

#include <string>

#include "limn/core/result.h"
#include "limn/core/types.h"

namespace limn::cli {

[[nodiscard]] Time now();

// A time as --time and --as-of give it; now where it is empty. Errors: invalid_argument.
[[nodiscard]] Result<Time> parse_moment(const std::string& text);

}  // namespace limn::cli
