// What this layer's tests share: a folder of their own, and random records.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "limn/core/random.h"
#include "limn/core/types.h"

namespace limn {

// An empty folder, removed at the end with all that is in it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    static int count = 0;
    path_ = std::filesystem::temp_directory_path() /
            fmt::format("limn_store_test_{}_{}", ::getpid(), count++);
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~TemporaryFolder() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline Time at_second(std::int64_t second) {
  return Time{std::chrono::seconds{second}};
}

// Events of few users, items, kinds and moments, so that keys come twice; some have a text.
inline std::vector<Event> random_events(std::size_t count, std::uint64_t seed) {
  constexpr const char* kinds[] = {"view", "like", "review", "search"};
  Random random(seed);
  std::vector<Event> events;
  for (std::size_t i = 0; i < count; ++i) {
    Event event{.user = fmt::format("u{}", random.below(1 + count / 20)),
                .kind = kinds[random.below(4)],
                .value = static_cast<float>(random.below(3)),
                .time = at_second(static_cast<std::int64_t>(random.below(10)))};
    if (event.kind != "search") event.item = fmt::format("i{}", random.below(20));
    if (random.below(3) == 0) event.text = fmt::format("text {}", random.below(1000));
    events.push_back(event);
  }
  return events;
}

using EventKey = std::tuple<std::string, Time, std::string, std::string>;

inline EventKey key_of(const Event& event) {
  return {event.user, event.time, event.item, event.kind};
}

// What must be kept of `events` when they are written one after the other.
inline std::map<EventKey, Event> last_of_each_key(const std::vector<Event>& events) {
  std::map<EventKey, Event> kept;
  for (const Event& event : events) kept[key_of(event)] = event;
  return kept;
}

}  // namespace limn
