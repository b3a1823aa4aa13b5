// Collocations: neighbouring words that stand together more often than chance would have it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace limn {

// What stands between two words that no phrase may reach across: a stop word, a full stop.
inline constexpr std::uint32_t phrase_break = UINT32_MAX;

struct CollocationOptions {
  std::size_t min_count = 5;       // texts that have the words side by side
  double min_log_likelihood = 15;  // Dunning's G-squared; 10.8 is p = .001 for one pair, and
                                   // thousands of pairs are looked at
  double min_npmi = 0.3;           // normalised pointwise mutual information, -1 to 1
};

struct Collocation {
  std::vector<std::uint32_t> words;  // two or three, as they follow each other
  std::size_t count = 0;             // texts that have them
  double log_likelihood = 0;
  double npmi = 0;

  friend bool operator==(const Collocation&, const Collocation&) = default;
};

// Pairs and triples of neighbouring words in `texts` (each the numbers of its words, in order) that
// are collocations, by their words. A triple is one whose first two words and whose last two are
// pairs, and whose last word follows the pair before it more often than chance.
//
// Both tests must hold: the likelihood ratio (Dunning, 1993) asks whether there is evidence, and
// finds it for any frequent pair; NPMI (Bouma, 2009) asks whether the words belong to each other,
// and is fooled by rare ones. Costs O(words) time and memory. Any thread.
[[nodiscard]] std::vector<Collocation> find_collocations(
    std::span<const std::vector<std::uint32_t>> texts, const CollocationOptions& options = {});

}  // namespace limn
