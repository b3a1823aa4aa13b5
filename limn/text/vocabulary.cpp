#include "limn/text/vocabulary.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "limn/core/check.h"

namespace limn {

Vocabulary::Vocabulary(std::vector<std::string> terms, std::vector<std::uint32_t> frequencies,
                       std::size_t texts)
    : terms_(std::move(terms)), frequencies_(std::move(frequencies)), texts_(texts) {
  LIMN_CHECK(terms_.size() == frequencies_.size());
  index();
}

void Vocabulary::index() {
  ids_.clear();
  ids_.reserve(terms_.size());
  for (std::size_t id = 0; id < terms_.size(); ++id) {
    LIMN_CHECK(id == 0 || terms_[id - 1] < terms_[id]);
    ids_.emplace(terms_[id], static_cast<std::uint32_t>(id));
  }
}

std::optional<std::uint32_t> Vocabulary::find(std::string_view term) const {
  const auto found = ids_.find(term);
  if (found == ids_.end()) return std::nullopt;
  return found->second;
}

namespace {

// The distinct ids of one text and how often each occurs, ids ascending.
struct Counted {
  std::uint32_t id;
  float count;
};

std::vector<Counted> count_ids(std::vector<std::uint32_t> ids) {
  std::sort(ids.begin(), ids.end());
  std::vector<Counted> counted;
  for (const std::uint32_t id : ids) {
    if (counted.empty() || counted.back().id != id) counted.push_back({id, 0});
    counted.back().count += 1;
  }
  return counted;
}

}  // namespace

std::vector<std::uint32_t> choose_terms(std::span<const std::string* const> terms,
                                        std::span<const std::uint32_t> frequencies,
                                        std::size_t texts, const VocabularyOptions& options) {
  std::vector<std::uint32_t> kept;
  for (std::uint32_t id = 0; id < terms.size(); ++id) {
    const double share = static_cast<double>(frequencies[id]) / static_cast<double>(texts);
    if (frequencies[id] >= options.min_df && share <= options.max_df) kept.push_back(id);
  }
  if (kept.size() > options.max_terms) {
    std::sort(kept.begin(), kept.end(), [&](std::uint32_t a, std::uint32_t b) {
      return frequencies[a] != frequencies[b] ? frequencies[a] > frequencies[b]
                                              : *terms[a] < *terms[b];
    });
    kept.resize(options.max_terms);
  }
  std::sort(kept.begin(), kept.end(),
            [&](std::uint32_t a, std::uint32_t b) { return *terms[a] < *terms[b]; });
  return kept;
}

void TermCounter::add(std::span<const std::string> terms) {
  std::vector<std::uint32_t> ids;
  ids.reserve(terms.size());
  for (const std::string& term : terms) {
    const auto [entry, fresh] = ids_.try_emplace(term, static_cast<std::uint32_t>(ids_.size()));
    if (fresh) frequencies_.push_back(0);
    ids.push_back(entry->second);
  }
  for (const Counted& counted : count_ids(std::move(ids))) {
    frequencies_[counted.id] += 1;
    indices_.push_back(counted.id);
    counts_.push_back(counted.count);
  }
  offsets_.push_back(indices_.size());
}

CountedTexts TermCounter::take(const VocabularyOptions& options) {
  constexpr std::uint32_t dropped = UINT32_MAX;
  const std::size_t texts = offsets_.size() - 1;
  std::vector<const std::string*> terms(ids_.size());
  for (const auto& [term, id] : ids_) terms[id] = &term;
  const std::vector<std::uint32_t> kept = choose_terms(terms, frequencies_, texts, options);

  std::vector<std::string> kept_terms;
  std::vector<std::uint32_t> kept_frequencies;
  std::vector<std::uint32_t> new_ids(terms.size(), dropped);
  for (const std::uint32_t id : kept) {
    new_ids[id] = static_cast<std::uint32_t>(kept_terms.size());
    kept_terms.push_back(*terms[id]);
    kept_frequencies.push_back(frequencies_[id]);
  }

  std::vector<std::uint64_t> offsets{0};
  std::vector<std::uint32_t> indices;
  std::vector<float> counts;
  std::vector<Counted> row;
  for (std::size_t i = 0; i < texts; ++i) {
    row.clear();
    for (std::uint64_t e = offsets_[i]; e < offsets_[i + 1]; ++e) {
      const std::uint32_t id = new_ids[indices_[e]];
      if (id != dropped) row.push_back({id, counts_[e]});
    }
    std::sort(row.begin(), row.end(),
              [](const Counted& a, const Counted& b) { return a.id < b.id; });
    for (const Counted& counted : row) {
      indices.push_back(counted.id);
      counts.push_back(counted.count);
    }
    offsets.push_back(indices.size());
  }
  CountedTexts result{
      Vocabulary(std::move(kept_terms), std::move(kept_frequencies), texts),
      SparseMatrix(std::move(offsets), std::move(indices), std::move(counts), kept.size())};
  *this = TermCounter();
  return result;
}

SparseMatrix count_terms(std::span<const std::string> terms, const Vocabulary& vocabulary) {
  std::vector<std::uint32_t> ids;
  for (const std::string& term : terms) {
    if (const auto id = vocabulary.find(term)) ids.push_back(*id);
  }
  std::vector<std::uint32_t> indices;
  std::vector<float> counts;
  for (const Counted& counted : count_ids(std::move(ids))) {
    indices.push_back(counted.id);
    counts.push_back(counted.count);
  }
  const std::uint64_t size = indices.size();
  return SparseMatrix({0, size}, std::move(indices), std::move(counts), vocabulary.size());
}

}  // namespace limn
