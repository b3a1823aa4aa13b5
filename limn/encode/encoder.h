// Encoder: texts to embeddings; what lsa, static and bert have in common.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "limn/core/matrix.h"
#include "limn/core/result.h"

namespace limn {

struct Encoding {
  Matrix embeddings;       // (n, dim), L2-normalised rows
  std::size_t tokens = 0;  // read, over all texts
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

  // Embeddings of `texts`, in order; a text that says nothing gives a row of zeros. Any bytes are a
  // text. May be called from several threads. Errors: unavailable, where a backend fails.
  [[nodiscard]] virtual Result<Encoding> encode(std::span<const std::string> texts) const = 0;

 protected:
  Encoder(Encoder&&) = default;
  Encoder& operator=(Encoder&&) = default;
};

}  // namespace limn
