// Tokenizer: text to the token ids of a BERT model, the same ids as Hugging Face's `tokenizers`.
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

// What a tokenizer.json says around its vocabulary.
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
};

// WordPiece, as BERT uses it (Wu et al., 2016). May be used by many threads at once.
class Tokenizer {
 public:
  // From a folder's `tokenizer.json`, or its `vocab.txt` and `tokenizer_config.json`.
  // Errors: not_found, corrupt; invalid_argument names a setting that is not supported.
  [[nodiscard]] static Result<Tokenizer> open(const std::filesystem::path& folder);

  // `vocabulary[id]` is the token's text; an empty one is a hole.
  // Errors: corrupt when a token that the settings name is not among them.
  [[nodiscard]] static Result<Tokenizer> make(const std::vector<std::string>& vocabulary,
                                              std::vector<SpecialToken> special,
                                              TokenizerSettings settings);

  Tokenizer(Tokenizer&&) noexcept;
  Tokenizer& operator=(Tokenizer&&) noexcept;
  ~Tokenizer();

  // The ids of `text` between the first and the last token, cut to `max_length` in all.
  // Bytes that are not UTF-8 count as U+FFFD. O(bytes), and no more than max_length needs.
  // Requires max_length >= 2.
  [[nodiscard]] std::vector<TokenId> ids(std::string_view text, std::size_t max_length) const;

  // Ids are below this.
  [[nodiscard]] std::size_t vocabulary_size() const;

 private:
  struct State;
  explicit Tokenizer(std::unique_ptr<const State> state);

  std::unique_ptr<const State> state_;
};

}  // namespace limn
