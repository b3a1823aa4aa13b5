#include "limn/core/config.h"

#include <gtest/gtest.h>

namespace limn {
namespace {

TEST(Config, WrittenIsReadBackUnchanged) {
  Config config;
  config.encode.encoder = "bert:my \"models\"\\x";
  config.cluster.topics = 24;
  config.recommend.diversity = 0.25;
  config.import.drop_floods = true;
  config.events.weights["purchase"] = 7;
  const auto read = parse_config(to_toml(config), "limn.toml");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(to_toml(*read), to_toml(config));
  EXPECT_EQ(read->cluster.topics, 24);
  EXPECT_EQ(read->events.weights.at("purchase"), 7);
}

TEST(Config, EverySettingHasAMeaningAndADefaultInRange) {
  Config config;
  for (const Setting& setting : settings(config)) {
    SCOPED_TRACE(setting.key);
    EXPECT_FALSE(setting.meaning.empty());
    if (auto* const* number = std::get_if<double*>(&setting.value)) {
      EXPECT_LE(setting.low, **number);
      EXPECT_GE(setting.high, **number);
    }
  }
}

TEST(Config, UnknownKeyIsAnErrorThatNamesTheNearest) {
  const auto read = parse_config("[cluster]\n\ntopic = 3\n", "limn.toml");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message,
            "cannot read settings: limn.toml:3: unknown key cluster.topic (did you mean "
            "cluster.topics?)");
}

TEST(Config, RefusesWrongTypesAndRanges) {
  for (const char* toml :
       {"[cluster]\ntopics = -1", "[cluster]\ntopics = 2.5", "[encode]\nencoder = 3",
        "[import]\ndrop_floods = 1", "[recommend]\ndiversity = nan", "cluster = 1",
        "[events.weights]\nview = \"x\"", "[cluster", "[cluster.topics]\nx = 1"}) {
    SCOPED_TRACE(toml);
    const auto read = parse_config(toml, "limn.toml");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ErrorCode::invalid_argument);
  }
}

}  // namespace
}  // namespace limn
