// Assignment: chance that is the same each time it is asked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace limn {

// A number in [0, 1) from the hash of two names: uniform over users, the same for one user on every
// machine and at every time, and independent between experiments (or requests).
[[nodiscard]] double sticky_uniform(std::string_view user, std::string_view experiment);

// A seed from the same two names.
[[nodiscard]] std::uint64_t sticky_seed(std::string_view user, std::string_view experiment);

// The arm, of `arms`, that a user stays with for as long as the experiment lasts (A/B).
[[nodiscard]] std::size_t sticky_arm(std::string_view user, std::string_view experiment,
                                     std::size_t arms);

}  // namespace limn
