// Encoder: texts to embeddings; what lsa, static and bert have in common.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "limn/core/matrix.h"
#include "limn/core/result.h"
#include "limn/text/span.h"

namespace limn {

struct Encoding {
  Matrix embeddings;           // (n, dim), L2-normalised rows
  std::size_t tokens = 0;      // read, over all texts
  std::size_t long_texts = 0;  // longer than the encoder reads at a time: cut, or read in chunks
};

// A part of a text that an encoder reads at a time.
struct Chunk {
  Span span;
  std::size_t tokens = 0;  // of the text, without those that the encoder adds
};

class Encoder {
 public:
  Encoder() = default;
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;
  virtual ~Encoder() = default;

  // "lsa", "bert:all-MiniLM-L6-v2".
  [[nodiscard]] virtual std::string name() const = 0;

  // Differs between two encoders whose embeddings do not share one space: a generation refuses to
  // mix them.
  [[nodiscard]] virtual std::uint64_t fingerprint() const = 0;

  [[nodiscard]] virtual std::size_t dim() const = 0;

  // "fp32", "bf16" or "int8".
  [[nodiscard]] virtual std::string precision() const = 0;

  // What its scales were made of, where it was calibrated on texts: the same encoder is made with
  // it later, without them. Empty for others.
  [[nodiscard]] virtual std::string calibration() const { return {}; }

  // Embeddings of `texts`, in order; a text that says nothing gives a row of zeros. Any bytes are a
  // text. May be called from several threads. Errors: unavailable, where a backend fails.
  [[nodiscard]] virtual Result<Encoding> encode(std::span<const std::string> texts) const = 0;

  // Parts of `text` that encode() does not cut; the whole, where the encoder knows no limit.
  [[nodiscard]] virtual std::vector<Chunk> chunks(std::string_view text) const {
    return {{{0, text.size()}, 1}};
  }

 protected:
  Encoder(Encoder&&) = default;
  Encoder& operator=(Encoder&&) = default;
};

}  // namespace limn
