#include "limn/ingest/csv.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "limn/core/random.h"

namespace limn {
namespace {

using Rows = std::vector<std::vector<std::string>>;

Rows read_all(std::string_view text, CsvDialect dialect = {}) {
  CsvReader reader(text, dialect);
  Rows rows;
  while (reader.next()) rows.emplace_back(reader.cells().begin(), reader.cells().end());
  return rows;
}

std::vector<std::size_t> lines_of(std::string_view text) {
  CsvReader reader(text, {});
  std::vector<std::size_t> lines;
  while (reader.next()) lines.push_back(reader.line());
  return lines;
}

TEST(Csv, ReadsCellsQuotedOrNot) {
  EXPECT_EQ(read_all("a,b,c\n1,\"x, y\",3\n"), (Rows{{"a", "b", "c"}, {"1", "x, y", "3"}}));
  EXPECT_EQ(read_all("\"a \"\"b\"\" c\",\"\"\n"), (Rows{{"a \"b\" c", ""}}));
  EXPECT_EQ(read_all("a,\n,\n"), (Rows{{"a", ""}, {"", ""}}));
  EXPECT_EQ(read_all("1, \"x, y\" ,3"), (Rows{{"1", "x, y", "3"}}));
}

TEST(Csv, EndsLinesInThreeWays) {
  const Rows expected{{"a", "b"}, {"1", "2"}};
  EXPECT_EQ(read_all("a,b\n1,2"), expected);
  EXPECT_EQ(read_all("a,b\r\n1,2\r\n"), expected);
  EXPECT_EQ(read_all("a,\"b\"\r\n\"1\",2\r\n"), expected);
  EXPECT_EQ(read_all("a,b\r1,2\r", detect_dialect("a,b\r1,2\r")), expected);
  EXPECT_EQ(detect_dialect("a,b\r\n1,2\r\n").newline, '\n');
}

TEST(Csv, PassesOverBlankLinesAndCountsThem) {
  EXPECT_EQ(lines_of("a,b\n\n \r\n1,2\n"), (std::vector<std::size_t>{1, 4}));
  EXPECT_TRUE(read_all("").empty());
  EXPECT_TRUE(read_all("\n\n").empty());
}

TEST(Csv, NumbersRowsByTheLineTheyStartOn) {
  EXPECT_EQ(lines_of("a,b\n1,\"x\ny\nz\"\n2,w\n\"\n\",v\n3,u\n"),
            (std::vector<std::size_t>{1, 2, 5, 6, 8}));
  EXPECT_EQ(read_all("1,\"x\r\ny\"\n"), (Rows{{"1", "x\r\ny"}}));
}

TEST(Csv, DetectsDelimitersOutsideOfQuotes) {
  EXPECT_EQ(detect_dialect("a,b,c\n").delimiter, ',');
  EXPECT_EQ(detect_dialect("a\tb\tc, d\n").delimiter, '\t');
  EXPECT_EQ(detect_dialect("\"a,b,c\";d\n").delimiter, ';');
  EXPECT_EQ(detect_dialect("a|b\n1,2,3").delimiter, '|');
  EXPECT_EQ(detect_dialect("").delimiter, ',');
}

TEST(Csv, TakesOffAByteOrderMark) {
  EXPECT_EQ(without_mark("\xEF\xBB\xBF"
                         "a,b"),
            "a,b");
  EXPECT_EQ(without_mark("a,b"), "a,b");
}

TEST(Csv, KeepsTextAfterAClosingQuote) {
  EXPECT_EQ(read_all("1,\"a\" b,2\n"), (Rows{{"1", "\"a\" b", "2"}}));
  EXPECT_EQ(read_all("1,\"he said \"hi\" there\",2\n"), (Rows{{"1", "he said \"hi\" there", "2"}}));
  EXPECT_EQ(read_all("1,6\" pipe,2\n"), (Rows{{"1", "6\" pipe", "2"}}));
  CsvReader reader("1,\"a\" b\n", {});
  ASSERT_TRUE(reader.next());
  EXPECT_TRUE(reader.stray_quote());
}

TEST(Csv, LosesOneRowToAQuoteThatIsNeverClosed) {
  CsvReader reader("1,a\n2,\"b\n3,c\n4,d\n", {});
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.fault(), CsvReader::Fault::none);
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.fault(), CsvReader::Fault::open_quote);
  EXPECT_EQ(reader.line(), 2u);
  EXPECT_TRUE(reader.cells().empty());
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.line(), 3u);
  EXPECT_EQ(reader.cells()[1], "c");
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.line(), 4u);
  EXPECT_FALSE(reader.next());
}

TEST(Csv, LosesOneRowToAQuoteThatCannotBeAnOpeningOne) {
  CsvReader reader("1,\"b\n2,c\n3,\"fine, as\nit is\"\n", {});
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.fault(), CsvReader::Fault::open_quote);
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.cells()[1], "c");
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.cells()[1], "fine, as\nit is");
  EXPECT_EQ(reader.line(), 3u);
  EXPECT_FALSE(reader.next());
}

TEST(Csv, LeavesQuotesAloneWhereThereAreNone) {
  EXPECT_EQ(read_all("1\t\"a\tb\"\n", {.delimiter = '\t', .quotes = false}),
            (Rows{{"1", "\"a", "b\""}}));
}

TEST(Csv, CountsMoreColumnsThanItKeeps) {
  const std::string row = "1" + std::string(1'000'000, ',') + "\n2,3\n";
  CsvReader reader(row, {});
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.column_count(), 1'000'001u);
  EXPECT_EQ(reader.cells().size(), max_columns);
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.column_count(), 2u);
}

TEST(Csv, RefusesRowsLongerThanTheLimitAndGoesOn) {
  const std::string plain = "1," + std::string(max_row_bytes, 'x') + "\n2,3\n";
  std::string quoted = "1,\"";
  while (quoted.size() <= max_row_bytes) quoted += "xx\"\"";
  quoted += "\"\n2,3\n";
  for (const std::string& text : {plain, quoted}) {
    CsvReader reader(text, {});
    ASSERT_TRUE(reader.next());
    EXPECT_EQ(reader.fault(), CsvReader::Fault::too_long);
    EXPECT_TRUE(reader.cells().empty());
    ASSERT_TRUE(reader.next());
    EXPECT_EQ(reader.line(), 2u);
    EXPECT_EQ(reader.cells()[1], "3");
  }
}

std::string random_cell(Random& random) {
  constexpr std::string_view alphabet = "ab1 ,;\t\"\n\r'\xC3\xA9|";
  std::string cell;
  for (std::uint64_t i = random.below(12); i > 0; --i) {
    cell += alphabet[random.below(alphabet.size())];
  }
  return cell;
}

// Quotes a cell where it must be quoted, and at times where it need not.
std::string written(const std::string& cell, Random& random) {
  const bool must = cell.find_first_of(",\"\n\r") != cell.npos || cell.starts_with(' ');
  if (!must && random.below(2) == 0) return cell;
  std::string quoted = "\"";
  for (const char c : cell) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

TEST(Csv, ReadsBackWhateverWasWrittenWithAnyQuoting) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    Rows rows(1 + random.below(6));
    std::string text;
    for (auto& row : rows) {
      row.push_back("id");  // no row is blank
      for (std::uint64_t i = random.below(5); i > 0; --i) row.push_back(random_cell(random));
      for (std::size_t i = 0; i < row.size(); ++i) {
        text += (i == 0 ? "" : ",") + written(row[i], random);
      }
      text += random.below(2) == 0 ? "\n" : "\r\n";
    }
    EXPECT_EQ(read_all(text), rows);
  }
}

TEST(Csv, SurvivesAnyBytes) {
  constexpr std::string_view alphabet = "\"\",,\n\r a\0\xFF";
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::string text;
    for (std::uint64_t i = random.below(60); i > 0; --i) {
      text += alphabet[random.below(alphabet.size())];
    }
    CsvReader reader(text, detect_dialect(text));
    std::size_t rows = 0;
    std::size_t last_line = 0;
    while (reader.next()) {
      EXPECT_GT(reader.line(), last_line);
      last_line = reader.line();
      ++rows;
    }
    EXPECT_LE(rows, text.size());
  }
}

}  // namespace
}  // namespace limn
