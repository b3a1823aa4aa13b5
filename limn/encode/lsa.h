// Latent semantic analysis: an encoder learned from the texts themselves, that needs no file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "limn/encode/encoder.h"

namespace limn {

struct LsaOptions {
  std::size_t dim = 128;           // less where the texts do not span as many directions
  std::size_t min_df = 2;          // texts that must have a term; 1 for fewer than 100 texts
  double max_df = 0.5;             // share of the texts that may have a term
  std::size_t max_terms = 50'000;  // kept: those that most texts have
  std::uint64_t seed = 1;
};

// Words (stems) and pairs of Chinese characters, weighted by TF-IDF and projected on
// the directions in which the texts differ most (Deerwester et al. 1990).
class LsaEncoder : public Encoder {
 public:
  // Learns from `texts`; none, or texts that say nothing, make an encoder that gives rows of zeros
  // (dim 1). Same texts, options and seed: same encoder, on any number of threads.
  [[nodiscard]] static LsaEncoder fit(std::span<const std::string> texts,
                                      const LsaOptions& options = {});

  // What `save` wrote. Errors: corrupt.
  [[nodiscard]] static Result<LsaEncoder> load(std::span<const std::byte> bytes);
  [[nodiscard]] std::string save() const;

  [[nodiscard]] std::string name() const override { return "lsa"; }
  [[nodiscard]] std::uint64_t fingerprint() const override;
  [[nodiscard]] std::size_t dim() const override;
  [[nodiscard]] std::string precision() const override { return "fp32"; }
  [[nodiscard]] Result<Encoding> encode(std::span<const std::string> texts) const override;

  LsaEncoder(LsaEncoder&&) noexcept;
  LsaEncoder& operator=(LsaEncoder&&) noexcept;
  ~LsaEncoder() override;

 private:
  struct Model;
  explicit LsaEncoder(std::unique_ptr<Model> model);

  std::unique_ptr<Model> model_;
};

}  // namespace limn
