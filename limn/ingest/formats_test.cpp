#include "limn/ingest/test_files.h"

namespace limn {
namespace {

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
