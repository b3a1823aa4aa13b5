// WordPiece takes the longest token that begins a word, then the longest that goes on with it, and
// so on. The usual way tries every prefix, longest first; a trie finds the longest in one walk.
// Most words are tokens, and those one look into a hash table finds.
//
// Most text is plain ASCII, and most words have been met before. A plain word of at most sixteen
// bytes is one register, which is lowered, looked up and answered without a branch that depends on
// the word. Whatever else there is goes through the WordSplitter, from divider to divider.
#include <algorithm>
#include <cstring>

#include <emmintrin.h>

#include "limn/core/id_map.h"
#include "limn/nn/ascii_words.h"
#include "limn/nn/tokenizer_parts.h"
#include "limn/nn/trie.h"
#include "limn/nn/word_cache.h"
#include "limn/nn/word_memo.h"

namespace limn {
namespace {

constexpr std::size_t register_bytes = 16;

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
    PerThread<Memory>::Loan loan(memories_);
    Memory& memory = *loan;
    while (!text.empty() && ids.size() < most) {
      // A token is hardly longer than this, so what is too much for `most` is not read.
      constexpr std::size_t token_bytes = 8;
      constexpr std::size_t least = 256;
      const std::size_t wanted =
          std::max(least, token_bytes * std::min(most - ids.size(), text.size()));
      const std::size_t window = AsciiWords::window(text, std::min(wanted, AsciiWords::most_bytes));
      if (window > 0) {
        add_window(text.substr(0, window), text.size() - window, memory, ids);
        text.remove_prefix(window);
      } else {
        const std::size_t end = AsciiWords::next_divider(text, 0);
        add_split(text.substr(0, end), most, ids);
        text.remove_prefix(end);
      }
    }
  }

 private:
  struct Memory {
    AsciiWords words;
    WordCache cache;
    WordMemo others;           // words that are not plain
    std::vector<TokenId> cut;  // the tokens of one word
  };

  // Adds what the splitter finds, until there are `most` or more.
  void add_split(std::string_view text, std::size_t most, std::vector<TokenId>& ids) const {
    WordSplitter splitter(text, words_);
    while (ids.size() < most) {
      const auto word = splitter.next();
      if (!word) return;
      add_word(*word, ids);
    }
  }

  // Adds the tokens of a whole window. `after` bytes may be read behind it.
  void add_window(std::string_view window, std::size_t after, Memory& memory,
                  std::vector<TokenId>& ids) const {
    AsciiWords& words = memory.words;
    words.find(window);
    std::size_t used = ids.size();
    const auto make_room = [&](std::size_t count) {
      if (ids.size() < used + count) ids.resize(used + count + 2 * words.size());
    };
    for (std::size_t w = 0; w < words.size(); ++w) {
      const AsciiWord word = words[w];
      const std::size_t length = word.end - word.begin;
      make_room(WordCache::most_ids);
      if (length <= register_bytes && words.is_plain(word)) {
        const WordKey key =
            key_of(window.data() + word.begin, length, window.size() - word.begin + after);
        if (const WordCache::Entry* entry = memory.cache.find(key)) {
          std::memcpy(&ids[used], entry->ids, sizeof(entry->ids));
          used += entry->count;
          continue;
        }
        cut_plain(key, length, memory.cut);
        memory.cache.put(key, memory.cut);
      } else {
        memory.cut.clear();
        memory.others.add(window.substr(word.begin, length), memory.cut,
                          [&](std::string_view fresh, std::vector<TokenId>& its) {
                            add_split(fresh, SIZE_MAX, its);
                          });
      }
      make_room(memory.cut.size());
      std::ranges::copy(memory.cut, ids.begin() + static_cast<std::ptrdiff_t>(used));
      used += memory.cut.size();
    }
    ids.resize(used);
  }

  // Cuts a word of `length` bytes into `cut`.
  void cut_plain(const WordKey& key, std::size_t length, std::vector<TokenId>& cut) const {
    char bytes[register_bytes];
    std::memcpy(bytes, &key.front, sizeof(key.front));
    std::memcpy(bytes + sizeof(key.front), &key.back, sizeof(key.back));
    cut.clear();
    add_word({std::string_view(bytes, length), length}, cut);
  }

  // The bytes of a plain word, in lower case where that is asked. `readable` bytes can be read.
  [[nodiscard]] WordKey key_of(const char* word, std::size_t length, std::size_t readable) const {
    __m128i bytes;
    if (readable >= register_bytes) {
      bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(word));
    } else {
      char padded[register_bytes] = {};
      std::memcpy(padded, word, length);
      bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(padded));
    }
    alignas(16) static constexpr char ones[2 * register_bytes + 1] =
        "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF";
    bytes = _mm_and_si128(
        bytes, _mm_loadu_si128(reinterpret_cast<const __m128i*>(ones + register_bytes - length)));
    const __m128i upper = _mm_and_si128(_mm_cmpgt_epi8(bytes, _mm_set1_epi8('A' - 1)),
                                        _mm_cmplt_epi8(bytes, _mm_set1_epi8('Z' + 1)));
    bytes = _mm_or_si128(bytes, _mm_and_si128(upper, _mm_set1_epi8(words_.lowercase ? 0x20 : 0)));
    std::uint64_t halves[2];
    std::memcpy(halves, &bytes, sizeof(bytes));
    return {halves[0], halves[1]};
  }

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
  mutable PerThread<Memory> memories_;
};

}  // namespace

Result<std::unique_ptr<const TokenModel>> make_wordpiece(const std::vector<std::string>& vocabulary,
                                                         const TokenizerSettings& settings) {
  LIMN_TRY(const std::size_t bytes, vocabulary_bytes(vocabulary));
  LIMN_TRY(const TokenId unknown, id_of(vocabulary, settings.unknown));
  return std::make_unique<const WordPiece>(vocabulary, settings, bytes, unknown);
}

}  // namespace limn
