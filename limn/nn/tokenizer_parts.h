// What a Tokenizer is made of, and the models that cut text; inside nn only.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "limn/core/result.h"
#include "limn/nn/normalizer.h"
#include "limn/nn/pre_tokenizer.h"
#include "limn/nn/tokenizer.h"

namespace limn {

// Cuts text into tokens of its vocabulary. May be used by many threads at once.
class TokenModel {
 public:
  TokenModel() = default;
  TokenModel(const TokenModel&) = delete;
  TokenModel& operator=(const TokenModel&) = delete;
  virtual ~TokenModel() = default;

  // Adds the ids of normalized text without added tokens, until there are `most` or more.
  // `at_start` says whether the text begins what was given.
  virtual void add_text(std::string_view text, bool at_start, std::size_t most,
                        std::vector<TokenId>& ids) const = 0;
};

struct TokenizerParts {
  std::vector<SpecialToken> added;
  Normalizer normalizer;
  std::unique_ptr<const TokenModel> model;
  bool model_reads_any_bytes = false;  // else bytes that are not UTF-8 are replaced before
  std::vector<TokenId> before;         // stand before every text, and after it:
  std::vector<TokenId> after;          // two at most together
  std::size_t size = 0;                // of the vocabulary
};

// Errors of all: corrupt, where the vocabulary does not hold what the settings name. Texts of the
// vocabulary that are empty are holes.

[[nodiscard]] Result<std::unique_ptr<const TokenModel>> make_wordpiece(
    const std::vector<std::string>& vocabulary, const TokenizerSettings& settings);

struct BpeSettings {
  // Pairs of tokens that become one, in the order in which they were learned.
  std::vector<std::pair<std::string, std::string>> merges;
  std::string unknown;         // stands for a character without a token; empty: such are dropped
  bool fuse_unknown = false;   // several in a row are one
  bool byte_fallback = false;  // such a character becomes the tokens of its bytes, "<0x0A>"
  bool ignore_merges = false;  // a word that is a token is not built up
};

// Byte-pair encoding (Sennrich et al., 2016), on bytes where the pre-tokenizer maps them to
// characters, as GPT-2's does.
[[nodiscard]] Result<std::unique_ptr<const TokenModel>> make_bpe(
    const std::vector<std::string>& vocabulary, BpeSettings settings, PreTokenizer splitter);

struct UnigramSettings {
  std::vector<double> scores;  // log probabilities, by id; tokens after them have none
  TokenId unknown = 0;
  bool byte_fallback = false;
};

// SentencePiece's unigram model (Kudo, 2018): the tokens of the greatest probability.
[[nodiscard]] Result<std::unique_ptr<const TokenModel>> make_unigram(
    const std::vector<std::string>& vocabulary, const UnigramSettings& settings,
    PreTokenizer splitter);

// The id of a token.
[[nodiscard]] Result<TokenId> id_of(const std::vector<std::string>& vocabulary,
                                    std::string_view token);

// All bytes of a vocabulary; more than a Trie holds are an error.
[[nodiscard]] Result<std::size_t> vocabulary_bytes(const std::vector<std::string>& vocabulary);

// The tokens "<0x00>" to "<0xFF>", if all of them are there; else none.
[[nodiscard]] std::vector<TokenId> byte_tokens(const std::vector<std::string>& vocabulary);

}  // namespace limn
