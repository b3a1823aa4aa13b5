// MinHash (Broder 1997): the share of hash functions under which two sets have the same smallest
// element estimates their Jaccard similarity. Signatures are cut into bands (Leskovec, Rajaraman
// and Ullman, Mining of Massive Datasets, 3.4): two texts meet where one whole band agrees, and
// only texts that meet are compared, on the sets themselves.
#include "limn/text/near_duplicates.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "limn/core/hash.h"
#include "limn/core/parallel.h"
#include "limn/core/sorted.h"
#include "limn/text/characters.h"
#include "limn/text/chinese.h"

namespace limn {
namespace {

// 16 bands of 4: texts with similarity s meet with 1 - (1 - s^4)^16, which is .9998 at .8 and .1 at
// .3.
constexpr std::size_t bands = 16;
constexpr std::size_t rows = 4;

// Texts that a new one is compared with, of those that it meets in one band. More share a band only
// where someone made them to; then the copies of the first ones are found.
constexpr std::size_t most_compared = 32;

using Shingles = std::vector<std::uint64_t>;  // hashes, ascending, each once
using Signature = std::array<std::uint64_t, bands>;

// The finaliser of SplitMix64 (Steele et al. 2014): every bit of the value moves every bit.
std::uint64_t mixed(std::uint64_t value) {
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
  return value ^ (value >> 31);
}

// Hashes of the words, each Chinese character a word.
std::vector<std::uint64_t> word_hashes(std::string_view text) {
  const std::string folded = to_lower(to_simplified(text));
  std::vector<std::uint64_t> hashes;
  std::size_t begin = 0;  // of the word that is being read
  std::size_t end = 0;
  const auto end_word = [&] {
    if (end > begin) hashes.push_back(hash64(std::string_view(folded).substr(begin, end - begin)));
  };
  for (std::size_t position = 0; position < folded.size();) {
    const std::size_t start = position;
    const char32_t code = next_code_point(folded, position);
    const bool han = is_han(code);
    if (!han && code != replacement_character && is_letter_or_digit(code)) {
      end = position;
      continue;
    }
    end_word();
    if (han) hashes.push_back(hash64(std::string_view(folded).substr(start, position - start)));
    begin = end = position;
  }
  end_word();
  return hashes;
}

Shingles shingles_of(std::string_view text, std::size_t size) {
  const std::vector<std::uint64_t> words = word_hashes(text);
  if (words.empty()) return {};
  const std::size_t used = std::clamp<std::size_t>(size, 1, words.size());
  Shingles shingles;
  shingles.reserve(words.size());
  for (std::size_t i = 0; i + used <= words.size(); ++i) {
    std::uint64_t hash = used;  // a text of two words is no part of one of three
    for (std::size_t w = i; w < i + used; ++w) hash = mixed(hash + words[w]);
    shingles.push_back(hash);
  }
  sort_unique(shingles);
  return shingles;
}

// Each band's smallest elements as one hash. Requires shingles.
Signature signature_of(const Shingles& shingles, std::uint64_t seed) {
  Signature signature{};
  for (std::size_t band = 0; band < bands; ++band) {
    for (std::size_t row = 0; row < rows; ++row) {
      const std::uint64_t function = mixed(seed + band * rows + row + 1);
      std::uint64_t smallest = UINT64_MAX;
      for (const std::uint64_t shingle : shingles) {
        smallest = std::min(smallest, mixed(shingle ^ function));
      }
      signature[band] = mixed(signature[band] + smallest);
    }
  }
  return signature;
}

double jaccard(const Shingles& a, const Shingles& b) {
  std::size_t shared = 0;
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    shared += a[i] == b[j] ? 1 : 0;
    const bool advance_both = a[i] == b[j];
    const bool advance_a = a[i] < b[j];
    if (advance_both || advance_a) ++i;
    if (advance_both || !advance_a) ++j;
  }
  return static_cast<double>(shared) / static_cast<double>(a.size() + b.size() - shared);
}

// The texts that are no copies, by the bands of their signatures.
class Originals {
 public:
  Originals(std::span<const std::string> texts, const NearDuplicateOptions& options)
      : texts_(texts), options_(options) {}

  // The original that text `i` is a copy of; else `i`, which is an original from now on.
  std::uint32_t find_or_add(std::uint32_t i, const Signature& signature) {
    std::vector<std::uint32_t> met;
    for (std::size_t band = 0; band < bands; ++band) {
      const auto found = buckets_[band].find(signature[band]);
      if (found != buckets_[band].end()) {
        met.insert(met.end(), found->second.begin(), found->second.end());
      }
    }
    sort_unique(met);
    const Shingles own = met.empty() ? Shingles() : shingles_of(texts_[i], options_.shingle);
    for (const std::uint32_t original : met) {
      const Shingles theirs = shingles_of(texts_[original], options_.shingle);
      if (jaccard(own, theirs) >= options_.similarity) return original;
    }
    for (std::size_t band = 0; band < bands; ++band) {
      auto& bucket = buckets_[band][signature[band]];
      if (bucket.size() < most_compared) bucket.push_back(i);
    }
    return i;
  }

 private:
  std::span<const std::string> texts_;
  const NearDuplicateOptions& options_;
  std::array<std::unordered_map<std::uint64_t, std::vector<std::uint32_t>>, bands> buckets_;
};

}  // namespace

std::vector<std::uint32_t> near_duplicates(std::span<const std::string> texts,
                                           const NearDuplicateOptions& options) {
  std::vector<Signature> signatures(texts.size());
  std::vector<std::uint8_t> says_something(texts.size());
  constexpr std::size_t grain = 64;
  parallel_for(texts.size(), grain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const Shingles shingles = shingles_of(texts[i], options.shingle);
      says_something[i] = shingles.empty() ? 0 : 1;
      if (!shingles.empty()) signatures[i] = signature_of(shingles, options.seed);
    }
  });

  std::vector<std::uint32_t> copy_of(texts.size());
  std::unordered_map<std::uint64_t, std::uint32_t> same_bytes;  // most copies are exact ones
  Originals originals(texts, options);
  for (std::uint32_t i = 0; i < texts.size(); ++i) {
    copy_of[i] = i;
    if (says_something[i] == 0) continue;
    const auto [known, fresh] = same_bytes.try_emplace(hash64(texts[i]), i);
    copy_of[i] = fresh ? originals.find_or_add(i, signatures[i]) : copy_of[known->second];
  }
  return copy_of;
}

}  // namespace limn
