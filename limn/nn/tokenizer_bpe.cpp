// Of all neighbours in a word the pair that was learned first is joined, again and again. A heap of
// the pairs, and a list of the symbols, make it O(length log length) for any word.
#include <queue>
#include <tuple>
#include <unordered_map>

#include "limn/core/utf8.h"
#include "limn/nn/tokenizer_parts.h"
#include "limn/nn/trie.h"
#include "limn/nn/word_cache.h"
#include "limn/nn/word_memo.h"

namespace limn {
namespace {

constexpr std::size_t none = SIZE_MAX;

// A token of a word that is being built, in a list.
struct Symbol {
  TokenId id = 0;
  std::size_t before = none;
  std::size_t after = none;
  bool joined = false;  // into the one before
};

struct Merge {
  std::size_t rank = 0;  // in the order of learning
  TokenId id = 0;        // of the token that the pair becomes
};

// A pair that may be joined, unless one of its symbols has changed since.
struct Candidate {
  std::size_t rank = 0;
  std::size_t at = 0;  // the first symbol
  TokenId id = 0;

  // The first learned, then the leftmost, is on top of a heap.
  bool operator<(const Candidate& other) const {
    return std::tie(rank, at) > std::tie(other.rank, other.at);
  }
};

std::uint64_t pair_key(TokenId left, TokenId right) {
  return static_cast<std::uint64_t>(left) << 32 | right;
}

class Bpe final : public TokenModel {
 public:
  Bpe(std::size_t size, PreTokenizer splitter) : tokens(size), splitter_(std::move(splitter)) {}

  void add_text(std::string_view text, bool at_start, std::size_t most,
                std::vector<TokenId>& ids) const override {
    PerThread<WordMemo>::Loan memo(memos_);
    for (const std::string& word : pre_tokenize(splitter_, text, at_start)) {
      if (ids.size() >= most) return;
      (*memo).add(word, ids,
                  [&](std::string_view fresh, std::vector<TokenId>& its) { add_word(fresh, its); });
    }
  }

  // Filled by make_bpe().
  Trie tokens;
  std::unordered_map<std::uint64_t, Merge> merges;
  TokenId unknown = Trie::no_word;
  bool fuse_unknown = false;
  bool ignore_merges = false;
  std::vector<TokenId> bytes;

 private:
  void add_word(std::string_view word, std::vector<TokenId>& ids) const {
    if (ignore_merges) {
      const std::uint32_t whole = tokens.word(word);
      if (whole != Trie::no_word) return ids.push_back(whole);
    }
    std::vector<Symbol> symbols = characters_of(word);
    join(symbols);
    for (const Symbol& symbol : symbols) {
      if (!symbol.joined) ids.push_back(symbol.id);
    }
  }

  [[nodiscard]] std::vector<Symbol> characters_of(std::string_view word) const {
    std::vector<Symbol> symbols;
    const auto add = [&](TokenId id) {
      const std::size_t last = symbols.size();
      if (last > 0) symbols[last - 1].after = last;
      symbols.push_back({id, last == 0 ? none : last - 1});
    };
    bool after_unknown = false;
    for (std::size_t at = 0; at < word.size();) {
      const std::string_view c = word.substr(at, code_point_at(word, at).bytes);
      at += c.size();
      const std::uint32_t id = tokens.word(c);
      const bool is_unknown = id == Trie::no_word && bytes.empty();
      if (id != Trie::no_word) {
        add(id);
      } else if (!bytes.empty()) {
        for (const char byte : c) add(bytes[static_cast<std::uint8_t>(byte)]);
      } else if (unknown != Trie::no_word && !(fuse_unknown && after_unknown)) {
        add(unknown);
      }
      after_unknown = is_unknown;
    }
    return symbols;
  }

  void join(std::vector<Symbol>& symbols) const {
    std::priority_queue<Candidate> heap;
    const auto offer = [&](std::size_t at) {
      if (at == none || symbols[at].after == none) return;
      const auto found = merges.find(pair_key(symbols[at].id, symbols[symbols[at].after].id));
      if (found != merges.end()) heap.push({found->second.rank, at, found->second.id});
    };
    for (std::size_t i = 0; i + 1 < symbols.size(); ++i) offer(i);
    while (!heap.empty()) {
      const Candidate best = heap.top();
      heap.pop();
      Symbol& left = symbols[best.at];
      if (left.joined || left.after == none) continue;
      Symbol& right = symbols[left.after];
      const auto found = merges.find(pair_key(left.id, right.id));
      if (found == merges.end() || found->second.id != best.id) continue;
      left.id = best.id;
      left.after = right.after;
      right.joined = true;
      if (left.after != none) symbols[left.after].before = best.at;
      offer(left.before);
      offer(best.at);
    }
  }

  PreTokenizer splitter_;
  mutable PerThread<WordMemo> memos_;
};

}  // namespace

Result<std::unique_ptr<const TokenModel>> make_bpe(const std::vector<std::string>& vocabulary,
                                                   BpeSettings settings, PreTokenizer splitter) {
  LIMN_TRY(const std::size_t size, vocabulary_bytes(vocabulary));
  auto model = std::make_unique<Bpe>(size, std::move(splitter));
  for (std::size_t id = 0; id < vocabulary.size(); ++id) {
    if (!vocabulary[id].empty()) model->tokens.add(vocabulary[id], static_cast<TokenId>(id));
  }
  for (std::size_t rank = 0; rank < settings.merges.size(); ++rank) {
    const auto& [left, right] = settings.merges[rank];
    const TokenId left_id = model->tokens.word(left);
    const TokenId right_id = model->tokens.word(right);
    const TokenId whole = model->tokens.word(left + right);
    if (left_id == Trie::no_word || right_id == Trie::no_word || whole == Trie::no_word) {
      return fail(ErrorCode::corrupt, "cannot make tokenizer: merge '{} {}': not in the vocabulary",
                  left, right);
    }
    model->merges.insert_or_assign(pair_key(left_id, right_id), Merge{rank, whole});
  }
  if (!settings.unknown.empty()) {
    LIMN_TRY(model->unknown, id_of(vocabulary, settings.unknown));
  }
  model->fuse_unknown = settings.fuse_unknown;
  model->ignore_merges = settings.ignore_merges;
  if (settings.byte_fallback) model->bytes = byte_tokens(vocabulary);
  return model;
}

}  // namespace limn
