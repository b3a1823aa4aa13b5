// Names of topics: terms that say different things, in names that differ.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace limn {

struct WeightedTerm {
  std::uint32_t term = 0;  // column of the counts
  std::string text;
  float weight = 0;  // share of the best term's score, in (0, 1]

  friend bool operator==(const WeightedTerm&, const WeightedTerm&) = default;
};

// Whether two terms say a word twice, maybe in another form: "run" and "running", "pale ale" and
// "ales". Of Chinese, whether one is a part of the other. Without a dictionary this is a guess, and
// a wrong one only costs a label one of many words.
[[nodiscard]] bool repeats(std::string_view a, std::string_view b);

// Writes names that differ: in their first term while there is another, and else in some term.
class NameWriter {
 public:
  using Name = std::vector<std::string>;

  // Names of at most `words` terms. Requires words >= 1.
  explicit NameWriter(std::size_t words) : words_(words) {}

  // Takes a name that a topic has already; false where another has it, or it is empty.
  [[nodiscard]] bool keep(const Name& name);

  // The name of a topic with these terms, the most telling first; empty where there are none.
  [[nodiscard]] Name write(std::span<const WeightedTerm> terms);

 private:
  [[nodiscard]] std::size_t first_free_head(std::span<const WeightedTerm> terms) const;
  [[nodiscard]] bool is_taken(const Name& name) const;
  void take(const Name& name);

  std::size_t words_;
  std::unordered_set<std::string> heads_;
  std::set<std::set<std::string>> names_;
};

// "coffee, roast, beans".
[[nodiscard]] std::string joined(std::span<const std::string> name);

}  // namespace limn
