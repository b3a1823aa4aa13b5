#include "limn/cluster/collocations.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "limn/core/sorted.h"

namespace limn {
namespace {

// Two words as one number.
std::uint64_t pair_key(std::uint32_t first, std::uint32_t second) {
  return static_cast<std::uint64_t>(first) << 32 | second;
}
std::uint32_t first_of(std::uint64_t pair) {
  return static_cast<std::uint32_t>(pair >> 32);
}
std::uint32_t second_of(std::uint64_t pair) {
  return static_cast<std::uint32_t>(pair);
}

// In how many texts each word stands, and each pair. A text counts once: one that says a thing ten
// times is no evidence that people say it.
struct PairCounts {
  std::size_t all = 0;  // words, each once a text: the places where a pair could begin
  std::unordered_map<std::uint32_t, std::size_t> words;
  std::unordered_map<std::uint64_t, std::size_t> pairs;
};

template <typename Key>
void count_distinct(std::vector<Key>& keys, std::unordered_map<Key, std::size_t>& counts) {
  sort_unique(keys);
  for (const Key key : keys) ++counts[key];
}

PairCounts count_pairs(std::span<const std::vector<std::uint32_t>> texts) {
  PairCounts counts;
  for (const std::vector<std::uint32_t>& text : texts) {
    std::vector<std::uint32_t> words;
    std::vector<std::uint64_t> pairs;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == phrase_break) continue;
      words.push_back(text[i]);
      if (i + 1 < text.size() && text[i + 1] != phrase_break)
        pairs.push_back(pair_key(text[i], text[i + 1]));
    }
    count_distinct(words, counts.words);
    counts.all += words.size();
    count_distinct(pairs, counts.pairs);
  }
  return counts;
}

// How two things keep company: both, each, and all the places there are.
struct Company {
  double both = 0;
  double first = 0;
  double second = 0;
  double all = 0;
};

// Twice the sum of observed x log(observed / expected) over the four cells.
double log_likelihood_ratio(const Company& company) {
  const double neither = company.all - company.first - company.second + company.both;
  const auto cell = [&](double observed, double row, double column) {
    return observed > 0 ? observed * std::log(observed * company.all / (row * column)) : 0;
  };
  const double not_first = company.all - company.first;
  const double not_second = company.all - company.second;
  return 2 * (cell(company.both, company.first, company.second) +
              cell(company.first - company.both, company.first, not_second) +
              cell(company.second - company.both, not_first, company.second) +
              cell(neither, not_first, not_second));
}

double npmi_of(const Company& company) {
  if (company.both >= company.all) return 1;  // in every text together
  const double pmi = std::log(company.both * company.all / (company.first * company.second));
  return pmi / -std::log(company.both / company.all);
}

// Fills in the two measures; whether they hold.
bool judge(Collocation& collocation, const Company& company, const CollocationOptions& options) {
  if (collocation.count < options.min_count) return false;
  collocation.log_likelihood = log_likelihood_ratio(company);
  collocation.npmi = npmi_of(company);
  // The ratio is high as well where two words avoid each other; NPMI is negative there.
  return collocation.npmi >= options.min_npmi &&
         collocation.log_likelihood >= options.min_log_likelihood;
}

using PairSet = std::unordered_set<std::uint64_t>;

// In how many texts each three words stand of which both pairs are in `pairs`.
std::map<std::vector<std::uint32_t>, std::size_t> count_triples(
    std::span<const std::vector<std::uint32_t>> texts, const PairSet& pairs) {
  std::map<std::vector<std::uint32_t>, std::size_t> counts;
  for (const std::vector<std::uint32_t>& text : texts) {
    std::vector<std::vector<std::uint32_t>> found;
    for (std::size_t i = 0; i + 2 < text.size(); ++i) {
      if (text[i] == text[i + 2]) continue;
      if (pairs.contains(pair_key(text[i], text[i + 1])) &&
          pairs.contains(pair_key(text[i + 1], text[i + 2])))
        found.push_back({text[i], text[i + 1], text[i + 2]});
    }
    sort_unique(found);
    for (auto& triple : found) ++counts[std::move(triple)];
  }
  return counts;
}

}  // namespace

std::vector<Collocation> find_collocations(std::span<const std::vector<std::uint32_t>> texts,
                                           const CollocationOptions& options) {
  const PairCounts counts = count_pairs(texts);
  const auto all = static_cast<double>(counts.all);
  const auto count_of = [](const auto& map, auto key) {
    const auto found = map.find(key);
    return found == map.end() ? 0.0 : static_cast<double>(found->second);
  };

  std::vector<Collocation> found;
  PairSet pairs;
  for (const auto& [pair, count] : counts.pairs) {
    if (first_of(pair) == second_of(pair)) continue;  // "very very"
    Collocation collocation{{first_of(pair), second_of(pair)}, count, 0, 0};
    const Company company{static_cast<double>(count), count_of(counts.words, first_of(pair)),
                          count_of(counts.words, second_of(pair)), all};
    if (!judge(collocation, company, options)) continue;
    pairs.insert(pair);
    found.push_back(std::move(collocation));
  }
  for (const auto& [words, count] : count_triples(texts, pairs)) {
    Collocation collocation{words, count, 0, 0};
    const Company company{static_cast<double>(count),
                          count_of(counts.pairs, pair_key(words[0], words[1])),
                          count_of(counts.words, words[2]), all};
    if (judge(collocation, company, options)) found.push_back(std::move(collocation));
  }
  std::ranges::sort(found, {}, &Collocation::words);
  return found;
}

}  // namespace limn
