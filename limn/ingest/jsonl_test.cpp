#include "limn/ingest/test_files.h"

namespace limn {
namespace {

TEST(ReadJsonl, ReadsEachObjectToWhatItsKeysSay) {
  const Outcome read = read_text(
      "data.jsonl",
      R"({"user_id":"u1","bio":"tea","age":31,"address":{"city":"Rome","zip":null}})"
      "\n"
      R"({"item_id":7,"title":"Tea","categories":[["Food","Tea"]],)"
      R"("description":["a","b"],"price":9.5})"
      "\n\n"
      R"({"user_id":"u1","item_id":7,"rating":4.5,"text":"good","time":"2020-01-02","x":1})"
      "\n"
      R"({"from":"u1","to":"u2","kind":"friend"})");
  EXPECT_EQ(
      read.records.users,
      (std::vector<User>{
          {.id = "u1", .text = "tea", .attributes = {{"address.city", "Rome"}, {"age", "31"}}}}));
  EXPECT_EQ(read.records.items, (std::vector<Item>{{.id = "7",
                                                    .title = "Tea",
                                                    .text = "a\nb",
                                                    .categories = {"Food", "Tea"},
                                                    .attributes = {{"price", "9.5"}}}}));
  EXPECT_EQ(read.records.events, (std::vector<Event>{{.user = "u1",
                                                      .item = "7",
                                                      .kind = "review",
                                                      .value = 4.5F,
                                                      .text = "good",
                                                      .time = at(1'577'923'200'000)}}));
  ASSERT_EQ(read.records.edges.size(), 1u);
  EXPECT_EQ(read.records.edges[0].kind, "friend");
  EXPECT_EQ(read.report.notes.size(), 1u);
}

TEST(ReadJsonl, RefusesLinesAndLosesNoOther) {
  const std::string good = R"({"user":"u","item":"i","rating":5,"time":1600000000})";
  const std::vector<std::array<std::string, 3>> cases{
      {R"({"user":"u","item":"i")", "", "the line is not valid JSON: its structure is broken"},
      {R"("text")", "", "the line is not a JSON object"},
      {R"([1,2])", "", "the line is not a JSON object"},
      {R"({"user":"u","item":"i","rating":1e999})", "",
       "the line is not valid JSON: a number that is none, or too large"},
      {R"({"user":"u","item":"i","rating":NaN})", "", ""},
      {R"({"user":"a\ud800","item":"i","rating":1})", "",
       "the line is not valid JSON: a broken escape in a text"},
      {R"({"user":"a\u0000","item":"i","rating":1})", "user", "the id holds a control character"},
      {R"({"user":"u","item":"i","rating":1,"rating":2})", "rating",
       "the key stands twice in the object"},
      {R"({"user":["u"],"item":"i"})", "user",
       "a list or an object stands where one value belongs"},
      {R"({"rating":1})", "", "no key names a user or an item"},
      {R"({"user":"u","item":null,"kind":"like"})", "item_id", "the id is missing"},
      {"{\"user\":\"u\xFF\",\"item\":\"i\"}", "user", "the id is not valid UTF-8"},
      {R"({"a":)" + std::string(1'000'000, '[') + "}", "", ""},
      {R"({"user":"u","item":"i","rating":99})", "rating", "the rating 99 is outside of 0 to 10"},
  };
  for (const auto& [line, field, reason] : cases) {
    SCOPED_TRACE(line.substr(0, 80));
    const Outcome read = read_text("events.jsonl", good + "\n" + line + "\n" + good);
    EXPECT_EQ(read.records.events.size(), 2u);
    ASSERT_EQ(read.report.refusal_count, 1u);
    EXPECT_EQ(read.report.refusals[0].line, 2u);
    EXPECT_EQ(read.report.refusals[0].field, field);
    if (!reason.empty()) {
      EXPECT_EQ(read.report.refusals[0].reason, reason);
    }
    EXPECT_EQ(read.report.events.refused, 1u);
  }
}

TEST(ReadJsonl, RepairsTextsThatAreNotUtf8) {
  const Outcome read = read_text(
      "reviews.jsonl", "{\"user\":\"u\",\"item\":\"i\",\"text\":\"caf\xE9\",\"time\":1}\n");
  ASSERT_EQ(read.records.events.size(), 1u);
  EXPECT_EQ(read.records.events[0].text, "caf\xEF\xBF\xBD");
  EXPECT_EQ(read.report.repairs, (Counts{{"invalid_utf8", 1}}));
}

TEST(ReadJsonl, ReadsWhatGorseExports) {
  const Outcome read =
      read_text("export.jsonl",
                R"({"UserId":"u","Labels":{"lang":"en","likes":["tea","cups"]},"Comment":"bio"})"
                "\n"
                R"({"ItemId":"i","IsHidden":true,"Categories":["Food"],)"
                R"("Timestamp":"2020-01-02T00:00:00Z","Labels":["green"],"Comment":"Green tea"})"
                "\n"
                R"({"FeedbackType":"star","UserId":"u","ItemId":"i","Value":2,)"
                R"("Timestamp":"2020-01-02T00:00:00Z","Comment":"nice"})"
                "\n");
  ASSERT_EQ(read.records.users.size(), 1u);
  EXPECT_EQ(read.records.users[0],
            (User{.id = "u",
                  .text = "bio",
                  .tags = {"tea", "cups"},
                  .attributes = {{"lang", "en"}, {"likes", "[\"tea\",\"cups\"]"}}}));
  EXPECT_EQ(read.records.items, (std::vector<Item>{{.id = "i",
                                                    .text = "Green tea",
                                                    .categories = {"Food"},
                                                    .tags = {"green"},
                                                    .created_at = at(1'577'923'200'000),
                                                    .hidden = true}}));
  EXPECT_EQ(read.records.events, (std::vector<Event>{{.user = "u",
                                                      .item = "i",
                                                      .kind = "star",
                                                      .value = 2,
                                                      .text = "nice",
                                                      .time = at(1'577'923'200'000)}}));
}

}  // namespace
}  // namespace limn
