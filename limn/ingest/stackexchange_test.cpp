#include "limn/ingest/test_files.h"

namespace limn {
namespace {

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

TEST(ReadStackExchange, LosesOneRowToAQuoteThatIsNotClosed) {
  std::string text = "<users>\n<row Id=\"1\" />\n<row Id=\"2\" AboutMe=\"x />\n";
  for (int id = 3; id < 60; ++id) text += "<row Id=\"" + std::to_string(id) + "\" />\n";
  text += "<row Id=\"60\" AboutMe=\"" + std::string(3000, 'x') + "\n\n\n y\" />\n";
  text += "<row Id=\"61\" />\n</users>\n";
  const Outcome read = read_text("Users.xml", text);
  EXPECT_EQ(read.records.users.size(), 60u);
  ASSERT_EQ(read.report.refusals.size(), 1u);
  EXPECT_EQ(read.report.refusals[0].line, 3u);
  EXPECT_EQ(read.report.refusals[0].reason, "the row is not closed before the next one begins");
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

}  // namespace
}  // namespace limn
