// Vocabulary: the terms of a set of texts, numbered, and how often each text has them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "limn/core/sparse.h"

namespace limn {

struct VocabularyOptions {
  std::size_t min_df = 1;            // leave out terms of fewer texts than this
  double max_df = 1.0;               // leave out terms of more than this share of the texts
  std::size_t max_terms = SIZE_MAX;  // of the rest, keep those that most texts have
};

// Which of `terms`, each in so many of `texts` texts, to keep: their places, in the terms' byte
// order. Requires as many `frequencies`.
[[nodiscard]] std::vector<std::uint32_t> choose_terms(std::span<const std::string* const> terms,
                                                      std::span<const std::uint32_t> frequencies,
                                                      std::size_t texts,
                                                      const VocabularyOptions& options);

// Terms numbered from 0 in byte order, each with the number of texts that have it.
class Vocabulary {
 public:
  Vocabulary() = default;
  // Requires distinct terms in byte order, as many `frequencies`, each at most `texts`.
  Vocabulary(std::vector<std::string> terms, std::vector<std::uint32_t> frequencies,
             std::size_t texts);

  [[nodiscard]] std::size_t size() const { return terms_.size(); }
  [[nodiscard]] std::size_t texts() const { return texts_; }  // it was made from
  [[nodiscard]] std::optional<std::uint32_t> find(std::string_view term) const;
  // Require id < size().
  [[nodiscard]] const std::string& term(std::uint32_t id) const { return terms_[id]; }
  [[nodiscard]] std::uint32_t document_frequency(std::uint32_t id) const {
    return frequencies_[id];
  }

  // Copies have their own index, which points into their own terms.
  Vocabulary(const Vocabulary& other)
      : Vocabulary(other.terms_, other.frequencies_, other.texts_) {}
  Vocabulary& operator=(const Vocabulary& other) { return *this = Vocabulary(other); }
  Vocabulary(Vocabulary&&) noexcept = default;
  Vocabulary& operator=(Vocabulary&&) noexcept = default;
  ~Vocabulary() = default;

 private:
  void index();

  std::vector<std::string> terms_;
  std::vector<std::uint32_t> frequencies_;
  std::size_t texts_ = 0;
  std::unordered_map<std::string_view, std::uint32_t> ids_;
};

struct CountedTexts {
  Vocabulary vocabulary;
  SparseMatrix counts;  // (n, terms): how often each text has each term
};

// Counts terms text by text, so that no more than one text's terms need be in memory at a time.
class TermCounter {
 public:
  void add(std::span<const std::string> terms);

  // The vocabulary of all texts added, and their counts; leaves this empty. The same whatever the
  // order in which equal sets of texts were added, but for the rows.
  [[nodiscard]] CountedTexts take(const VocabularyOptions& options = {});

 private:
  std::unordered_map<std::string, std::uint32_t> ids_;
  std::vector<std::uint32_t> frequencies_;
  std::vector<std::uint64_t> offsets_{0};
  std::vector<std::uint32_t> indices_;
  std::vector<float> counts_;
};

// Counts the terms of one text that `vocabulary` has; the others are left out. (1, terms).
[[nodiscard]] SparseMatrix count_terms(std::span<const std::string> terms,
                                       const Vocabulary& vocabulary);

}  // namespace limn
