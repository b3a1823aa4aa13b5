#include "limn/feedback/assignment.h"

#include <string>

#include <gtest/gtest.h>

namespace limn {
namespace {

TEST(Assignment, KeepsAUserWithOneArm) {
  for (int user = 0; user < 100; ++user) {
    const std::string id = "user" + std::to_string(user);
    EXPECT_EQ(sticky_arm(id, "autumn", 3), sticky_arm(id, "autumn", 3));
  }
}

TEST(Assignment, GivesEachArmItsShareAndDrawsAnewForEachExperiment) {
  int counts[2][2] = {};
  constexpr int users = 10'000;
  for (int user = 0; user < users; ++user) {
    const std::string id = std::to_string(user);
    counts[sticky_arm(id, "autumn", 2)][sticky_arm(id, "winter", 2)] += 1;
  }
  for (const auto& row : counts) {
    // Five standard deviations of the binomial.
    for (const int count : row) EXPECT_NEAR(count, users / 4, 5 * 43);
  }
}

TEST(Assignment, TellsNamesApartThatRunTogether) {
  EXPECT_NE(sticky_seed("ab", "c"), sticky_seed("a", "bc"));
}

}  // namespace
}  // namespace limn
