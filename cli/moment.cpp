#include "cli/moment.h"

#include <chrono>
#include <optional>

namespace limn::cli {

Time now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

Result<Time> parse_moment(const std::string& text) {
  if (text.empty()) return now();
  const auto time = parse_time(text);
  if (time) return *time;
  return fail(ErrorCode::invalid_argument,
              "cannot read time: {}: no such moment (write 2026-11-24T09:30:00Z or Unix seconds)",
              text);
}

}  // namespace limn::cli
