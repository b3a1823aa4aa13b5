// A data folder with two tastes, for tests of the engine.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "limn/engine/engine.h"

namespace limn {

// A data folder that goes when the test does.
class EngineTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() /
              ("limn_engine_" +
               std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::remove_all(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  // Two tastes, tea and bicycles: twelve items and twenty users each; odd users also review what
  // they liked.
  Engine two_tastes() {
    Config config;
    config.encode.encoder = "lsa";
    config.cluster.topics = 2;
    config.cluster.segment_min_users = 10;
    auto engine = Engine::create(folder_, config, {});
    EXPECT_TRUE(engine) << engine.error().message;
    EXPECT_TRUE(engine->store().write({.users = {}, .items = items(), .events = {}, .edges = {}}));
    EXPECT_TRUE(engine->store().write({.users = {}, .items = {}, .events = events(), .edges = {}}));
    return std::move(*engine);
  }

  static const std::vector<Item>& items() {
    static const std::vector<Item> made = [] {
      std::vector<Item> all;
      for (int i = 0; i < 24; ++i) {
        Item item;
        const bool tea = i < 12;
        item.id = (tea ? "tea" : "bike") + std::to_string(i % 12);
        item.title = tea ? "Oolong tea leaves number " + std::to_string(i)
                         : "Bicycle chain and gears number " + std::to_string(i);
        item.categories = {tea ? "tea" : "cycling"};
        all.push_back(std::move(item));
      }
      return all;
    }();
    return made;
  }

  static const std::vector<Event>& events() {
    static const std::vector<Event> made = [] {
      std::vector<Event> all;
      for (int user = 0; user < 40; ++user) {
        for (int step = 0; step < 6; ++step) {
          Event event;
          event.user = "user" + std::to_string(user);
          event.item =
              items()[static_cast<std::size_t>((user % 2) * 12 + (user / 2 + step * 5) % 12)].id;
          event.kind = user % 4 == 1 ? "review" : "like";
          event.value = event.kind == "review" ? 5.0F : 0.0F;
          if (event.kind == "review") event.text = "The gears of this bicycle shift well.";
          event.time = Time{std::chrono::hours{24 * (365 * 50 + step)}};
          all.push_back(std::move(event));
        }
      }
      return all;
    }();
    return made;
  }

  std::filesystem::path folder_;
};

}  // namespace limn
