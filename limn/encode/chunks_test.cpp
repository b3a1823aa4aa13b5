#include "limn/encode/chunks.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "limn/core/random.h"
#include "limn/core/vector_ops.h"

namespace limn {
namespace {

// Words, and characters beyond ASCII, as tokens.
std::size_t count_tokens(std::string_view text) {
  std::size_t tokens = 0;
  bool inside = false;
  for (const char byte : text) {
    const bool ascii = static_cast<unsigned char>(byte) < 0x80;
    const bool word = ascii && byte != ' ' && byte != '\n';
    const bool lead = static_cast<unsigned char>(byte) >= 0xC0;
    tokens += (word && !inside) || lead ? 1 : 0;
    inside = word;
  }
  return tokens;
}

// Places a text on one of two axes by its first letter; reads the first 5 tokens.
class TwoLetters final : public Encoder {
 public:
  [[nodiscard]] std::string name() const override { return "letters"; }
  [[nodiscard]] std::uint64_t fingerprint() const override { return 1; }
  [[nodiscard]] std::size_t dim() const override { return 2; }
  [[nodiscard]] std::string precision() const override { return "fp32"; }
  [[nodiscard]] Result<Encoding> encode(std::span<const std::string> texts) const override {
    Encoding encoding{.embeddings = Matrix(texts.size(), 2)};
    for (std::size_t i = 0; i < texts.size(); ++i) {
      EXPECT_LE(count_tokens(texts[i]), 5U);
      encoding.tokens += count_tokens(texts[i]);
      if (!texts[i].empty())
        encoding.embeddings.row(i)[(texts[i].front() | 0x20) == 'a' ? 0 : 1] = 1;
    }
    return encoding;
  }
  [[nodiscard]] std::vector<Chunk> chunks(std::string_view text) const override {
    return chunks_of(text, 5, count_tokens);
  }
};

std::vector<std::string> pieces(std::string_view text, std::size_t limit) {
  std::vector<std::string> found;
  for (const Chunk& chunk : chunks_of(text, limit, count_tokens)) {
    found.emplace_back(piece(text, chunk.span));
  }
  return found;
}

TEST(Chunks, AreCutBetweenSentences) {
  EXPECT_EQ(pieces("It is light. It is dim. I like it a lot.", 6),
            (std::vector<std::string>{"It is light. It is dim.", "I like it a lot."}));
  EXPECT_EQ(pieces("It is light. It is dim.", 6),
            (std::vector<std::string>{"It is light. It is dim."}));
  EXPECT_EQ(pieces("", 6), (std::vector<std::string>{""}));
}

TEST(Chunks, OfALongSentenceAreCutBetweenWordsOrCharacters) {
  EXPECT_EQ(pieces("a b c d e f g h", 4), (std::vector<std::string>{"a b c d", " e f g h"}));
  EXPECT_EQ(pieces("\u4e00\u4e8c\u4e09\u56db", 2),
            (std::vector<std::string>{"\u4e00\u4e8c", "\u4e09\u56db"}));
}

TEST(Chunks, HoldEveryTokenAndNoMoreThanTheLimit) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::string text;
    for (std::size_t i = random.below(60); i > 0; --i) {
      const std::vector<std::string> parts{"word ", "Two words. ", "\u4f60\u597d", "\u3002",
                                           "\n",    "xx",          "! ",           "\xff\xfe"};
      text += parts[random.below(parts.size())];
    }
    const std::size_t limit = 1 + random.below(8);
    std::size_t end = 0;
    std::size_t tokens = 0;
    for (const Chunk& chunk : chunks_of(text, limit, count_tokens)) {
      EXPECT_GE(chunk.span.begin, end);
      EXPECT_LE(chunk.tokens, limit);
      EXPECT_EQ(chunk.tokens, count_tokens(piece(text, chunk.span)));
      end = chunk.span.end;
      tokens += chunk.tokens;
    }
    EXPECT_GE(tokens, count_tokens(text));  // a word that is cut counts twice
  }
}

TEST(ReadInChunks, WeighsEachChunkByItsTokens) {
  const auto encoder = read_in_chunks(std::make_unique<TwoLetters>());
  const std::vector<std::string> texts{"a b c d.", "a b c d. B b.", "", "B b b b. A a. A a. A a."};
  const Encoding encoding = encoder->encode(texts).value();
  EXPECT_EQ(encoding.long_texts, 2U);
  EXPECT_EQ(encoding.embeddings.row(0)[0], 1);
  EXPECT_NEAR(encoding.embeddings.row(1)[0] / encoding.embeddings.row(1)[1], 4.0 / 2.0, 1e-5);
  EXPECT_EQ(encoding.embeddings.row(2)[0], 0);
  EXPECT_NEAR(encoding.embeddings.row(3)[0] / encoding.embeddings.row(3)[1], 6.0 / 4.0, 1e-5);
  EXPECT_NEAR(l2_norm(encoding.embeddings.row(3)), 1, 1e-5);
  EXPECT_NE(encoder->fingerprint(), TwoLetters().fingerprint());
}

}  // namespace
}  // namespace limn
