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

std::size_t sticky_arm(std::string_view user, std::string_view experiment,
                       std::span<const std::string> arms, std::span<const std::uint8_t> stopped) {
  LIMN_CHECK(arms.size() == stopped.size());
  std::size_t best = arms.size();
  std::uint64_t greatest = 0;
  for (std::size_t arm = 0; arm < arms.size(); ++arm) {
    if (stopped[arm] != 0) continue;
    const std::uint64_t hash = hash64(arms[arm], sticky_seed(user, experiment));
    if (best < arms.size() && hash <= greatest) continue;
    greatest = hash;
    best = arm;
  }
  LIMN_CHECK(best < arms.size());
  return best;
}

}  // namespace limn
