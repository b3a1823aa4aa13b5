#include "limn/core/file.h"
#include "limn/core/progress.h"
#include "limn/ingest/test_files.h"

namespace limn {
namespace {

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
  EXPECT_EQ(all.report.notes.size(), 1u);  // README.md
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
      {folder.path() / "none.csv", "No such file"},
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

}  // namespace
}  // namespace limn
