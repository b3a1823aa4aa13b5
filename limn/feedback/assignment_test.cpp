#include "limn/feedback/assignment.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace limn {
namespace {

const std::vector<std::string> arms = {"plain", "bold", "calm"};

std::size_t arm_of(int user, std::string_view experiment, std::vector<std::uint8_t> stopped) {
  return sticky_arm(std::to_string(user), experiment, arms, stopped);
}

TEST(Assignment, MovesOnlyTheUsersOfAnArmThatIsStopped) {
  for (int user = 0; user < 1'000; ++user) {
    const std::size_t before = arm_of(user, "autumn", {0, 0, 0});
    EXPECT_EQ(arm_of(user, "autumn", {0, 0, 0}), before);
    for (std::size_t gone = 0; gone < arms.size(); ++gone) {
      std::vector<std::uint8_t> stopped(arms.size());
      stopped[gone] = 1;
      const std::size_t after = arm_of(user, "autumn", stopped);
      EXPECT_NE(after, gone);
      EXPECT_TRUE(before == gone || after == before);
    }
  }
}

TEST(Assignment, GivesEachArmItsShareAndDrawsAnewForEachExperiment) {
  int counts[3][3] = {};
  constexpr int users = 9'000;
  for (int user = 0; user < users; ++user)
    counts[arm_of(user, "autumn", {0, 0, 0})][arm_of(user, "winter", {0, 0, 0})] += 1;
  for (const auto& row : counts) {
    for (const int count : row) EXPECT_NEAR(count, 1'000, 5 * 30);  // five standard deviations
  }
}

TEST(Assignment, TellsNamesApartThatRunTogether) {
  EXPECT_NE(sticky_seed("ab", "c"), sticky_seed("a", "bc"));
}

}  // namespace
}  // namespace limn
