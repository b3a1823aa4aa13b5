// LsaSubwords: vectors of words that no text of a fit had, from the words that look like them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "limn/core/matrix.h"
#include "limn/text/vocabulary.h"

namespace limn {

// The parts that tell what a term is about: of a word between two marks each three to five
// neighbouring characters, of a Chinese term each character. Requires UTF-8.
[[nodiscard]] std::vector<std::string_view> subwords(std::string_view marked_term);

// `term` as subwords() reads it: a word between its marks, a Chinese term as it is.
[[nodiscard]] std::string marked(std::string_view term);

// A subword's vector is the mean of the known terms that have it (fastText: Bojanowski et al.,
// 2017, learns them; here they follow from the terms: Zhao, Mudgal and Liang, 2018). A word's is
// the mean of its subwords': short where they say nothing, or nothing in common, so that what is
// hardly known hardly counts.
class LsaSubwords {
 public:
  // `vectors` (terms, dim) by term. Knows the 65,536 subwords that most terms have, by their hash:
  // dim * 4 + 32 bytes each, and some 100 ms for 50,000 terms.
  LsaSubwords(const Vocabulary& vocabulary, const Matrix& vectors);

  // Adds `weight` times the vector of `term` to `sum` (dim).
  void add(std::string_view term, float weight, std::span<float> sum) const;

 private:
  std::unordered_map<std::uint64_t, std::uint32_t> rows_;  // by hash of the subword
  Matrix means_;                                           // (rows, dim)
};

}  // namespace limn
