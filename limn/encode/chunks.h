// Chunks: a text that is longer than an encoder reads at a time, read in pieces and in full.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "limn/encode/encoder.h"

namespace limn {

// Cuts `text` between sentences into as few pieces as hold no more than `limit` tokens each, as
// `count` counts them; a sentence of more is cut between words, and where it has none between
// characters. The pieces cover all but white space. Requires limit >= 1 and that a character counts
// no more. O(n log n) tokens are counted.
[[nodiscard]] std::vector<Chunk> chunks_of(
    std::string_view text, std::size_t limit,
    const std::function<std::size_t(std::string_view)>& count);

// An encoder that reads the chunks of each text by `inner` and takes their mean, weighted by their
// tokens. A text of one chunk has the embedding that `inner` gives it.
[[nodiscard]] std::unique_ptr<Encoder> read_in_chunks(std::unique_ptr<Encoder> inner);

// The fingerprint that read_in_chunks() gives to an encoder that has `inner`.
[[nodiscard]] std::uint64_t chunked_fingerprint(std::uint64_t inner);

}  // namespace limn
