// WordPiece takes the longest token that begins a word, then the longest that goes on with it, and
// so on. The usual way tries every prefix, longest first; a trie finds the longest in one walk.
// Most words are tokens, and those one look into a hash table finds.
#include "limn/core/id_map.h"
#include "limn/nn/tokenizer_parts.h"
#include "limn/nn/trie.h"

namespace limn {
namespace {

class WordPiece final : public TokenModel {
 public:
  WordPiece(const std::vector<std::string>& vocabulary, const TokenizerSettings& settings,
            std::size_t bytes, TokenId unknown)
      : words_(settings.words),
        max_chars_per_word_(settings.max_chars_per_word),
        starts_(bytes),
        continuations_(bytes),
        unknown_(unknown) {
    const std::string_view prefix = settings.continuation;
    for (std::size_t id = 0; id < vocabulary.size(); ++id) {
      const std::string_view token = vocabulary[id];
      if (token.empty()) continue;
      starts_.add(token, static_cast<TokenId>(id));
      const std::uint32_t number = tokens_.add(token);
      if (number == token_ids_.size()) token_ids_.push_back(0);
      token_ids_[number] = static_cast<TokenId>(id);
      if (token.size() > prefix.size() && token.starts_with(prefix)) {
        continuations_.add(token.substr(prefix.size()), static_cast<TokenId>(id));
      }
    }
  }

  void add_text(std::string_view text, bool /*at_start*/, std::size_t most,
                std::vector<TokenId>& ids) const override {
    WordSplitter splitter(text, words_);
    while (ids.size() < most) {
      const auto word = splitter.next();
      if (!word) return;
      add_word(*word, ids);
    }
  }

 private:
  // Adds a word's tokens: its pieces, or the unknown token when it cannot be cut without a rest.
  void add_word(const WordSplitter::Word& word, std::vector<TokenId>& ids) const {
    const std::optional<std::uint32_t> whole = tokens_.find(word.text);
    if (whole && word.characters <= max_chars_per_word_) {
      ids.push_back(token_ids_[*whole]);
      return;
    }
    const std::size_t before = ids.size();
    std::string_view rest = word.text;
    if (word.characters <= max_chars_per_word_) {
      while (!rest.empty()) {
        const bool at_start = rest.size() == word.text.size();
        const Trie::Match match = (at_start ? starts_ : continuations_).longest(rest);
        if (match.id == Trie::no_word) break;
        ids.push_back(match.id);
        rest.remove_prefix(match.length);
      }
    }
    if (rest.empty()) return;
    ids.resize(before);
    ids.push_back(unknown_);
  }

  WordSettings words_;
  std::size_t max_chars_per_word_;
  IdMap tokens_;
  std::vector<TokenId> token_ids_;  // by number in tokens_
  Trie starts_;
  Trie continuations_;
  TokenId unknown_;
};

}  // namespace

Result<std::unique_ptr<const TokenModel>> make_wordpiece(const std::vector<std::string>& vocabulary,
                                                         const TokenizerSettings& settings) {
  LIMN_TRY(const std::size_t bytes, vocabulary_bytes(vocabulary));
  LIMN_TRY(const TokenId unknown, id_of(vocabulary, settings.unknown));
  return std::make_unique<const WordPiece>(vocabulary, settings, bytes, unknown);
}

}  // namespace limn
