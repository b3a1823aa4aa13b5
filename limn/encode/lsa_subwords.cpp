#include "limn/encode/lsa_subwords.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "limn/core/hash.h"
#include "limn/core/utf8.h"
#include "limn/core/vector_ops.h"
#include "limn/text/characters.h"

namespace limn {
namespace {

constexpr std::size_t shortest = 3;
constexpr std::size_t longest = 5;
constexpr std::size_t most_subwords = std::size_t{1} << 16;

bool begins_with_han(std::string_view term) {
  return !term.empty() && is_han(code_point_at(term, 0).code);
}

}  // namespace

std::string marked(std::string_view term) {
  return begins_with_han(term) ? std::string(term) : "<" + std::string(term) + ">";
}

std::vector<std::string_view> subwords(std::string_view marked_term) {
  std::vector<std::size_t> places;  // of the characters, and the end
  for (std::size_t at = 0; at < marked_term.size(); at += code_point_at(marked_term, at).bytes) {
    places.push_back(at);
  }
  places.push_back(marked_term.size());
  const std::size_t characters = places.size() - 1;
  const bool han = begins_with_han(marked_term);
  std::vector<std::string_view> parts;
  for (std::size_t length = han ? 1 : shortest; length <= (han ? 1 : longest); ++length) {
    for (std::size_t first = 0; first + length <= characters; ++first) {
      parts.push_back(marked_term.substr(places[first], places[first + length] - places[first]));
    }
  }
  return parts;
}

LsaSubwords::LsaSubwords(const Vocabulary& vocabulary, const Matrix& vectors) {
  const auto for_each = [&](const auto& found) {
    for (std::uint32_t id = 0; id < vocabulary.size(); ++id) {
      const std::string term = marked(vocabulary.term(id));
      for (const std::string_view part : subwords(term)) found(id, hash64(part));
    }
  };
  for_each([&](std::uint32_t, std::uint64_t hash) { ++rows_[hash]; });

  // Those that most terms have; of as many, by their hash.
  std::vector<std::pair<std::uint32_t, std::uint64_t>> counts;
  counts.reserve(rows_.size());
  for (const auto& [hash, count] : rows_) counts.emplace_back(count, hash);
  std::ranges::sort(counts, std::greater<>());
  counts.resize(std::min(counts.size(), most_subwords));
  rows_.clear();
  for (const auto& [count, hash] : counts) {
    rows_.emplace(hash, static_cast<std::uint32_t>(rows_.size()));
  }

  means_ = Matrix(counts.size(), vectors.cols());
  for_each([&](std::uint32_t id, std::uint64_t hash) {
    const auto found = rows_.find(hash);
    if (found == rows_.end()) return;
    const float share = 1.0F / static_cast<float>(counts[found->second].first);
    add_scaled(means_.row(found->second), share, vectors.row(id));
  });
}

void LsaSubwords::add(std::string_view term, float weight, std::span<float> sum) const {
  const std::string whole = marked(term);
  const std::vector<std::string_view> parts = subwords(whole);
  const float share = weight / static_cast<float>(std::max<std::size_t>(1, parts.size()));
  for (const std::string_view part : parts) {
    const auto found = rows_.find(hash64(part));
    if (found != rows_.end()) add_scaled(sum, share, means_.row(found->second));
  }
}

}  // namespace limn
