#include "limn/engine/model_settings.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace limn {
namespace {

TEST(ModelSettings, HaveDefaultsOnEveryGrid) {
  ModelSettings settings = default_settings(Config{});
  for (const std::string_view part : searched_parts()) {
    ASSERT_FALSE(knobs_of(part).empty()) << part;
    for (const Knob& knob : knobs_of(part)) {
      EXPECT_TRUE(std::ranges::is_sorted(knob.grid)) << part << "." << knob.key;
      const double value = knob.value(settings);
      EXPECT_LE(knob.grid.front(), value) << part << "." << knob.key;
      EXPECT_GE(knob.grid.back(), value) << part << "." << knob.key;
    }
  }
  EXPECT_TRUE(knobs_of("popularity").empty());
}

TEST(ModelSettings, ReadBackWhatAnswersNeed) {
  ModelSettings settings = default_settings(Config{});
  settings.half_lives = {{"ease", 0.5}, {"gram", 0}};
  settings.ials.objective.l2 = 0.01;
  settings.ials.objective.unobserved_weight = 0.3;
  settings.ials_text_weight = 3;
  const auto read = answer_settings_from_json(to_json(settings));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->half_lives, settings.half_lives);
  EXPECT_EQ(read->ials.objective.l2, 0.01);
  EXPECT_EQ(read->ials.objective.unobserved_weight, 0.3);
  EXPECT_EQ(read->ials_text_weight, 3);
}

TEST(ModelSettings, RefuseWhatNoBuildWrote) {
  const auto refused = [](std::string_view text) {
    const auto json = parse_json(text, "settings");
    EXPECT_TRUE(json);
    const auto read = answer_settings_from_json(json->as_object());
    return !read && read.error().code == ErrorCode::corrupt;
  };
  EXPECT_TRUE(refused("{}"));
  EXPECT_TRUE(refused(R"({"half_life_events": {"ease": -1}, "ials": {}})"));
  EXPECT_TRUE(refused(R"({"half_life_events": {"ease": "1"}, "ials": {}})"));
  EXPECT_TRUE(refused(R"({"half_life_events": {}})"));
  EXPECT_TRUE(refused(R"({"half_life_events": {}, "ials": {"l2": 0, "unobserved_weight": 0.1}})"));
  const auto with_text_weight = [](std::string_view value) {
    return fmt::format(
        R"({{"half_life_events": {{}}, "ials": {{"l2": 1e-3, "unobserved_weight": 0.1, )"
        R"("text_weight": {}}}}})",
        value);
  };
  EXPECT_TRUE(refused(with_text_weight("-1")));
  EXPECT_FALSE(refused(with_text_weight("0")));
}

}  // namespace
}  // namespace limn
