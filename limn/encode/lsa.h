// Latent semantic analysis: an encoder learned from the texts themselves, that needs no file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "limn/encode/encoder.h"
#include "limn/encode/lsa_counts.h"

namespace limn {

struct LsaOptions {
  std::size_t dim = 128;           // less where the texts do not span as many directions
  std::size_t min_df = 2;          // texts that must have a term; 1 for fewer than 100 texts
  double max_df = 0.5;             // share of the texts that may have a term
  std::size_t max_terms = 50'000;  // kept: those that most texts have
  std::uint64_t seed = 1;
};

// Words (stems) and pairs of Chinese characters, weighted by TF-IDF: a text is the sum of its
// terms' vectors, which stand in the directions in which the texts of the fit differ most
// (Deerwester et al. 1990). A word that no text of the fit had is read by the words that look like
// it.
class LsaEncoder : public Encoder {
 public:
  // Learns from `texts`; none, or texts that say nothing, make an encoder that gives rows of zeros
  // (dim 1). Same texts, options and seed: same encoder, on any number of threads.
  [[nodiscard]] static LsaEncoder fit(std::span<const std::string> texts,
                                      const LsaOptions& options = {});

  // What `save` wrote. Errors: corrupt.
  [[nodiscard]] static Result<LsaEncoder> load(std::span<const std::byte> bytes);
  [[nodiscard]] std::string save() const;

  [[nodiscard]] std::size_t fitted_texts() const;
  // Whether the fit was made with these options.
  [[nodiscard]] bool fitted_with(const LsaOptions& options) const;

  [[nodiscard]] std::string name() const override { return "lsa"; }
  [[nodiscard]] std::uint64_t fingerprint() const override;
  [[nodiscard]] std::size_t dim() const override;
  [[nodiscard]] std::string precision() const override { return "fp32"; }
  [[nodiscard]] Result<Encoding> encode(std::span<const std::string> texts) const override;

  LsaEncoder(LsaEncoder&&) noexcept;
  LsaEncoder& operator=(LsaEncoder&&) noexcept;
  ~LsaEncoder() override;

 private:
  friend class LsaFitter;
  struct Model;
  explicit LsaEncoder(std::unique_ptr<Model> model);

  std::unique_ptr<Model> model_;
};

// LsaEncoder::fit() for texts that no memory need hold. What it holds itself does not grow with
// them, but for four bytes a different term of each text (lsa_counts.h).
class LsaFitter {
 public:
  explicit LsaFitter(const LsaOptions& options = {}) : options_(options) {}

  void add(std::span<const std::string> texts);

  // Learns from all texts added, and leaves this empty. How they were divided does not matter.
  [[nodiscard]] LsaEncoder fit();

 private:
  LsaOptions options_;
  LsaCounts counts_;
};

}  // namespace limn
