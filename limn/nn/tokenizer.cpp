// WordPiece takes the longest token that begins a word, then the longest that goes on with it, and
// so on. The usual way tries every prefix, longest first; a trie finds the longest in one walk. Its
// edges are one hash table, probed in turn: (node, byte) -> node.
#include "limn/nn/tokenizer.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "limn/core/check.h"

namespace limn {
namespace {

constexpr TokenId no_token = UINT32_MAX;

class Trie {
 public:
  // Room for words of `bytes` bytes in all.
  explicit Trie(std::size_t bytes)
      : edges_(std::bit_ceil(2 * bytes + 16)), mask_(edges_.size() - 1), tokens_(1, no_token) {}

  // Requires a total length of all words within the room.
  void add(std::string_view word, TokenId id) {
    std::uint32_t node = 0;
    for (const char c : word) {
      Edge& edge = find(key(node, c));
      if (edge.key == 0) {
        edge = {key(node, c), static_cast<std::uint32_t>(tokens_.size())};
        tokens_.push_back(no_token);
      }
      node = edge.node;
    }
    tokens_[node] = id;
  }

  struct Match {
    std::size_t length = 0;
    TokenId id = no_token;
  };

  // The longest word that `text` begins with.
  [[nodiscard]] Match longest(std::string_view text) const {
    Match match;
    std::uint32_t node = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const Edge& edge = find(key(node, text[i]));
      if (edge.key == 0) break;
      node = edge.node;
      if (tokens_[node] != no_token) match = {i + 1, tokens_[node]};
    }
    return match;
  }

 private:
  struct Edge {
    std::uint32_t key = 0;  // 0: none
    std::uint32_t node = 0;
  };

  // Of a node below 2^24 - 1; never 0.
  static std::uint32_t key(std::uint32_t node, char c) {
    return ((node << 8) | static_cast<std::uint8_t>(c)) + 1;
  }

  // The edge of this key, or the empty place where it belongs.
  [[nodiscard]] const Edge& find(std::uint32_t key) const {
    std::size_t place = (key * 0x9E3779B97F4A7C15) >> 32 & mask_;  // Fibonacci hashing
    while (edges_[place].key != key && edges_[place].key != 0) place = (place + 1) & mask_;
    return edges_[place];
  }
  Edge& find(std::uint32_t key) { return const_cast<Edge&>(std::as_const(*this).find(key)); }

  std::vector<Edge> edges_;
  std::size_t mask_;
  std::vector<TokenId> tokens_;  // by node
};

std::size_t total_bytes(const std::vector<std::string>& words) {
  std::size_t bytes = 0;
  for (const std::string& word : words) bytes += word.size();
  return bytes;
}

Result<TokenId> id_of(const std::vector<std::string>& vocabulary, std::string_view token) {
  const auto found = std::find(vocabulary.begin(), vocabulary.end(), token);
  if (token.empty() || found == vocabulary.end()) {
    return fail(ErrorCode::corrupt, "cannot make tokenizer: {}: not in the vocabulary", token);
  }
  return static_cast<TokenId>(found - vocabulary.begin());
}

}  // namespace

struct Tokenizer::State {
  State(const std::vector<std::string>& vocabulary, std::vector<SpecialToken> special_tokens,
        TokenizerSettings tokenizer_settings)
      : settings(std::move(tokenizer_settings)),
        starts(total_bytes(vocabulary)),
        continuations(total_bytes(vocabulary)),
        special(std::move(special_tokens)),
        size(vocabulary.size()) {
    const std::string_view prefix = settings.continuation;
    for (std::size_t id = 0; id < vocabulary.size(); ++id) {
      const std::string_view token = vocabulary[id];
      if (token.empty()) continue;
      starts.add(token, static_cast<TokenId>(id));
      if (token.size() > prefix.size() && token.starts_with(prefix)) {
        continuations.add(token.substr(prefix.size()), static_cast<TokenId>(id));
      }
    }
    // Of two that begin at one place the longer one counts.
    std::stable_sort(special.begin(), special.end(),
                     [](const auto& a, const auto& b) { return a.text.size() > b.text.size(); });
    for (const SpecialToken& token : special) {
      starts_special[static_cast<std::uint8_t>(token.text.front())] = true;
    }
  }

  // The next special token of `text` at or after `from`, and where it stands.
  [[nodiscard]] std::pair<const SpecialToken*, std::size_t> next_special(std::string_view text,
                                                                         std::size_t from) const {
    for (; from < text.size(); ++from) {
      if (!starts_special[static_cast<std::uint8_t>(text[from])]) continue;
      for (const SpecialToken& token : special) {
        if (text.substr(from).starts_with(token.text)) return {&token, from};
      }
    }
    return {nullptr, text.size()};
  }

  // Adds a word's tokens: its pieces, or the unknown token when it cannot be cut without a rest.
  void add_word(const WordSplitter::Word& word, std::vector<TokenId>& ids) const {
    const std::size_t before = ids.size();
    std::string_view rest = word.text;
    if (word.characters <= settings.max_chars_per_word) {
      while (!rest.empty()) {
        const bool at_start = rest.size() == word.text.size();
        const Trie::Match match = (at_start ? starts : continuations).longest(rest);
        if (match.id == no_token) break;
        ids.push_back(match.id);
        rest.remove_prefix(match.length);
      }
    }
    if (rest.empty()) return;
    ids.resize(before);
    ids.push_back(unknown);
  }

  // Adds the tokens of text without special tokens, until there are `most` ids.
  void add_text(std::string_view text, std::size_t most, std::vector<TokenId>& ids) const {
    WordSplitter splitter(text, settings.words);
    while (ids.size() < most) {
      const auto word = splitter.next();
      if (!word) return;
      add_word(*word, ids);
    }
  }

  TokenizerSettings settings;
  Trie starts;
  Trie continuations;
  std::vector<SpecialToken> special;       // longest first
  std::array<bool, 256> starts_special{};  // by first byte
  std::size_t size;
  TokenId unknown = 0;
  TokenId first = 0;
  TokenId last = 0;
};

Tokenizer::Tokenizer(std::unique_ptr<const State> state) : state_(std::move(state)) {}
Tokenizer::Tokenizer(Tokenizer&&) noexcept = default;
Tokenizer& Tokenizer::operator=(Tokenizer&&) noexcept = default;
Tokenizer::~Tokenizer() = default;

Result<Tokenizer> Tokenizer::make(const std::vector<std::string>& vocabulary,
                                  std::vector<SpecialToken> special, TokenizerSettings settings) {
  // Keeps the nodes of a trie below 2^24; BERT's vocabulary has 0.2 million bytes.
  constexpr std::size_t most_bytes = 1 << 23;
  if (total_bytes(vocabulary) > most_bytes) {
    return fail(ErrorCode::corrupt, "cannot make tokenizer: the vocabulary is too large");
  }
  for (const SpecialToken& token : special) {
    if (token.text.empty() || token.id >= vocabulary.size()) {
      return fail(ErrorCode::corrupt, "cannot make tokenizer: special token {} '{}' is not valid",
                  token.id, token.text);
    }
  }
  LIMN_TRY(const TokenId unknown, id_of(vocabulary, settings.unknown));
  LIMN_TRY(const TokenId first, id_of(vocabulary, settings.first));
  LIMN_TRY(const TokenId last, id_of(vocabulary, settings.last));
  auto state = std::make_unique<State>(vocabulary, std::move(special), std::move(settings));
  state->unknown = unknown;
  state->first = first;
  state->last = last;
  return Tokenizer(std::move(state));
}

std::vector<TokenId> Tokenizer::ids(std::string_view text, std::size_t max_length) const {
  LIMN_CHECK(max_length >= 2);
  const std::size_t most = max_length - 1;  // leaves room for the last token
  std::vector<TokenId> ids{state_->first};
  std::size_t position = 0;
  while (position < text.size() && ids.size() < most) {
    const auto [special, at] = state_->next_special(text, position);
    state_->add_text(text.substr(position, at - position), most, ids);
    if (special == nullptr) break;
    ids.push_back(special->id);
    position = at + special->text.size();
  }
  if (ids.size() > most) ids.resize(most);
  ids.push_back(state_->last);
  return ids;
}

std::size_t Tokenizer::vocabulary_size() const {
  return state_->size;
}

}  // namespace limn
