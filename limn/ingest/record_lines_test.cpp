#include "limn/ingest/record_lines.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "limn/core/random.h"
#include "limn/ingest/test_files.h"

namespace limn {
namespace {

std::string text_of(const Batch& records) {
  std::string text;
  for (const User& user : records.users) text += to_record_line(user) + '\n';
  for (const Item& item : records.items) text += to_record_line(item) + '\n';
  for (const Event& event : records.events) text += to_record_line(event) + '\n';
  for (const Edge& edge : records.edges) text += to_record_line(edge) + '\n';
  return text;
}

std::string random_text(Random& random, std::uint64_t most) {
  const std::vector<std::string> pieces{"a",
                                        "B",
                                        "7",
                                        " ",
                                        "\"",
                                        "\\",
                                        "/",
                                        "\n",
                                        "\r",
                                        "\t",
                                        "<p>",
                                        "&amp;",
                                        "\x01",
                                        "\x7F",
                                        "\xC3\xA9",
                                        "\xE4\xB8\xAD",
                                        "\xF0\x9F\x98\x80"};
  std::string text;
  for (std::uint64_t i = random.below(most + 1); i > 0; --i) {
    text += pieces[random.below(pieces.size())];
  }
  return text;
}

std::string random_id(Random& random) {
  return "id \"" + std::to_string(random.below(1000)) + "\\\xE4\xB8\xAD";
}

std::vector<std::string> random_list(Random& random) {
  std::vector<std::string> list(random.below(4));
  for (std::string& word : list) word = random_text(random, 3);
  return list;
}

Time random_time(Random& random) {
  const auto seconds = static_cast<std::int64_t>(random.below(4'000'000'000)) - 500'000'000;
  return Time{std::chrono::milliseconds{seconds * 1000 + static_cast<int>(random.below(1000))}};
}

float random_float(Random& random) {
  float value = 0;
  do {
    const auto bits = static_cast<std::uint32_t>(random.next());
    std::memcpy(&value, &bits, sizeof value);
  } while (!std::isfinite(value));
  return value;
}

Attributes random_attributes(Random& random) {
  Attributes attributes;
  for (std::uint64_t i = random.below(4); i > 0; --i) {
    attributes[random_text(random, 4)] = random_text(random, 8);
  }
  return attributes;
}

Batch random_records(std::uint64_t seed) {
  Random random(seed);
  Batch records;
  for (std::uint64_t i = 1 + random.below(5); i > 0; --i) {
    User user{.id = random_id(random), .text = random_text(random, 30)};
    user.tags = random_list(random);
    user.attributes = random_attributes(random);
    if (random.below(2) == 0) user.created_at = random_time(random);
    records.users.push_back(user);

    Item item{.id = random_id(random), .title = random_text(random, 5)};
    item.text = random_text(random, 30);
    item.categories = random_list(random);
    item.tags = random_list(random);
    item.attributes = random_attributes(random);
    if (random.below(2) == 0) item.created_at = random_time(random);
    item.hidden = random.below(2) == 0;
    item.media = random_list(random);
    records.items.push_back(item);

    Event event{.user = random_id(random), .kind = "Review X"};
    event.id = static_cast<std::int64_t>(random.below(1'000'000));
    if (random.below(4) != 0) event.item = random_id(random);
    event.value = random_float(random);
    event.text = random_text(random, 30);
    event.time = random_time(random);
    records.events.push_back(event);

    records.edges.push_back({.from = random_id(random),
                             .to = random_id(random),
                             .kind = "follow",
                             .time = random_time(random)});
  }
  return records;
}

TEST(RecordLines, AreWrittenInTheOrderOfTheFields) {
  const Time time{std::chrono::milliseconds{1'600'000'000'500}};
  EXPECT_EQ(to_record_line(User{.id = "u"}), R"({"type":"user","id":"u"})");
  EXPECT_EQ(to_record_line(Item{.id = "i",
                                .title = "T \"x\"\n",
                                .categories = {"a", "b"},
                                .attributes = {{"k", "v"}},
                                .created_at = time,
                                .hidden = true}),
            R"({"type":"item","id":"i","title":"T \"x\"\n","categories":["a","b"],)"
            R"("attributes":{"k":"v"},"created_at":"2020-09-13T12:26:40.500Z","hidden":true})");
  EXPECT_EQ(to_record_line(Event{
                .id = 7, .user = "u", .item = "i", .kind = "rate", .value = 4.5F, .time = time}),
            R"({"type":"event","id":7,"user":"u","item":"i","kind":"rate","value":4.5,)"
            R"("time":"2020-09-13T12:26:40.500Z"})");
  EXPECT_EQ(
      to_record_line(Edge{.from = "u", .to = "v", .kind = "block", .time = time}),
      R"({"type":"edge","from":"u","to":"v","kind":"block","time":"2020-09-13T12:26:40.500Z"})");
}

TEST(RecordLines, ReadBackToTheSameRecordsAndTheSameBytes) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    const Batch records = random_records(seed);
    const std::string text = text_of(records);
    const Outcome back = read_text("records.jsonl", text);
    EXPECT_EQ(back.report.refusal_count, 0u);
    EXPECT_EQ(back.records.users, records.users);
    EXPECT_EQ(back.records.items, records.items);
    EXPECT_EQ(back.records.events, records.events);
    EXPECT_EQ(back.records.edges, records.edges);
    EXPECT_EQ(text_of(back.records), text);
  }
}

TEST(RecordLines, KeepEveryFloat) {
  Random random(1);
  std::string text;
  std::vector<Event> events;
  for (int i = 0; i < 20'000; ++i) {
    Event event{.user = "u", .item = "i", .kind = "dwell", .value = random_float(random)};
    text += to_record_line(event) + '\n';
    events.push_back(event);
  }
  EXPECT_EQ(read_text("records.jsonl", text).records.events, events);
}

TEST(RecordLines, AreRefusedWithTheFieldThatDoesNotFit) {
  const std::vector<std::array<std::string, 3>> cases{
      {R"({"type":"user"})", "id", "the id is missing"},
      {R"({"type":"user","id":7})", "id", "not a text"},
      {R"({"type":"user","id":"u","color":"red"})", "color", "a user has no such field"},
      {R"({"type":"item","id":"i","tags":"a"})", "tags", "not a list"},
      {R"({"type":"item","id":"i","tags":[1]})", "tags", "not a text"},
      {R"({"type":"item","id":"i","hidden":1})", "hidden", "neither true nor false"},
      {R"({"type":"item","id":"i","created_at":"soon"})", "created_at", "not a time"},
      {R"({"type":"event","user":"u","item":"i","kind":"like"})", "time", "the time is missing"},
      {R"({"type":"event","user":"u","kind":"rate","value":1e300,"time":"2020-01-01"})", "value",
       "not a finite number"},
      {R"({"type":"edge","from":"u","to":"","kind":"follow","time":"2020-01-01"})", "to",
       "the id is missing"},
      {R"({"id":"u"})", "type", "the type is missing"},
      {R"({"type":"shop"})", "type", "no record is a \"shop\""},
      {R"({"type":"user","id":"u")", "", "the line is not valid JSON: its structure is broken"},
      {"{\"type\":\"user\",\"id\":\"\xFF\"}", "", "the line is not valid UTF-8"},
      {R"([])", "", "the line is not a JSON object"},
  };
  for (const auto& [line, field, reason] : cases) {
    const Outcome back =
        read_text("records.jsonl", "{\"type\":\"user\",\"id\":\"first\"}\n" + line + "\n" +
                                       R"({"type":"user","id":"last"})");
    SCOPED_TRACE(line);
    ASSERT_EQ(back.report.refusal_count, 1u);
    EXPECT_EQ(back.report.refusals[0].line, 2u);
    EXPECT_EQ(back.report.refusals[0].field, field);
    EXPECT_EQ(back.report.refusals[0].reason, reason);
    EXPECT_EQ(back.records.users.size(), 2u);
  }
}

TEST(RecordLines, HandOnRecordsOfOtherTypes) {
  const std::string consent = R"({"type":"consent","user":"u","purpose":"profile"})";
  ReadOptions options;
  std::vector<std::string> seen;
  options.other_record = [&](std::string_view type, std::string_view json) -> Result<void> {
    seen.push_back(std::string(type) + " " + std::string(json));
    return {};
  };
  const Outcome back =
      read_text("records.jsonl", "{\"type\":\"user\",\"id\":\"u\"}\n" + consent + "\n", options);
  EXPECT_EQ(seen, std::vector<std::string>{"consent " + consent});
  EXPECT_EQ(back.report.refusal_count, 0u);
}

}  // namespace
}  // namespace limn
