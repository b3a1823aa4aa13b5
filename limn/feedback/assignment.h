// Assignment: chance that is the same each time it is asked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace limn {

// A number in [0, 1) from the hash of two names: uniform over users, the same for one user on every
// machine and at every time, and independent between experiments (or requests).
[[nodiscard]] double sticky_uniform(std::string_view user, std::string_view experiment);

// A seed from the same two names.
[[nodiscard]] std::uint64_t sticky_seed(std::string_view user, std::string_view experiment);

// The arm that a user stays with for as long as the experiment lasts (A/B): of those whose
// `stopped` is 0, the one with the greatest hash (rendezvous hashing; Thaler and Ravishankar,
// 1998). When an arm is stopped only its own users move. Requires equal lengths and a running arm.
[[nodiscard]] std::size_t sticky_arm(std::string_view user, std::string_view experiment,
                                     std::span<const std::string> arms,
                                     std::span<const std::uint8_t> stopped);

}  // namespace limn
