#include "limn/ingest/read.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "limn/core/file.h"
#include "limn/core/progress.h"

namespace limn {
namespace {

namespace fs = std::filesystem;

Time at(std::int64_t milliseconds) {
  return Time{std::chrono::milliseconds{milliseconds}};
}

// A folder of files that lives as long as the test.
class Folder {
 public:
  Folder() {
    static std::atomic<int> count{0};
    path_ = fs::path(testing::TempDir()) /
            ("limn_ingest_" + std::to_string(::getpid()) + "_" + std::to_string(count++));
    fs::create_directories(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  fs::path add(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
    return path_ / name;
  }
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

struct Outcome {
  Batch records;
  ImportReport report;
  std::vector<std::string> order;  // the kinds of the batches' records, as they came
};

Result<Outcome> try_read(const std::vector<fs::path>& files, const ReadOptions& options = {}) {
  Outcome outcome;
  const auto sink = [&](Batch&& batch) -> Result<void> {
    if (!batch.users.empty()) outcome.order.emplace_back("users");
    if (!batch.items.empty()) outcome.order.emplace_back("items");
    if (!batch.edges.empty()) outcome.order.emplace_back("edges");
    if (!batch.events.empty()) outcome.order.emplace_back("events");
    Batch& all = outcome.records;
    std::move(batch.users.begin(), batch.users.end(), std::back_inserter(all.users));
    std::move(batch.items.begin(), batch.items.end(), std::back_inserter(all.items));
    std::move(batch.events.begin(), batch.events.end(), std::back_inserter(all.events));
    std::move(batch.edges.begin(), batch.edges.end(), std::back_inserter(all.edges));
    return {};
  };
  LIMN_TRY(outcome.report, read_files(files, options, sink));
  return outcome;
}

Outcome read(const std::vector<fs::path>& files, const ReadOptions& options = {}) {
  auto outcome = try_read(files, options);
  EXPECT_TRUE(outcome) << outcome.error().message;
  return outcome ? std::move(*outcome) : Outcome{};
}

Outcome read_text(const std::string& name, const std::string& text,
                  const ReadOptions& options = {}) {
  const Folder folder;
  return read({folder.add(name, text)}, options);
}

using Counts = std::map<std::string, std::size_t>;

// ---- tables

TEST(ReadCsv, ReadsEventsWithGenerousNames) {
  const std::vector<Event> expected{
      {.user = "u1", .item = "i1", .kind = "rate", .value = 4.5F, .time = at(1'260'759'144'000)},
      {.user = "u2", .item = "i2", .kind = "rate", .value = 3, .time = at(1'260'759'145'000)}};
  for (const char* header :
       {"user_id,item_id,rating,timestamp", "User ID,Product-Id,Stars,ts",
        "userId,movie,score,date", "\"customer_id\",\"asin\",\"overall\",\"unixReviewTime\""}) {
    SCOPED_TRACE(header);
    const Outcome read = read_text(
        "data.csv", std::string(header) + "\nu1,i1,4.5,1260759144\nu2,i2,3,2009-12-14T02:52:25Z\n");
    EXPECT_EQ(read.records.events, expected);
    EXPECT_EQ(read.report.events.read, 2u);
    EXPECT_EQ(read.report.events.repaired + read.report.refusal_count, 0u);
  }
}

TEST(ReadCsv, ReadsUsersAndKeepsUnknownColumns) {
  const Outcome read =
      read_text("users.csv",
                "id,bio,tags,city,signup_date\nu1,\"I like tea, a lot\",tea|cups,Rome,2020-01-02\n"
                "u2,,,,\n");
  EXPECT_EQ(read.records.users, (std::vector<User>{{.id = "u1",
                                                    .text = "I like tea, a lot",
                                                    .tags = {"tea", "cups"},
                                                    .attributes = {{"city", "Rome"}},
                                                    .created_at = at(1'577'923'200'000)},
                                                   {.id = "u2"}}));
  EXPECT_EQ(read.report.flags, (Counts{{"missing_text", 1}}));
}

TEST(ReadCsv, ReadsItemsWithListsAndFlags) {
  const Outcome read =
      read_text("products.csv",
                "item_id;name;description;category;tags;image;price;is_hidden\n"
                "i1;Green tea;Fresh;Food|Tea;\"['green', 'loose leaf']\";http://x/1.png;9,90;0\n"
                "i2;Old tea;;\"Food, Tea\";;;;true\n");
  ASSERT_EQ(read.records.items.size(), 2u);
  EXPECT_EQ(read.records.items[0], (Item{.id = "i1",
                                         .title = "Green tea",
                                         .text = "Fresh",
                                         .categories = {"Food", "Tea"},
                                         .tags = {"green", "loose leaf"},
                                         .attributes = {{"price", "9,90"}},
                                         .media = {"http://x/1.png"}}));
  EXPECT_EQ(read.records.items[1].categories, (std::vector<std::string>{"Food", "Tea"}));
  EXPECT_TRUE(read.records.items[1].hidden);
}

TEST(ReadCsv, ReadsTiesAndTheirKindFromTheNameOfTheFile) {
  for (const auto& [name, kind] : std::vector<std::pair<std::string, std::string>>{
           {"follows.csv", "follow"}, {"friends.csv", "friend"}, {"blocks.csv", "block"}}) {
    const Outcome read = read_text(name, "user_id,to,time\na,b,2020-01-02\na,a,\n");
    EXPECT_EQ(
        read.records.edges,
        (std::vector<Edge>{{.from = "a", .to = "b", .kind = kind, .time = at(1'577'923'200'000)}}));
    ASSERT_EQ(read.report.refusals.size(), 1u);
    EXPECT_EQ(read.report.refusals[0].reason, "a user cannot be tied to itself");
  }
}

TEST(ReadCsv, MakesARatingWithTextAReview) {
  const Outcome read = read_text("data.csv",
                                 "user,item,rating,title,summary,review,time\n"
                                 "u,i,5,Tea,Lovely,I would buy it again,1600000000\n"
                                 "u,j,2,Tea,,,1600000001\n");
  ASSERT_EQ(read.records.events.size(), 2u);
  EXPECT_EQ(read.records.events[0].kind, "review");
  EXPECT_EQ(read.records.events[0].value, 5);
  EXPECT_EQ(read.records.events[0].text, "Lovely\n\nI would buy it again");
  EXPECT_EQ(read.records.events[1].kind, "rate");
  EXPECT_EQ(read.report.notes.size(), 1u);  // the title, once
}

TEST(ReadCsv, TakesTheKindOfAnEventFromWhereItIsSaid) {
  const auto kind = [](const std::string& name, const std::string& text) {
    const Outcome outcome = read_text(name, text);
    EXPECT_EQ(outcome.records.events.size(), 1u) << name;
    return outcome.records.events.empty() ? "" : outcome.records.events[0].kind;
  };
  EXPECT_EQ(kind("e.csv", "user,item,event\nu,i,AddToCart\n"), "cart");
  EXPECT_EQ(kind("e.csv", "user,item,type\nu,i,transaction\n"), "purchase");
  EXPECT_EQ(kind("e.csv", "user,item,action\nu,i,Wave\n"), "wave");
  EXPECT_EQ(kind("e.csv", "user,item\nu,i\n"), "click");
  EXPECT_EQ(kind("views.csv", "user,item\nu,i\n"), "view");
  EXPECT_EQ(kind("orders.csv", "user,item,quantity\nu,i,2\n"), "purchase");
  EXPECT_EQ(kind("reviews.csv", "user,item,text\nu,i,fine\n"), "review");
  EXPECT_EQ(kind("e.csv", "user,item,tag\nu,i,fine\n"), "tag");
  EXPECT_EQ(kind("e.csv", "user,item,label\nu,i,0\n"), "impression");
  EXPECT_EQ(kind("e.csv", "user,item,label\nu,i,1\n"), "click");
}

TEST(ReadCsv, LetsASearchHaveNoItem) {
  const Outcome read =
      read_text("events.csv", "user,item,kind,query,time\nu,,search,red tea,1e9\n");
  ASSERT_EQ(read.records.events.size(), 1u);
  EXPECT_EQ(read.records.events[0].item, "");
  EXPECT_EQ(read.records.events[0].text, "red tea");
}

TEST(ReadCsv, RefusesRowsWithTheirLineFieldAndReason) {
  const std::string long_id(257, 'x');
  const Outcome read = read_text("ratings.csv",
                                 "userId,itemId,rating,time\n"
                                 "u,i,5,1600000000\n"
                                 ",i,5,1600000000\n"
                                 "u,null,5,1600000000\n"
                                 "u,\"i\ni\",5,1600000000\n" +
                                     long_id + ",i,5,1600000000\n" +
                                     "u,i,NaN,1600000000\n"
                                     "u,i,inf,1600000000\n"
                                     "u,i,1e999,1600000000\n"
                                     "u,i,11,1600000000\n"
                                     "u,i,-1,1600000000\n"
                                     "u,i,good,1600000000\n"
                                     "u,i,,1600000000\n"
                                     "u,\xFFi,1,1600000000\n"
                                     "u,i,5,1600000000,7\n"
                                     "u\n"
                                     "u,j,4,1600000001\n");
  EXPECT_EQ(read.records.events.size(), 2u);
  EXPECT_EQ(read.report.events.read, 16u);
  EXPECT_EQ(read.report.events.refused, 14u);
  ASSERT_EQ(read.report.refusals.size(), 14u);
  const std::vector<std::tuple<std::size_t, std::string, std::string>> expected{
      {3, "userId", "the id is missing"},
      {4, "itemId", "the id is missing"},
      {5, "itemId", "the id holds a control character"},
      {7, "userId", "the id is longer than 256 bytes"},
      {8, "rating", "the rating is not a finite number"},
      {9, "rating", "the rating is not a finite number"},
      {10, "rating", "the rating is not a finite number"},
      {11, "rating", "the rating 11 is outside of 0 to 10"},
      {12, "rating", "the rating -1 is outside of 0 to 10"},
      {13, "rating", "the rating is not a finite number"},
      {14, "rating", "the rating is missing"},
      {15, "itemId", "the id is not valid UTF-8"},
      {16, "", "the row has 5 cells, the header 4"},
      {17, "item_id", "the id is missing"},
  };
  for (std::size_t i = 0; i < expected.size(); ++i) {
    SCOPED_TRACE(i);
    EXPECT_EQ(read.report.refusals[i].line, std::get<0>(expected[i]));
    EXPECT_EQ(read.report.refusals[i].field, std::get<1>(expected[i]));
    EXPECT_EQ(read.report.refusals[i].reason, std::get<2>(expected[i]));
  }
}

TEST(ReadCsv, TakesOtherRangesOfRatings) {
  const std::string text = "user,item,rating,time\nu,i,85,1600000000\nu,j,-3,1600000000\n";
  const Outcome read = read_text("r.csv", text, {.min_rating = -10, .max_rating = 100});
  EXPECT_EQ(read.records.events.size(), 2u);
}

TEST(ReadCsv, DropsImpossibleValuesOfWhatIsNoRating) {
  const Outcome read = read_text("events.csv",
                                 "user,item,kind,value,time\n"
                                 "u,i,dwell,nan,1600000000\n"
                                 "u,i,dwell,\"12,5\",1600000000\n");
  ASSERT_EQ(read.records.events.size(), 2u);
  EXPECT_EQ(read.records.events[0].value, 0);
  EXPECT_EQ(read.records.events[1].value, 12.5F);
  EXPECT_EQ(read.report.repairs, (Counts{{"decimal_comma", 1}, {"impossible_value", 1}}));
  EXPECT_EQ(read.report.events.repaired, 2u);
}

TEST(ReadCsv, FillsMissingTimesFromTheOrder) {
  const Outcome read = read_text("events.csv",
                                 "user,item,kind,time\n"
                                 "u,i,view,\n"
                                 "u,j,view,1600000000\n"
                                 "u,k,view,\n"
                                 "u,k,view,soon\n",
                                 {.missing_time = at(5000)});
  ASSERT_EQ(read.records.events.size(), 4u);
  EXPECT_EQ(read.records.events[0].time, at(5000));
  EXPECT_EQ(read.records.events[2].time, at(1'600'000'000'001));
  EXPECT_EQ(read.records.events[3].time, at(1'600'000'000'002));
  EXPECT_EQ(read.report.repairs, (Counts{{"missing_time", 2}, {"unreadable_time", 1}}));
}

TEST(ReadCsv, FlagsTimesToCome) {
  const Outcome read = read_text("events.csv", "user,item,time\nu,i,1600000000\nu,i,1700000000\n",
                                 {.latest_time = at(1'650'000'000'000)});
  EXPECT_EQ(read.report.flags, (Counts{{"future_time", 1}}));
  EXPECT_EQ(read.report.events.flagged, 1u);
}

TEST(ReadCsv, CleansTextsAndCountsHow) {
  using namespace std::string_literals;
  const Outcome read = read_text("reviews.csv",
                                 "user,item,text,time\n"
                                 "u,a,caf\xE9 \xFF,1600000000\n"
                                 "u,b,a\0b\x1B,1600000000\n"
                                 "u,c,<b>good</b>,1600000000\n"
                                 "u,d,,1600000000\n"
                                 "u,e,"s +
                                     std::string(40'000, 'x') + ",1600000000\n");
  const auto& events = read.records.events;
  ASSERT_EQ(events.size(), 5u);
  EXPECT_EQ(events[0].text, "caf\xEF\xBF\xBD \xEF\xBF\xBD");
  EXPECT_EQ(events[1].text, "ab");
  EXPECT_EQ(events[2].text, "<b>good</b>");
  EXPECT_EQ(events[3].text, "");
  EXPECT_EQ(events[4].text.size(), 40'000u);
  EXPECT_EQ(read.report.repairs, (Counts{{"control_characters", 1}, {"invalid_utf8", 1}}));
  EXPECT_EQ(read.report.flags, (Counts{{"long_text", 1}, {"markup", 1}, {"missing_text", 1}}));
  EXPECT_EQ(read.report.events.repaired, 2u);
  EXPECT_EQ(read.report.events.flagged, 3u);
}

TEST(ReadCsv, FitsRowsOfAnotherLength) {
  const Outcome read = read_text("reviews.csv",
                                 "user,item,time,text\n"
                                 "u,a,1600000000\n"
                                 "u,b,1600000000,good,,\n"
                                 "u,c,1600000000,good, fast, and cheap\n");
  ASSERT_EQ(read.records.events.size(), 3u);
  EXPECT_EQ(read.records.events[1].text, "good");
  EXPECT_EQ(read.records.events[2].text, "good, fast, and cheap");
  EXPECT_EQ(read.report.repairs, (Counts{{"extra_columns", 2}, {"missing_columns", 1}}));
}

TEST(ReadCsv, KeepsTheRowsAroundAnOpenQuote) {
  const Outcome read = read_text("reviews.csv",
                                 "user,item,text,time\n"
                                 "u,a,\"one\nline\",1600000000\n"
                                 "u,b,\"two,1600000000\n"
                                 "u,c,three,1600000000\n");
  EXPECT_EQ(read.records.events.size(), 2u);
  ASSERT_EQ(read.report.refusals.size(), 1u);
  EXPECT_EQ(read.report.refusals[0].line, 4u);
  EXPECT_EQ(read.report.refusals[0].reason, "a quote opens on line 4 and is not closed");
}

TEST(ReadCsv, ReadsByteOrderMarksReturnsAndRepeatedHeaders) {
  const Outcome read = read_text("items.csv",
                                 "\xEF\xBB\xBFitem_id,title,colour,colour\r\n"
                                 "i,Tea,red,green\r\n");
  EXPECT_EQ(read.records.items,
            (std::vector<Item>{{.id = "i",
                                .title = "Tea",
                                .attributes = {{"colour", "red"}, {"colour (4)", "green"}}}}));
  ASSERT_EQ(read.report.notes.size(), 1u);
  EXPECT_NE(read.report.notes[0].find("names \"colour\" twice"), std::string::npos);
}

TEST(ReadCsv, SurvivesAMillionColumns) {
  const std::string commas(1'000'000, ',');
  const Folder folder;
  const auto header = try_read({folder.add("a.csv", "user,item" + commas + "\nu,i\n")});
  ASSERT_FALSE(header);
  EXPECT_NE(header.error().message.find("1000002 columns (at most 10000)"), std::string::npos);
  const Outcome row =
      read({folder.add("b.csv", "user,item,time\nu,i,1\nu,i" + commas + "\nu,j,1\n")});
  EXPECT_EQ(row.records.events.size(), 2u);
  EXPECT_EQ(row.report.refusal_count, 1u);
}

TEST(ReadCsv, SaysWhichColumnsItLacks) {
  const Folder folder;
  const auto read = try_read({folder.add("x.csv", "a,b\n1,2\n")});
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::invalid_argument);
  const auto told = try_read({folder.add("x.csv", "a,b\n1,2\n")}, {.kind = RecordKind::users});
  ASSERT_FALSE(told);
  EXPECT_NE(told.error().message.find("the columns a, b hold no id for users"), std::string::npos);
  const auto with_id = try_read({folder.add("y.csv", "id,b\n1,2\n")}, {.kind = RecordKind::users});
  ASSERT_TRUE(with_id);
  EXPECT_EQ(with_id->records.users.size(), 1u);
}

// ---- JSON lines

TEST(ReadJsonl, ReadsEachObjectToWhatItsKeysSay) {
  const Outcome read = read_text(
      "data.jsonl",
      R"({"user_id":"u1","bio":"tea","age":31,"address":{"city":"Rome","zip":null}})"
      "\n"
      R"({"item_id":7,"title":"Tea","categories":[["Food","Tea"]],"description":["a","b"],"price":9.5})"
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
    if (!reason.empty()) EXPECT_EQ(read.report.refusals[0].reason, reason);
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
  const Outcome read = read_text(
      "export.jsonl",
      R"({"UserId":"u","Labels":{"lang":"en","likes":["tea","cups"]},"Comment":"bio"})"
      "\n"
      R"({"ItemId":"i","IsHidden":true,"Categories":["Food"],"Timestamp":"2020-01-02T00:00:00Z","Labels":["green"],"Comment":"Green tea"})"
      "\n"
      R"({"FeedbackType":"star","UserId":"u","ItemId":"i","Value":2,"Timestamp":"2020-01-02T00:00:00Z","Comment":"nice"})"
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

// ---- formats of the field

TEST(ReadRecBole, ReadsAtomicFiles) {
  const Folder folder;
  folder.add("d.inter",
             "user_id:token\titem_id:token\trating:float\ttimestamp:float\n"
             "u\t\"i\t4\t1600000000.5\n");
  folder.add("d.item",
             "item_id:token\tmovie_title:token_seq\tclass:token_seq\tyear:token\n"
             "\"i\tToy Story\tAnimation Comedy\t1995\n");
  folder.add("d.user", "user_id:token\tage:token\nu\t24\n");
  folder.add("d.net", "source_id:token\ttarget_id:token\nu\tv\n");
  folder.add("d.kg", "head_id:token\trelation_id:token\ttail_id:token\na\tb\tc\n");
  const Outcome read = limn::read({folder.path()});
  EXPECT_EQ(read.records.items, (std::vector<Item>{{.id = "\"i",
                                                    .title = "Toy Story",
                                                    .categories = {"Animation", "Comedy"},
                                                    .attributes = {{"year", "1995"}}}}));
  EXPECT_EQ(read.records.users, (std::vector<User>{{.id = "u", .attributes = {{"age", "24"}}}}));
  EXPECT_EQ(read.records.events, (std::vector<Event>{{.user = "u",
                                                      .item = "\"i",
                                                      .kind = "rate",
                                                      .value = 4,
                                                      .time = at(1'600'000'000'500)}}));
  EXPECT_EQ(read.records.edges.size(), 1u);
  EXPECT_EQ(read.report.notes.size(), 1u);
}

TEST(ReadMovieLens, PutsTheFilesTogether) {
  const Folder folder;
  folder.add("movies.csv",
             "movieId,title,genres\n1,\"Heat, The (1995)\",Action|Crime\n"
             "2,Untitled,(no genres listed)\n");
  folder.add("links.csv", "movieId,imdbId,tmdbId\n1,0113277,949\n3,0114885,\n");
  folder.add("ratings.csv", "userId,movieId,rating,timestamp\n7,1,4.5,1260759144\n");
  folder.add("tags.csv", "userId,movieId,tag,timestamp\n7,1,cool cops,1260759145\n");
  const Outcome read = limn::read({folder.path()});
  EXPECT_EQ(read.records.items,
            (std::vector<Item>{
                {.id = "1",
                 .title = "Heat, The (1995)",
                 .categories = {"Action", "Crime"},
                 .attributes = {{"imdbId", "0113277"}, {"tmdbId", "949"}, {"year", "1995"}}},
                {.id = "2", .title = "Untitled"},
                {.id = "3", .attributes = {{"imdbId", "0114885"}}}}));
  ASSERT_EQ(read.records.events.size(), 2u);
  EXPECT_EQ(read.records.events[0].kind, "rate");
  EXPECT_EQ(read.records.events[1].kind, "tag");
  EXPECT_EQ(read.records.events[1].text, "cool cops");
}

TEST(ReadMovieLens, ReadsTheFirstSetWithoutHeaders) {
  const Folder folder;
  folder.add("u.data", "196\t242\t3\t881250949\n");
  folder.add("u.user", "196|49|M|writer|55105\n");
  folder.add("u.item",
             "242|Mis\xE9rables (1995)|01-Jan-1995||http://x|0|1|0|0|0|0|0|0|1|0|0|0|0|0|"
             "0|0|0|0|0\n");
  const Outcome read = limn::read({folder.path()});
  ASSERT_EQ(read.records.items.size(), 1u);
  EXPECT_EQ(read.records.items[0].title, "Mis\xC3\xA9rables (1995)");
  EXPECT_EQ(read.records.items[0].categories, (std::vector<std::string>{"Action", "Drama"}));
  EXPECT_EQ(read.records.users[0].attributes.at("occupation"), "writer");
  EXPECT_EQ(read.records.events[0].value, 3);
  EXPECT_EQ(read.report.repairs, (Counts{{"latin1", 1}}));
}

TEST(ReadRetailrocket, TakesKindsFromColumnsAndNames) {
  const Folder folder;
  folder.add("add_to_cart_ecommerce.dat", "visitorid\titemid\tevent\n1\t16\t1\n");
  folder.add("purchase_ecommerce.dat", "visitorid\titemid\tevent\n2\t16\t1\n");
  folder.add("events.csv",
             "timestamp,visitorid,event,itemid,transactionid\n"
             "1433221332117,3,addtocart,16,\n1433221332118,3,transaction,16,5\n");
  folder.add("item_properties_part1.csv", "timestamp,itemid,property,value\n1,2,3,4\n");
  const Outcome read = limn::read({folder.path()});
  std::vector<std::string> kinds;
  for (const Event& event : read.records.events) kinds.push_back(event.user + event.kind);
  EXPECT_EQ(kinds, (std::vector<std::string>{"1cart", "3cart", "3purchase", "2purchase"}));
  EXPECT_EQ(read.records.events[1].time, at(1'433'221'332'117));
}

TEST(ReadHetRec, PutsWordsToNumberedTags) {
  const Folder folder;
  folder.add("artists.dat", "id\tname\turl\tpictureURL\n52\tMoloko\thttp://u\thttp://p\n");
  folder.add("tags.dat", "tagID\ttagValue\r\n13\tchillout\r\n");
  folder.add("user_artists.dat", "userID\tartistID\tweight\r\n2\t52\t11690\r\n\r\n");
  folder.add("user_friends.dat", "userID\tfriendID\n2\t275\n");
  folder.add(
      "user_taggedartists.dat",
      "userID\tartistID\ttagID\tday\tmonth\tyear\n2\t52\t13\t1\t4\t2009\n2\t52\t14\t1\t4\t2009\n");
  const Outcome read = limn::read({folder.path()});
  EXPECT_EQ(read.records.items, (std::vector<Item>{{.id = "52",
                                                    .title = "Moloko",
                                                    .attributes = {{"url", "http://u"}},
                                                    .media = {"http://p"}}}));
  ASSERT_EQ(read.records.events.size(), 3u);
  EXPECT_EQ(read.records.events[0].kind, "play");
  EXPECT_EQ(read.records.events[0].value, 11690);
  EXPECT_EQ(read.records.events[1].kind, "tag");
  EXPECT_EQ(read.records.events[1].text, "chillout");
  EXPECT_EQ(read.records.events[1].time, at(1'238'544'000'000));
  ASSERT_EQ(read.records.edges.size(), 1u);
  EXPECT_EQ(read.records.edges[0].kind, "friend");
  EXPECT_EQ(read.report.flags, (Counts{{"unknown_tag", 1}}));
  EXPECT_EQ(read.report.refusal_count, 0u);
}

TEST(ReadStackExchange, MakesQuestionsItemsAndWritingEvents) {
  const Folder folder;
  folder.add("Users.xml",
             "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<users>\n"
             "<row Id=\"7\" AboutMe=\"&lt;p&gt;Hi&lt;/p&gt;\" Location=\"Rome\" "
             "CreationDate=\"2014-01-21T20:26:05.383\" />\n</users>");
  folder.add("Posts.xml",
             "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<posts>\n"
             "<row Id=\"4\" PostTypeId=\"2\" ParentId=\"1\" OwnerUserId=\"8\" Body=\"It is\" "
             "CreationDate=\"2014-01-22T00:00:00\" />\n"
             "<row Id=\"1\" PostTypeId=\"1\" OwnerUserId=\"7\" Body=\"&lt;p&gt;Why?&lt;/p&gt;\" "
             "Title=\"Hops\" Tags=\"&lt;hops&gt;&lt;ale&gt;\" Score=\"3\" "
             "CreationDate=\"2014-01-21T20:26:05.383\" />\n"
             "<row Id=\"2\" PostTypeId=\"1\" Body=\"b\" Title=\"Malt\" Tags=\"|malt|\" />\n"
             "<row Id=\"5\" PostTypeId=\"4\" Body=\"wiki\" />\n"
             "<row Id=\"6\" PostTypeId=\"2\" ParentId=\"99\" OwnerUserId=\"8\" Body=\"lost\" />\n"
             "</posts>\n");
  folder.add("Comments.xml",
             "<comments>\n"
             "<row Id=\"1\" PostId=\"4\" Text=\"So\" UserId=\"7\" CreationDate=\"2014-01-23\" />\n"
             "<row Id=\"2\" PostId=\"1\" Text=\"Gone\" CreationDate=\"2014-01-23\" />\n"
             "<row Id=\"3\" PostId=\"50\" Text=\"Where\" UserId=\"7\" />\n"
             "</comments>\n");
  folder.add("Votes.xml",
             "<votes>\n<row Id=\"1\" PostId=\"1\" VoteTypeId=\"2\" />\n"
             "<row Id=\"2\" PostId=\"4\" VoteTypeId=\"5\" UserId=\"7\" "
             "CreationDate=\"2014-01-24\" />\n</votes>\n");
  folder.add("Badges.xml", "<badges></badges>");
  const Outcome read = limn::read({folder.path()});
  EXPECT_EQ(read.records.users, (std::vector<User>{{.id = "7",
                                                    .text = "<p>Hi</p>",
                                                    .attributes = {{"Location", "Rome"}},
                                                    .created_at = at(1'390'335'965'383)}}));
  ASSERT_EQ(read.records.items.size(), 2u);
  EXPECT_EQ(read.records.items[0], (Item{.id = "1",
                                         .title = "Hops",
                                         .text = "<p>Why?</p>",
                                         .tags = {"hops", "ale"},
                                         .attributes = {{"OwnerUserId", "7"}, {"Score", "3"}},
                                         .created_at = at(1'390'335'965'383)}));
  EXPECT_EQ(read.records.items[1].tags, (std::vector<std::string>{"malt"}));
  std::vector<std::string> events;
  for (const Event& event : read.records.events) {
    events.push_back(event.user + " " + event.kind + " " + event.item + " " + event.text);
  }
  EXPECT_EQ(events, (std::vector<std::string>{"8 answer 1 It is", "7 ask 1 <p>Why?</p>",
                                              "7 comment 1 So", "7 save 1 "}));
  ASSERT_EQ(read.report.refusals.size(), 3u);
  EXPECT_EQ(read.report.refusals[0].field, "ParentId");
  EXPECT_EQ(read.report.refusals[0].line, 7u);
  EXPECT_EQ(read.report.refusals[1].field, "UserId");
  EXPECT_EQ(read.report.refusals[2].reason, "the post 50 is not a question or answer of Posts.xml");
  EXPECT_EQ(read.report.flags.at("anonymous"), 2u);
}

TEST(ReadStackExchange, ReadsOnBelowALineThatIsNoXml) {
  const std::string row = "<row Id=\"1\" AboutMe=\"x\" />\n";
  const Outcome read = read_text("Users.xml", "<users>\n" + row +
                                                  "<row Id=\"2\" AboutMe=\"a < b\" />\n"
                                                  "<row Id=\"3\" AboutMe=\"caf\xE9 &#x1B;ok\" />\n"
                                                  "<row Id=4 />\n"
                                                  "<row Id=\"5\"\n AboutMe=\"y\" />\n"
                                                  "</users>\n");
  std::vector<std::string> ids;
  for (const User& user : read.records.users) ids.push_back(user.id + user.text);
  EXPECT_EQ(ids, (std::vector<std::string>{"1x", "3caf\xEF\xBF\xBD ok", "5y"}));
  ASSERT_EQ(read.report.refusals.size(), 2u);
  EXPECT_EQ(read.report.refusals[0].line, 3u);
  EXPECT_EQ(read.report.refusals[1].line, 5u);
  EXPECT_EQ(read.report.repairs, (Counts{{"invalid_utf8", 1}}));
}

TEST(ReadStackExchange, GrowsNoEntities) {
  const Outcome read =
      read_text("Users.xml",
                "<!DOCTYPE u [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]>\n"
                "<users><row Id=\"1\" AboutMe=\"&b;\" /></users>\n");
  EXPECT_TRUE(read.records.users.empty());
  ASSERT_EQ(read.report.refusals.size(), 1u);
  EXPECT_EQ(read.report.refusals[0].reason, "a document type is not read");
}

TEST(ReadStackExchange, SaysWhereAFileBreaksOff) {
  const Outcome read = read_text("Users.xml", "<users>\n<row Id=\"1\" />\n<row Id=\"2\" Abou");
  EXPECT_EQ(read.records.users.size(), 1u);
  ASSERT_EQ(read.report.refusals.size(), 1u);
  EXPECT_EQ(read.report.refusals[0].line, 3u);
}

// ---- several files, batches, reports

TEST(ReadFiles, ReadsUsersAndItemsBeforeEvents) {
  const Folder folder;
  const auto events = folder.add("a_events.csv", "user_id,item_id,kind,time\nu,i,view,1\n");
  const auto reviews = folder.add("reviews.jsonl", R"({"user_id":"u","item_id":"i","text":"x"})");
  const auto follows = folder.add("follows.csv", "user_id,follows\nu,v\n");
  const auto items = folder.add("items.csv", "id,title\ni,Tea\n");
  const auto users = folder.add("users.csv", "id,name\nu,Ann\n");
  folder.add("README.md", "# A shop\n");
  folder.add(".hidden.csv", "user_id,item_id\nx,y\n");
  ReadOptions options;
  options.batch_size = 1;
  const std::vector<std::string> order{"users", "items", "edges", "events", "events"};
  EXPECT_EQ(read({events, reviews, follows, items, users}, options).order, order);
  const Outcome all = read({folder.path()}, options);
  EXPECT_EQ(all.order, order);
  EXPECT_EQ(all.report.notes.size(), 2u);  // README.md; no times in reviews.jsonl is said per row
}

TEST(ReadFiles, HandsOnBatchesOfTheGivenSize) {
  const Folder folder;
  std::string text = "user,item,time\n";
  for (int i = 0; i < 1000; ++i) text += "u,i" + std::to_string(i) + ",1600000000\n";
  const fs::path file = folder.add("events.csv", text);
  ReadOptions options;
  options.batch_size = 300;
  std::vector<std::size_t> sizes;
  const auto report = read_files({&file, 1}, options, [&](Batch&& batch) -> Result<void> {
    sizes.push_back(batch.size());
    return {};
  });
  ASSERT_TRUE(report);
  EXPECT_EQ(sizes, (std::vector<std::size_t>{300, 300, 300, 100}));
}

TEST(ReadFiles, StopsWhereTheSinkFails) {
  const Folder folder;
  const fs::path file = folder.add("events.csv", "user,item\nu,i\nu,j\n");
  ReadOptions options;
  options.batch_size = 1;
  int calls = 0;
  const auto report = read_files({&file, 1}, options, [&](Batch&&) -> Result<void> {
    ++calls;
    return fail(ErrorCode::unavailable, "the disk is full");
  });
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().message, "the disk is full");
  EXPECT_EQ(calls, 1);
}

TEST(ReadFiles, StopsWhenInterrupted) {
  const Folder folder;
  const fs::path file = folder.add("events.csv", "user,item\nu,i\n");
  Interrupt::request();
  const auto report = read_files({&file, 1}, {}, [](Batch&&) -> Result<void> { return {}; });
  Interrupt::clear();
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::interrupted);
}

TEST(ReadFiles, KeepsAHundredRefusalsAndWritesThemAll) {
  const Folder folder;
  std::string text = "user,item,=x\n";
  for (int i = 0; i < 250; ++i) text += ",i,\n";
  const fs::path file = folder.add("events.csv", text);
  ReadOptions options;
  options.refusals_path = folder.path() / "refused.txt";
  const Outcome outcome = read({file}, options);
  EXPECT_EQ(outcome.report.refusals.size(), 100u);
  EXPECT_EQ(outcome.report.refusal_count, 250u);
  const auto written = read_file(*options.refusals_path);
  ASSERT_TRUE(written);
  EXPECT_EQ(std::count(written->begin(), written->end(), '\n'), 251);
  EXPECT_TRUE(written->starts_with("file,line,field,reason\n\"" + file.string() +
                                   "\",2,\"user\",\"the id is missing\"\n"));
}

TEST(ReadFiles, SaysWhatItCannotRead) {
  const Folder folder;
  const std::vector<std::pair<fs::path, std::string>> cases{
      {folder.path() / "none.csv", "no such file"},
      {folder.add("a.zip", "PK\x03\x04xxxx"), "an archive (unpack it first)"},
      {folder.add("b.csv", "\xFF\xFEu\n"), "UTF-16 (save it as UTF-8)"},
      {folder.add("c.json", "[{\"user\":1}]"), "one JSON array (write one object a line)"},
      {folder.add("d.txt", "hello\n"), "no format fits"},
  };
  for (const auto& [path, reason] : cases) {
    const auto read = try_read({path});
    ASSERT_FALSE(read) << path;
    EXPECT_NE(read.error().message.find(reason), std::string::npos) << read.error().message;
  }
  const Outcome empty = read({folder.add("events.csv", "")});
  EXPECT_EQ(empty.report.notes.size(), 1u);
}

TEST(ReadFiles, KnowsItsFormatsAndKindsByName) {
  for (const char* name : {"csv", "jsonl", "recbole", "movielens", "stackexchange", "retailrocket",
                           "hetrec", "gorse", "limn", "automatic"}) {
    const auto format = parse_format(name);
    ASSERT_TRUE(format) << name;
    EXPECT_EQ(name_of(*format), name);
  }
  EXPECT_EQ(parse_format("auto"), Format::automatic);
  EXPECT_FALSE(parse_format("parquet"));
  EXPECT_EQ(parse_record_kind("edges"), RecordKind::edges);
  EXPECT_EQ(parse_record_kind("auto"), RecordKind::automatic);
  EXPECT_FALSE(parse_record_kind("edge"));
}

// ---- data of the field, where it is at hand

ImportReport read_shared(const char* name) {
  const fs::path path = fs::path(LIMN_SOURCE_DIR) / ".." / "shared" / "data" / name;
  const auto report = read_files({&path, 1}, {}, [](Batch&&) -> Result<void> { return {}; });
  EXPECT_TRUE(report) << report.error().message;
  return report.value_or(ImportReport{});
}

bool is_here() {
  return fs::exists(fs::path(LIMN_SOURCE_DIR) / ".." / "shared" / "data");
}

TEST(ReadFieldData, ReadsAllOfIt) {
  if (!is_here()) GTEST_SKIP() << "the data sets are not here";
  const ImportReport ml100k = read_shared("ml-100k");
  EXPECT_EQ(ml100k.users.taken(), 943u);
  EXPECT_EQ(ml100k.items.taken(), 1682u);
  EXPECT_EQ(ml100k.events.taken(), 100'000u);
  EXPECT_EQ(ml100k.refusal_count, 0u);

  const ImportReport small = read_shared("ml-latest-small");
  EXPECT_EQ(small.items.taken(), 9125u);
  EXPECT_EQ(small.events.taken(), 100'004u + 1'296u);
  EXPECT_EQ(small.refusal_count, 0u);

  const ImportReport lastfm = read_shared("hetrec-lastfm");
  EXPECT_EQ(lastfm.items.taken(), 17'632u);
  EXPECT_EQ(lastfm.edges.taken(), 25'434u);
  EXPECT_EQ(lastfm.flags.count("unknown_tag"), 0u);
  EXPECT_EQ(lastfm.refusal_count, 0u);

  const ImportReport beer = read_shared("se-beer");
  EXPECT_EQ(beer.users.taken(), 3'948u);
  EXPECT_EQ(beer.items.taken(), 591u);
  EXPECT_GT(beer.events.taken(), 3'900u);
  EXPECT_LT(beer.refusal_count, 100u);
}

}  // namespace
}  // namespace limn
