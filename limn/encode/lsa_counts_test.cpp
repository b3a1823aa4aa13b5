#include "limn/encode/lsa_counts.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "limn/core/random.h"

namespace limn {
namespace {

using Strings = std::vector<std::string>;

// Terms of which few are in most texts (Zipf's law).
std::vector<Strings> random_texts(std::size_t n, std::size_t terms, std::uint64_t seed) {
  Random random(seed);
  std::vector<Strings> texts(n);
  for (Strings& text : texts) {
    for (std::uint64_t i = random.below(30); i > 0; --i) {
      const double number = std::pow(static_cast<double>(terms), random.uniform());
      text.push_back("t" + std::to_string(static_cast<int>(number)));
    }
  }
  return texts;
}

LsaCounts count(const std::vector<Strings>& texts, std::size_t most_terms) {
  LsaCounts counts(most_terms);
  for (const Strings& text : texts) counts.add(text);
  return counts;
}

TEST(LsaCounts, AreThoseOfTheTermsThatAreKept) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    const auto texts = random_texts(200, 300, seed);
    const auto [vocabulary, counts] = count(texts, PackedCounts::most_terms).take({.min_df = 3});
    std::map<std::string, std::uint32_t> frequencies;
    for (const Strings& text : texts) {
      for (const std::string& term : std::set<std::string>(text.begin(), text.end())) {
        frequencies[term] += 1;
      }
    }
    std::erase_if(frequencies, [](const auto& term) { return term.second < 3; });
    ASSERT_EQ(vocabulary.size(), frequencies.size());
    for (const auto& [term, frequency] : frequencies) {
      EXPECT_EQ(vocabulary.document_frequency(vocabulary.find(term).value()), frequency);
    }
    const SparseMatrix rows = counts.block(0, vocabulary.size());
    ASSERT_EQ(rows.rows(), texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const SparseRow row = rows.row(i);
      EXPECT_TRUE(std::ranges::is_sorted(row.cols));
      std::size_t kept = 0;
      for (const std::string& term : std::set<std::string>(texts[i].begin(), texts[i].end())) {
        kept += frequencies.contains(term) ? 1 : 0;
      }
      ASSERT_EQ(row.size(), kept);
      for (std::size_t e = 0; e < row.size(); ++e) {
        EXPECT_EQ(row.values[e], std::ranges::count(texts[i], vocabulary.term(row.cols[e])));
      }
    }
  }
}

TEST(LsaCounts, HoldNoMoreTermsThanTheyMayAndKeepTheFrequentOnes) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    constexpr std::size_t most_terms = 100;
    const auto texts = random_texts(2000, 5000, seed);
    LsaCounts counts(most_terms);
    for (const Strings& text : texts) {
      counts.add(text);
      EXPECT_LE(counts.terms(), most_terms);
    }
    const auto [vocabulary, packed] = counts.take({});
    const auto [whole, all] = count(texts, PackedCounts::most_terms).take({.max_terms = 10});
    for (std::uint32_t id = 0; id < whole.size(); ++id) {
      const auto found = vocabulary.find(whole.term(id));
      ASSERT_TRUE(found) << whole.term(id);
      EXPECT_LE(vocabulary.document_frequency(*found), whole.document_frequency(id));
      EXPECT_GE(vocabulary.document_frequency(*found), 0.9 * whole.document_frequency(id));
    }
    // What is counted of a term is what the rows hold of it.
    std::vector<std::uint32_t> met(vocabulary.size(), 0);
    const SparseMatrix rows = packed.block(0, vocabulary.size());
    for (const std::uint32_t id : rows.view().indices()) ++met[id];
    for (std::uint32_t id = 0; id < met.size(); ++id) {
      EXPECT_EQ(met[id], vocabulary.document_frequency(id));
    }
  }
}

TEST(LsaCounts, AreFourBytesATermOfEachText) {
  PackedCounts counts;
  const std::vector<std::uint32_t> ids{1, 5, 9};
  const std::vector<std::uint32_t> ones{1, 2, 5000};
  for (std::size_t i = 0; i < 2 * PackedCounts::block_rows + 1; ++i) counts.add(ids, ones);
  EXPECT_EQ(counts.blocks(), 3U);
  EXPECT_LT(counts.bytes(), 1.3 * 4 * 4 * static_cast<double>(counts.rows()));
  const SparseMatrix last = counts.block(2, 10);
  ASSERT_EQ(last.rows(), 1U);
  EXPECT_EQ(last.row(0).values[1], 2);
  EXPECT_EQ(last.row(0).values[2], 4095);
}

TEST(LsaCounts, OfNothingAreNothing) {
  LsaCounts counts;
  EXPECT_EQ(counts.take({}).vocabulary.size(), 0U);
  counts.add({});
  const auto [vocabulary, rows] = counts.take({});
  EXPECT_EQ(vocabulary.size(), 0U);
  EXPECT_EQ(vocabulary.texts(), 1U);
  EXPECT_EQ(rows.block(0, 0).rows(), 1U);
  EXPECT_EQ(counts.texts(), 0U);
}

TEST(LsaCounts, SurviveATextOfMoreTermsThanTheyHold) {
  LsaCounts counts(4);
  counts.add(Strings{"a", "b", "c", "d", "e", "f", "a"});
  counts.add(Strings{"g", "h", "i"});
  EXPECT_LE(counts.terms(), 4U);
  EXPECT_EQ(counts.texts(), 2U);
}

}  // namespace
}  // namespace limn
