#include "limn/feedback/assignment.h"

#include "limn/core/check.h"
#include "limn/core/hash.h"

namespace limn {

// The second hash is seeded with the first, so that no two pairs of names run together.
std::uint64_t sticky_seed(std::string_view user, std::string_view experiment) {
  return hash64(user, hash64(experiment));
}

double sticky_uniform(std::string_view user, std::string_view experiment) {
  return static_cast<double>(sticky_seed(user, experiment) >> 11) * 0x1.0p-53;
}

std::size_t sticky_arm(std::string_view user, std::string_view experiment, std::size_t arms) {
  LIMN_CHECK(arms > 0);
  return static_cast<std::size_t>(sticky_uniform(user, experiment) * static_cast<double>(arms));
}

}  // namespace limn
