#include "limn/encode/lsa_counts.h"

#include <algorithm>
#include <utility>

#include "limn/core/check.h"

namespace limn {
namespace {

// An entry holds an id above a count.
constexpr int count_bits = 12;
constexpr std::uint32_t most_count = (1U << count_bits) - 1;

}  // namespace

void PackedCounts::add(std::span<const std::uint32_t> ids, std::span<const std::uint32_t> counts) {
  LIMN_CHECK(ids.size() == counts.size() && (ids.empty() || ids.back() < most_terms));
  if (rows_ % block_rows == 0) blocks_.emplace_back();
  Block& block = blocks_.back();
  for (std::size_t i = 0; i < ids.size(); ++i) {
    block.entries.push_back(ids[i] << count_bits | std::min(counts[i], most_count));
  }
  block.sizes.push_back(static_cast<std::uint32_t>(ids.size()));
  ++rows_;
  // Nothing is added to a full block: what it took too much of goes back.
  if (rows_ % block_rows == 0) block.entries.shrink_to_fit();
}

std::size_t PackedCounts::bytes() const {
  std::size_t numbers = 0;
  for (const Block& block : blocks_) numbers += block.sizes.capacity() + block.entries.capacity();
  return numbers * sizeof(std::uint32_t);
}

SparseMatrix PackedCounts::block(std::size_t number, std::size_t cols) const {
  const Block& block = blocks_[number];
  std::vector<std::uint64_t> offsets{0};
  for (const std::uint32_t size : block.sizes) offsets.push_back(offsets.back() + size);
  std::vector<std::uint32_t> indices;
  std::vector<float> values;
  indices.reserve(block.entries.size());
  values.reserve(block.entries.size());
  for (const std::uint32_t entry : block.entries) {
    indices.push_back(entry >> count_bits);
    values.push_back(static_cast<float>(entry & most_count));
  }
  return SparseMatrix(std::move(offsets), std::move(indices), std::move(values), cols);
}

void PackedCounts::renumber(std::span<const std::uint32_t> new_ids) {
  for (Block& block : blocks_) {
    std::size_t read = 0;
    std::size_t kept = 0;
    for (std::uint32_t& size : block.sizes) {
      const std::size_t begin = kept;
      for (const std::size_t end = read + size; read < end; ++read) {
        const std::uint32_t entry = block.entries[read];
        const std::uint32_t id = new_ids[entry >> count_bits];
        if (id != dropped) block.entries[kept++] = id << count_bits | (entry & most_count);
      }
      std::sort(block.entries.begin() + static_cast<std::ptrdiff_t>(begin),
                block.entries.begin() + static_cast<std::ptrdiff_t>(kept));
      size = static_cast<std::uint32_t>(kept - begin);
    }
    block.entries.resize(kept);
    block.entries.shrink_to_fit();
  }
}

LsaCounts::LsaCounts(std::size_t most_terms) : most_terms_(most_terms) {
  LIMN_CHECK(2 <= most_terms && most_terms <= PackedCounts::most_terms);
}

void LsaCounts::add(std::span<const std::string> terms) {
  // A text of more different terms than all may be is counted as far as they reach.
  text_ids_.clear();
  if (ids_.size() + terms.size() > most_terms_) forget_rare();
  for (const std::string& term : terms) {
    const auto known = ids_.find(term);
    if (known == ids_.end() && ids_.size() == most_terms_) continue;
    const auto id = known != ids_.end()
                        ? known->second
                        : ids_.emplace(term, static_cast<std::uint32_t>(ids_.size())).first->second;
    if (id == frequencies_.size()) frequencies_.push_back(0);
    text_ids_.push_back(id);
  }
  std::sort(text_ids_.begin(), text_ids_.end());
  std::vector<std::uint32_t> counts;
  std::size_t distinct = 0;
  for (const std::uint32_t id : text_ids_) {
    if (distinct > 0 && text_ids_[distinct - 1] == id) {
      counts.back() += 1;
      continue;
    }
    text_ids_[distinct++] = id;
    counts.push_back(1);
    frequencies_[id] += 1;
  }
  counts_.add(std::span(text_ids_).first(distinct), counts);
}

void LsaCounts::forget_rare() {
  std::size_t left = ids_.size();
  std::uint32_t fewest = 0;  // texts of a term that is forgotten, at most
  while (left > most_terms_ / 2) {
    ++fewest;
    left = static_cast<std::size_t>(std::ranges::count_if(
        frequencies_, [&](std::uint32_t frequency) { return frequency > fewest; }));
  }
  std::vector<std::uint32_t> new_ids(frequencies_.size(), PackedCounts::dropped);
  std::vector<std::uint32_t> frequencies;
  for (std::size_t id = 0; id < frequencies_.size(); ++id) {
    if (frequencies_[id] <= fewest) continue;
    new_ids[id] = static_cast<std::uint32_t>(frequencies.size());
    frequencies.push_back(frequencies_[id]);
  }
  std::erase_if(ids_,
                [&](const auto& term) { return new_ids[term.second] == PackedCounts::dropped; });
  for (auto& [term, id] : ids_) id = new_ids[id];
  frequencies_ = std::move(frequencies);
  counts_.renumber(new_ids);
}

LsaCounts::Taken LsaCounts::take(const VocabularyOptions& options) {
  std::vector<const std::string*> terms(ids_.size());
  for (const auto& [term, id] : ids_) terms[id] = &term;
  const std::vector<std::uint32_t> kept =
      choose_terms(terms, frequencies_, std::max<std::size_t>(1, texts()), options);
  std::vector<std::string> kept_terms;
  std::vector<std::uint32_t> kept_frequencies;
  std::vector<std::uint32_t> new_ids(terms.size(), PackedCounts::dropped);
  for (const std::uint32_t id : kept) {
    new_ids[id] = static_cast<std::uint32_t>(kept_terms.size());
    kept_terms.push_back(*terms[id]);
    kept_frequencies.push_back(frequencies_[id]);
  }
  counts_.renumber(new_ids);
  Taken taken{Vocabulary(std::move(kept_terms), std::move(kept_frequencies), texts()),
              std::move(counts_)};
  *this = LsaCounts(most_terms_);
  return taken;
}

}  // namespace limn
