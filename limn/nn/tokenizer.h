// Tokenizer: text to the token ids of a model, the same ids as Hugging Face's `tokenizers`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "limn/core/result.h"
#include "limn/nn/word_splitter.h"

namespace limn {

using TokenId = std::uint32_t;

// What BERT's tokenizer needs around its vocabulary.
struct TokenizerSettings {
  WordSettings words;
  std::size_t max_chars_per_word = 100;  // a longer word is unknown
  std::string unknown = "[UNK]";
  std::string continuation = "##";  // begins a token that goes on with a word
  std::string first = "[CLS]";      // put before and after every text
  std::string last = "[SEP]";
};

// A token whose text is looked for before anything else is done to the text.
struct SpecialToken {
  std::string text;
  TokenId id = 0;
  bool normalized = false;          // looked for in normalized text, and normalized itself
  bool takes_space_before = false;  // white space beside it belongs to it
  bool takes_space_after = false;
};

struct TokenizerParts;  // nn/tokenizer_parts.h: the models, and what stands around them

// WordPiece, as BERT uses it (Wu et al., 2016), byte-pair encoding and SentencePiece's unigram
// model, with the normalizers and splitters that the BERT family uses. May be used by many threads
// at once.
class Tokenizer {
 public:
  // From a folder's `tokenizer.json`, or BERT's `vocab.txt` and `tokenizer_config.json`.
  // Errors: not_found, corrupt; invalid_argument names a setting that is not supported.
  [[nodiscard]] static Result<Tokenizer> open(const std::filesystem::path& folder);

  // From the bytes of a `tokenizer.json`; errors name `source`.
  [[nodiscard]] static Result<Tokenizer> parse(std::string_view json,
                                               const std::filesystem::path& source);

  // WordPiece. `vocabulary[id]` is the token's text; an empty one is a hole.
  // Errors: corrupt when a token that the settings name is not among them.
  [[nodiscard]] static Result<Tokenizer> make(const std::vector<std::string>& vocabulary,
                                              std::vector<SpecialToken> special,
                                              TokenizerSettings settings);
  [[nodiscard]] static Result<Tokenizer> make(TokenizerParts parts);

  Tokenizer(Tokenizer&&) noexcept;
  Tokenizer& operator=(Tokenizer&&) noexcept;
  ~Tokenizer();

  // The ids of `text` between the first and the last token, where there are such, cut to
  // `max_length` in all. Bytes that are not UTF-8 count as U+FFFD. O(bytes), and no more than
  // max_length needs. Requires max_length >= 2.
  [[nodiscard]] std::vector<TokenId> ids(std::string_view text, std::size_t max_length) const;

  // The ids of all of `text` and of nothing else; or adds them to `ids`.
  [[nodiscard]] std::vector<TokenId> pieces(std::string_view text) const;
  void add_pieces(std::string_view text, std::vector<TokenId>& ids) const;

  // Ids are below this.
  [[nodiscard]] std::size_t vocabulary_size() const;

 private:
  struct State;
  explicit Tokenizer(std::unique_ptr<const State> state);

  std::unique_ptr<const State> state_;
};

}  // namespace limn
