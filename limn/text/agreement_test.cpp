// What the tools that people know answer for the same texts; skipped where that file is absent.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>

#include <gtest/gtest.h>

#include "limn/core/json.h"
#include "limn/text/segmenter.h"
#include "limn/text/stem.h"
#include "limn/text/stop_words.h"
#include "limn/text/words.h"

namespace limn {
namespace {

using Strings = std::vector<std::string>;

std::vector<JsonObject> rows_of_kind(std::string_view kind) {
  const std::string path = LIMN_SOURCE_DIR "/../shared/expected/text_expected.jsonl.gz";
  std::vector<JsonObject> rows;
  if (!std::filesystem::exists(path)) return rows;
  const std::unique_ptr<FILE, int (*)(FILE*)> file(popen(("gzip -dc '" + path + "'").c_str(), "r"),
                                                   pclose);
  std::string line;
  for (int c = std::getc(file.get()); c != EOF; c = std::getc(file.get())) {
    if (c != '\n') {
      line += static_cast<char>(c);
      continue;
    }
    Json row = parse_json(line, path).value();
    if (row.as_object().at("k").as_string() == kind) rows.push_back(std::move(row.as_object()));
    line.clear();
  }
  return rows;
}

std::string text_at(const JsonObject& row, std::string_view key, std::string_view otherwise = "") {
  const Json* value = row.if_contains(key);
  return std::string(value == nullptr ? otherwise : std::string_view(value->as_string()));
}

Strings strings_at(const JsonObject& row, std::string_view key) {
  Strings strings;
  for (const Json& value : row.at(key).as_array()) strings.emplace_back(value.as_string());
  return strings;
}

TEST(Agreement, OfStemsWithNltkAndSnowball) {
  const auto rows = rows_of_kind("stem");
  if (rows.empty()) GTEST_SKIP() << "no file of expected stems";
  Stemmer english = Stemmer::make("english").value();
  Stemmer porter = Stemmer::make("porter").value();
  std::size_t other_english = 0;
  std::size_t other_porter = 0;
  for (const JsonObject& row : rows) {
    const std::string word = text_at(row, "w");
    other_english += english.stem(word) != text_at(row, "s", word);
    other_porter += porter.stem(word) != text_at(row, "o", word);
  }
  // NLTK leaves an "e" on "occat" and "odiz", and its first Porter cuts "trekk" to "trek".
  EXPECT_LE(other_english, 2U);
  EXPECT_LE(other_porter, 1U);
}

TEST(Agreement, OfStopWordsWithNltk) {
  const auto rows = rows_of_kind("stop");
  if (rows.empty()) GTEST_SKIP() << "no file of expected stop words";
  for (const JsonObject& row : rows) {
    const std::string source = text_at(row, "src");
    const bool chinese = source == "nltk chinese";
    if (!chinese && source != "nltk english") continue;
    const Strings theirs = strings_at(row, "words");
    std::size_t shared = 0;
    for (const std::string& word : theirs) shared += is_stop_word(word, chinese ? "zh" : "en");
    // All of the English ones; of the Chinese ones not those that tell an opinion or a topic.
    EXPECT_GE(shared, chinese ? theirs.size() * 8 / 10 : theirs.size()) << source;
  }
}

TEST(Agreement, OfWordsWithNltk) {
  const auto rows = rows_of_kind("seed");
  if (rows.empty()) GTEST_SKIP() << "no file of expected words";
  double shared = 0;
  double all = 0;
  for (const JsonObject& row : rows) {
    const Strings theirs = strings_at(row, "w");
    const Strings ours = words(text_at(row, "t"));
    std::map<std::string, int> left;
    for (const std::string& word : theirs) left[word] += 1;
    for (const std::string& word : ours) shared += left[word]-- > 0;
    all += static_cast<double>(theirs.size() + ours.size());
  }
  // Ours differ in "can't" (can, not ca) and keep "3.5" and both halves of "ten-fold".
  EXPECT_GE(2 * shared / all, 0.98);
}

// The pieces of two cuts of one text that begin and end alike, twice their share in all.
TEST(Agreement, OfChineseWordsWithJieba) {
  const auto segmenter = Segmenter::open(LIMN_SOURCE_DIR "/third_party/cppjieba/dict");
  if (!segmenter) GTEST_SKIP() << segmenter.error().message;
  const auto rows = rows_of_kind("jieba");
  if (rows.empty()) GTEST_SKIP() << "no file of expected words";
  double shared = 0;
  double all = 0;
  for (const JsonObject& row : rows) {
    const std::string text = text_at(row, "t");
    std::vector<Span> theirs;
    for (const std::string& word : strings_at(row, "hmm")) {
      const std::size_t begin = theirs.empty() ? 0 : theirs.back().end;
      theirs.push_back({begin, begin + word.size()});
    }
    const std::vector<Span> ours = segmenter->cut(text);
    for (const Span span : ours) {
      shared += std::ranges::find(theirs, span) != theirs.end() ? 1 : 0;
    }
    all += static_cast<double>(theirs.size() + ours.size());
  }
  EXPECT_GE(2 * shared / all, 0.98);
  RecordProperty("f1", std::to_string(2 * shared / all));
}

}  // namespace
}  // namespace limn
