// The few types that every layer speaks: items, users, events, edges, histories.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace limn {

// A moment, to the millisecond, UTC.
using Time = std::chrono::sys_time<std::chrono::milliseconds>;

// The time from `from` to `to`, in days; negative when `to` is earlier.
[[nodiscard]] double days_between(Time from, Time to);

// "2026-11-24T09:30:00Z", with ".123" before the Z where there are milliseconds.
[[nodiscard]] std::string format_time(Time time);

// Reads RFC 3339, `2022-02-24`, `2022/2/24`, `24 Feb 2022`, `Feb 24, 2022`, with or without a clock
// (UTC unless a zone is given), `20220224`, and Unix seconds, milliseconds, microseconds or
// nanoseconds (told apart by size). Years 1 to 9999. Nothing when it is none of these.
[[nodiscard]] std::optional<Time> parse_time(std::string_view text);

// What an id from outside is inside: a row of the generation's matrices, counted from 0.
using ItemIndex = std::uint32_t;
using UserIndex = std::uint32_t;

// The item of an event that is about none (a search), and of a text that is about none.
inline constexpr ItemIndex no_item = UINT32_MAX;

using Attributes = std::map<std::string, std::string>;

struct Item {
  std::string id;
  std::string title;
  std::string text;  // description, body
  std::vector<std::string> categories;
  std::vector<std::string> tags;
  Attributes attributes;
  std::optional<Time> created_at;
  bool hidden = false;             // kept and learned from, never recommended
  std::vector<std::string> media;  // addresses of pictures, sound, film

  friend bool operator==(const Item&, const Item&) = default;
};

struct User {
  std::string id;
  std::string text;  // bio
  std::vector<std::string> tags;
  Attributes attributes;
  std::optional<Time> created_at;

  friend bool operator==(const User&, const User&) = default;
};

// One thing a user did. `kind` is view, click, cart, purchase, rate, like, dislike, share, save,
// follow, review, search, dwell, impression, or a word of the caller's own. `item` is empty where
// there is none (a search).
struct Event {
  std::int64_t id = 0;  // given by the store, in order of arrival; 0 before that
  std::string user;
  std::string item;
  std::string kind;
  float value = 0;  // the stars of a rating, the seconds of a dwell, else 0
  std::string text;
  Time time{};

  friend bool operator==(const Event&, const Event&) = default;
};

// One user's tie to another. `kind` is follow, friend or block.
struct Edge {
  std::string from;
  std::string to;
  std::string kind;
  Time time{};

  friend bool operator==(const Edge&, const Edge&) = default;
};

// One event of a user's history, as the models read it.
struct HistoryEntry {
  ItemIndex item = 0;
  float weight = 0;  // kind x value x decay; negative for what the user turned away
  Time time{};
  std::int64_t event = 0;  // the event's id in the store: the evidence

  friend bool operator==(const HistoryEntry&, const HistoryEntry&) = default;
};

// A user's events on items, oldest first, newest last.
using History = std::span<const HistoryEntry>;

// Users are ranked for with other weights as they become known: 0, 1-3, 4-10, and more events.
inline constexpr std::size_t history_bucket_count = 4;
inline constexpr std::array<std::string_view, history_bucket_count> history_bucket_names = {
    "0", "1-3", "4-10", "more"};
[[nodiscard]] constexpr std::size_t history_bucket(std::size_t events) {
  return events == 0 ? 0 : events <= 3 ? 1 : events <= 10 ? 2 : 3;
}

}  // namespace limn
