// LsaCounts: how often texts have terms, counted as the texts go by.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "limn/core/sparse.h"
#include "limn/text/vocabulary.h"

namespace limn {

// Counts of the terms of texts, four bytes a term that a text has.
class PackedCounts {
 public:
  static constexpr std::size_t most_terms = std::size_t{1} << 20;
  static constexpr std::size_t block_rows = 16 * 1024;

  // Adds a text. Requires ids that ascend, below most_terms. A count of more than 4,095 is that.
  void add(std::span<const std::uint32_t> ids, std::span<const std::uint32_t> counts);

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t blocks() const { return blocks_.size(); }
  [[nodiscard]] std::size_t bytes() const;

  // The counts of up to block_rows texts, in order: (texts, cols). Requires ids below `cols`.
  [[nodiscard]] SparseMatrix block(std::size_t number, std::size_t cols) const;

  // Each id becomes new_ids[id]; those that become `dropped` go.
  static constexpr std::uint32_t dropped = UINT32_MAX;
  void renumber(std::span<const std::uint32_t> new_ids);

 private:
  struct Block {
    std::vector<std::uint32_t> sizes;    // of the rows
    std::vector<std::uint32_t> entries;  // id and count, row by row
  };

  std::vector<Block> blocks_;
  std::size_t rows_ = 0;
};

// Counts terms text by text. What it holds does not grow with the texts, but for their counts: once
// there are `most_terms` different terms, those that the fewest texts have are forgotten until half
// are left (lossy counting: Manku and Motwani, 2002). A term that comes back is counted from there
// on, so one that few texts have may be counted as one of fewer.
class LsaCounts {
 public:
  // Requires 2 <= most_terms <= PackedCounts::most_terms.
  explicit LsaCounts(std::size_t most_terms = PackedCounts::most_terms);

  void add(std::span<const std::string> terms);

  [[nodiscard]] std::size_t texts() const { return counts_.rows(); }
  [[nodiscard]] std::size_t terms() const { return ids_.size(); }

  // The vocabulary of all texts and their counts of it; leaves this empty.
  struct Taken {
    Vocabulary vocabulary;
    PackedCounts counts;
  };
  [[nodiscard]] Taken take(const VocabularyOptions& options);

 private:
  void forget_rare();

  std::size_t most_terms_;
  std::unordered_map<std::string, std::uint32_t> ids_;
  std::vector<std::uint32_t> frequencies_;  // by id
  PackedCounts counts_;
  std::vector<std::uint32_t> text_ids_;  // of one text; kept for its memory
};

}  // namespace limn
