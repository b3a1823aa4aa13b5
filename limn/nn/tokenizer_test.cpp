#include "limn/nn/tokenizer.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "limn/core/json.h"
#include "limn/core/parallel.h"
#include "limn/core/random.h"
#include "limn/core/utf8.h"
#include "limn/nn/test_support.h"
#include "limn/nn/unicode.h"

namespace limn {
namespace {

const std::vector<std::string> small_vocabulary{
    "[PAD]",  "[UNK]", "[CLS]", "[SEP]", "beer", "##s",    "##er",   "be",       "un",
    "##able", ",",     "a",     "cafe",  "i",    "\u4e2d", "\u6587", "##\u0307", "2"};

std::vector<SpecialToken> small_special() {
  return {{"[PAD]", 0}, {"[UNK]", 1}, {"[CLS]", 2}, {"[SEP]", 3}};
}

Tokenizer small_tokenizer(TokenizerSettings settings = {}) {
  auto made = Tokenizer::make(small_vocabulary, small_special(), std::move(settings));
  EXPECT_TRUE(made.has_value());
  return std::move(*made);
}

using Ids = std::vector<TokenId>;

TEST(Tokenizer, PrefersTheLongestToken) {
  const Tokenizer tokenizer = small_tokenizer();
  EXPECT_EQ(tokenizer.ids("beer beers beable", 32), (Ids{2, 4, 4, 5, 7, 9, 3}));
}

TEST(Tokenizer, MakesAWordWithARestUnknown) {
  const Tokenizer tokenizer = small_tokenizer();
  EXPECT_EQ(tokenizer.ids("beerx, unx", 32), (Ids{2, 1, 10, 1, 3}));
}

TEST(Tokenizer, NormalizesCaseAccentsControlsAndIdeographs) {
  const Tokenizer tokenizer = small_tokenizer();
  EXPECT_EQ(tokenizer.ids("CAF\u00c9 cafe\u0301 ca\u200dfe", 32), (Ids{2, 12, 12, 12, 3}));
  EXPECT_EQ(tokenizer.ids("\u4e2d\u6587a", 32), (Ids{2, 14, 15, 11, 3}));
  EXPECT_EQ(tokenizer.ids("a\u3000a\ta", 32), (Ids{2, 11, 11, 11, 3}));
}

TEST(Tokenizer, LowersTheDottedCapitalIToTwoCodePoints) {
  TokenizerSettings settings;
  settings.words.strip_accents = false;
  EXPECT_EQ(small_tokenizer(settings).ids("\u0130", 32), (Ids{2, 13, 16, 3}));
  EXPECT_EQ(small_tokenizer().ids("\u0130", 32), (Ids{2, 13, 3}));
}

TEST(Tokenizer, FindsSpecialTokensBeforeAnythingElse) {
  const Tokenizer tokenizer = small_tokenizer();
  EXPECT_EQ(tokenizer.ids("a[SEP]a [CLS]", 32), (Ids{2, 11, 3, 11, 2, 3}));
  EXPECT_EQ(tokenizer.ids("[[PAD]", 32), (Ids{2, 1, 0, 3}));
}

TEST(Tokenizer, CutsToTheLength) {
  const Tokenizer tokenizer = small_tokenizer();
  EXPECT_EQ(tokenizer.ids("a a beers a", 5), (Ids{2, 11, 11, 4, 3}));
  EXPECT_EQ(tokenizer.ids("a", 2), (Ids{2, 3}));
  EXPECT_EQ(tokenizer.ids("", 8), (Ids{2, 3}));
}

TEST(Tokenizer, CountsCharactersOfAWordNotBytes) {
  TokenizerSettings settings;
  settings.max_chars_per_word = 4;
  settings.words.strip_accents = false;
  EXPECT_EQ(small_tokenizer(settings).ids("beer beers", 32), (Ids{2, 4, 1, 3}));
}

TEST(Tokenizer, SurvivesAnyBytes) {
  const Tokenizer tokenizer = small_tokenizer();
  TokenizerSettings raw;
  raw.words = {.clean_text = false,
               .handle_chinese_chars = false,
               .strip_accents = false,
               .lowercase = false};
  const Tokenizer plain = small_tokenizer(raw);
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::string text;
    for (std::uint64_t i = random.below(60); i > 0; --i) {
      if (random.below(2) == 0) {
        text += static_cast<char>(random.below(256));
      } else {
        append_code_point(text, static_cast<char32_t>(random.below(0x110000)));
      }
    }
    for (const Tokenizer* one : {&tokenizer, &plain}) {
      for (const TokenId id : one->ids(text, 16)) EXPECT_LT(id, one->vocabulary_size());
      EXPECT_LE(one->ids(text, 16).size(), 16U);
    }
  }
}

// The definition of WordPiece: of each word of the splitter the longest token that begins it, then
// the longest that goes on with it, and so on.
std::vector<TokenId> cut_plainly(std::string_view text, const std::vector<std::string>& vocabulary,
                                 const TokenizerSettings& settings) {
  const auto id = [&](const std::string& token) {
    return std::find(vocabulary.begin(), vocabulary.end(), token) - vocabulary.begin();
  };
  std::vector<TokenId> ids;
  WordSplitter splitter(text, settings.words);
  while (const auto word = splitter.next()) {
    std::vector<TokenId> pieces;
    std::size_t at = 0;
    while (at < word->text.size() && word->characters <= settings.max_chars_per_word) {
      std::size_t end = word->text.size();
      const auto piece = [&] {
        return (at == 0 ? "" : "##") + std::string(word->text.substr(at, end - at));
      };
      while (end > at && id(piece()) == std::ssize(vocabulary)) --end;
      if (end == at) break;
      pieces.push_back(static_cast<TokenId>(id(piece())));
      at = end;
    }
    if (at < word->text.size()) pieces = {1};
    ids.insert(ids.end(), pieces.begin(), pieces.end());
  }
  return ids;
}

// Words that are met again and words that are not, of all lengths, with marks, accents and bytes
// that are no characters, sometimes without an end for thousands of bytes.
std::string random_prose(Random& random) {
  const std::vector<std::string> parts{"a", "B",      "ab",   "ba",   "AbA",
                                       "9", "\u00e9", "e",    "##",   "\u4e2d",
                                       "[", "\u0301", "\x01", "\xFF", "aaaaaaaa"};
  std::string text;
  const std::uint64_t words = random.below(random.below(20) == 0 ? 6000 : 60);
  for (std::uint64_t w = 0; w < words; ++w) {
    for (std::uint64_t i = 1 + random.below(random.below(10) == 0 ? 30 : 4); i > 0; --i) {
      text += parts[random.below(random.below(3) == 0 ? parts.size() : 6)];
    }
    if (words < 1000 || random.below(200) == 0) text += " .,\n\t-"[random.below(6)];
  }
  return text;
}

TEST(Tokenizer, CutsWordsThatItRemembersAsItCutsThemPlainly) {
  const std::vector<std::string> vocabulary{
      "[PAD]", "[UNK]", "[CLS]", "[SEP]", "a",      "##a",    "ab",       "##ab", "b",   "##b",
      "aba",   ".",     ",",     "-",     "#",      "[",      "\u00e9",   "B",    "##B", "e",
      "##e",   "9",     "##9",   "##99",  "\u4e2d", "##aaaa", "##\u4e2d", "A",    "##A"};
  for (const bool folds : {true, false}) {
    TokenizerSettings settings;
    settings.max_chars_per_word = 20;
    settings.words.lowercase = folds;
    settings.words.strip_accents = folds;
    settings.words.clean_text = folds;
    const auto tokenizer = Tokenizer::make(vocabulary, {}, settings);
    ASSERT_TRUE(tokenizer.has_value());
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
      SCOPED_TRACE(seed);
      Random random(seed);
      const std::string text = random_prose(random);
      const std::vector<TokenId> expected = cut_plainly(text, vocabulary, settings);
      EXPECT_EQ(tokenizer->pieces(text), expected);
      std::vector<TokenId> cut = expected;
      cut.resize(std::min<std::size_t>(cut.size(), 28));
      cut.insert(cut.begin(), 2);
      cut.push_back(3);
      EXPECT_EQ(tokenizer->ids(text, 30), cut);
    }
  }
}

TEST(Tokenizer, GivesTheSameIdsToManyThreadsAtOnce) {
  const Tokenizer tokenizer = small_tokenizer();
  std::vector<std::string> texts(400);
  std::vector<Ids> alone;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    Random random(i);
    texts[i] = random_prose(random);
    alone.push_back(tokenizer.pieces(texts[i]));
  }
  const std::size_t before = thread_count();
  set_thread_count(5);
  for (int turn = 0; turn < 20; ++turn) {
    std::vector<Ids> together(texts.size());
    parallel_for(texts.size(), 7, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) together[i] = tokenizer.pieces(texts[i]);
    });
    EXPECT_EQ(together, alone);
  }
  set_thread_count(before);
}

TEST(Tokenizer, RefusesSettingsThatNameNoToken) {
  TokenizerSettings settings;
  settings.last = "[END]";
  const auto made = Tokenizer::make(small_vocabulary, {}, settings);
  ASSERT_FALSE(made.has_value());
  EXPECT_NE(made.error().message.find("[END]"), std::string::npos);
}

std::string small_json(std::string_view normalizer, std::string_view model = "WordPiece") {
  return fmt::format(
      R"({{"added_tokens":[{{"id":2,"content":"[CLS]","special":true}}],
      "normalizer":{{"type":"{}","lowercase":false,"strip_accents":null}},
      "pre_tokenizer":{{"type":"BertPreTokenizer"}},
      "post_processor":{{"type":"BertProcessing","sep":["[SEP]",1],"cls":["[CLS]",2]}},
      "model":{{"type":"{}","unk_token":"[UNK]",
      "vocab":{{"[UNK]":0,"[SEP]":1,"[CLS]":2,"A":3,"\u00e9":4}}}}}})",
      normalizer, model);
}

TEST(TokenizerFiles, HonoursTheSettingsOfTokenizerJson) {
  const TemporaryFolder folder;
  folder.write("tokenizer.json", small_json("BertNormalizer"));
  const auto tokenizer = Tokenizer::open(folder.path());
  ASSERT_TRUE(tokenizer.has_value()) << tokenizer.error().message;
  EXPECT_EQ(tokenizer->ids("A a \u00e9[CLS]", 16), (Ids{2, 3, 0, 4, 2, 1}));
}

TEST(TokenizerFiles, NamesWhatIsNotSupported) {
  const TemporaryFolder folder;
  folder.write("tokenizer.json", small_json("NFKC"));
  const auto normalizer = Tokenizer::open(folder.path());
  ASSERT_FALSE(normalizer.has_value());
  EXPECT_NE(normalizer.error().message.find("normalizer NFKC"), std::string::npos);

  folder.write("tokenizer.json", small_json("BertNormalizer", "WordLevel"));
  const auto model = Tokenizer::open(folder.path());
  ASSERT_FALSE(model.has_value());
  EXPECT_NE(model.error().message.find("model WordLevel"), std::string::npos);
}

TEST(TokenizerFiles, ReadsAVocabularyOfLines) {
  const TemporaryFolder folder;
  folder.write("vocab.txt", "[PAD]\r\n[UNK]\n[CLS]\n[SEP]\nbeer\n##s");
  folder.write("tokenizer_config.json", R"({"do_lower_case": true, "cls_token": "[CLS]"})");
  const auto tokenizer = Tokenizer::open(folder.path());
  ASSERT_TRUE(tokenizer.has_value()) << tokenizer.error().message;
  EXPECT_EQ(tokenizer->ids("Beers[PAD]", 16), (Ids{2, 4, 5, 0, 3}));
}

TEST(TokenizerFiles, SurvivesDamagedFiles) {
  const TemporaryFolder folder;
  const std::string whole = small_json("BertNormalizer");
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::string damaged =
        whole.substr(0, random.below(4) == 0 ? random.below(whole.size()) : whole.size());
    for (std::uint64_t i = random.below(4); i > 0 && !damaged.empty(); --i) {
      damaged[random.below(damaged.size())] = static_cast<char>(random.below(256));
    }
    folder.write("tokenizer.json", damaged);
    const auto tokenizer = Tokenizer::open(folder.path());
    if (!tokenizer) continue;
    EXPECT_GE(tokenizer->ids("A [CLS] b", 8).size(), 2U);
  }
}

TEST(Tokenizer, GivesTheIdsOfHuggingFaceTokenizers) {
  const std::filesystem::path model = LIMN_SOURCE_DIR "/models/all-MiniLM-L6-v2";
  const std::filesystem::path expected =
      LIMN_SOURCE_DIR "/../shared/expected/wordpiece_expected.jsonl.gz";
  if (!std::filesystem::exists(model)) GTEST_SKIP() << "no model folder";
  if (!std::filesystem::exists(expected)) GTEST_SKIP() << "no expected ids";
  const auto tokenizer = Tokenizer::open(model);
  ASSERT_TRUE(tokenizer.has_value()) << tokenizer.error().message;

  std::string lines = output_of("gzip -dc '" + expected.string() + "'");
  std::size_t rows = 0;
  for (std::size_t end = 0, begin = 0; (end = lines.find('\n', begin)) != std::string::npos;
       begin = end + 1) {
    const auto row = parse_json(std::string_view(lines).substr(begin, end - begin), "expected");
    ASSERT_TRUE(row.has_value());
    Ids ids;
    for (const Json& id : row->at("ids").as_array()) {
      ids.push_back(static_cast<TokenId>(id.as_int64()));
    }
    const std::string text(row->at("t").as_string());
    EXPECT_EQ(tokenizer->ids(text, 256), ids) << "row " << rows << ": " << text.substr(0, 200);
    ++rows;
  }
  EXPECT_EQ(rows, 3000U);
}

}  // namespace
}  // namespace limn
