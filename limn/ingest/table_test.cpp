#include "limn/ingest/test_files.h"

namespace limn {
namespace {

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

TEST(ReadCsv, MissesNoTextWhereAColumnSaysThatTheEventIsNoReview) {
  const Outcome read = read_text("events.csv",
                                 "user,item,event,text,time\n"
                                 "u,a,click,,1600000000\n"
                                 "u,b,review,,1600000000\n"
                                 "u,c,review,good,1600000000\n");
  EXPECT_EQ(read.report.flags, (Counts{{"missing_text", 1}}));
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

}  // namespace
}  // namespace limn
