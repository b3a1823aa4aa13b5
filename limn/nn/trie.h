// Trie: finds the words of a vocabulary that a text begins with, in one walk.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace limn {

// The edges are one hash table, probed in turn: (node, byte) -> node.
class Trie {
 public:
  static constexpr std::uint32_t no_word = UINT32_MAX;

  // The most bytes of all words together: keeps the nodes below 2^24.
  static constexpr std::size_t most_bytes = 1 << 23;

  // Room for words of `bytes` bytes in all. Requires bytes <= most_bytes.
  explicit Trie(std::size_t bytes)
      : edges_(std::bit_ceil(2 * bytes + 16)), mask_(edges_.size() - 1), words_(1, no_word) {}

  // Of two equal words the later one counts. Requires a total length within the room.
  void add(std::string_view word, std::uint32_t id) {
    std::uint32_t node = 0;
    for (const char c : word) {
      Edge& edge = find(key(node, c));
      if (edge.key == 0) {
        edge = {key(node, c), static_cast<std::uint32_t>(words_.size())};
        words_.push_back(no_word);
      }
      node = edge.node;
    }
    words_[node] = id;
  }

  // Calls `found(length, id)` for each word that `text` begins with, shortest first.
  template <typename Found>
  void for_each_prefix(std::string_view text, Found found) const {
    std::uint32_t node = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const Edge& edge = find(key(node, text[i]));
      if (edge.key == 0) return;
      node = edge.node;
      if (words_[node] != no_word) found(i + 1, words_[node]);
    }
  }

  struct Match {
    std::size_t length = 0;
    std::uint32_t id = no_word;
  };

  // The longest word that `text` begins with.
  [[nodiscard]] Match longest(std::string_view text) const {
    Match match;
    for_each_prefix(text, [&](std::size_t length, std::uint32_t id) { match = {length, id}; });
    return match;
  }

  // The word that `text` is; no_word when it is none.
  [[nodiscard]] std::uint32_t word(std::string_view text) const {
    const Match match = longest(text);
    return match.length == text.size() ? match.id : no_word;
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
  std::vector<std::uint32_t> words_;  // by node
};

}  // namespace limn
