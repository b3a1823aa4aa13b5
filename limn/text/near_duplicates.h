// Near-duplicates: texts that are an earlier one, but for a few words.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace limn {

struct NearDuplicateOptions {
  double similarity = 0.8;  // of two texts' sets of shingles (Jaccard), at least
  std::size_t shingle = 3;  // neighbouring words, or Chinese characters, that make one
  std::uint64_t seed = 1;
};

// (n): of each text the first one that it is a copy of; its own place where it is none. Words are
// compared without case, punctuation and the difference of traditional and simplified Chinese;
// texts without a word are copies of nothing. Of fewer words than a shingle has, only equal ones
// are.
//
// A copy is looked for among the texts that share a part of its MinHash signature, and then
// compared on all its shingles: what is found is right; two in 10,000 of those at the limit are
// missed. About 12 MB/s on one thread; any number of threads gives the same.
[[nodiscard]] std::vector<std::uint32_t> near_duplicates(std::span<const std::string> texts,
                                                         const NearDuplicateOptions& options = {});

}  // namespace limn
