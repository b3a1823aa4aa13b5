// The opinion of a whole text: how likely its writer is to rate well.
//
// The lexicon alone gives a first answer. Rated texts improve it: a logistic model on words,
// negated words and pairs of words, and of Chinese on characters and pairs of them, whose prior is
// the lexicon: where nothing was learned, the lexicon's answer stands.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "limn/core/result.h"
#include "limn/text/opinion.h"

namespace limn {

// A text whose writer said with stars, or otherwise, whether it is for or against.
struct RatedText {
  std::string_view text;
  bool liked = false;
};

struct OpinionFitOptions {
  double ridge = 0;  // pull of a learned weight towards 0, of a log loss summed over texts; 0: the
                     // best of 1, 4, 16 and 64 on every fourth text
  int epochs = 8;    // passes over the texts
  std::uint64_t seed = 1;
};

class OpinionModel {
 public:
  // The lexicon alone.
  OpinionModel() = default;

  // Learned from rated texts; from fewer than 50 of either kind nothing is learned. O(epochs x
  // features); single-threaded, the same bytes each time.
  [[nodiscard]] static OpinionModel fit(std::span<const RatedText> texts,
                                        const OpinionFitOptions& options = {});

  // The probability that the writer is for it: .5 where nothing says so.
  [[nodiscard]] double positive(const OpinionReading& reading) const;
  [[nodiscard]] double positive(std::string_view text) const;

  [[nodiscard]] bool learned() const { return !hashes_.empty(); }

  // Bytes for load(); empty for the lexicon alone.
  [[nodiscard]] std::string save() const;
  // Errors: corrupt.
  [[nodiscard]] static Result<OpinionModel> load(std::span<const std::byte> bytes);

 private:
  double lexicon_weight_ = default_lexicon_weight;
  double bias_ = 0;
  std::vector<std::uint64_t> hashes_;  // of features, ascending
  std::vector<float> weights_;

  static constexpr double default_lexicon_weight = 1.2;
};

// How well a model tells liked texts from disliked ones.
struct OpinionFit {
  OpinionModel model;           // learned from all texts
  std::size_t texts = 0;        // rated ones
  std::size_t tested = 0;       // of them held back, to measure with
  double accuracy = 0;          // there, of a model of the rest
  double lexicon_accuracy = 0;  // there, of the lexicon alone
  double majority = 0;          // there, of always saying what most say
};

// Fits, and measures on every fifth text, held back. Where the learned model is no better there
// than the lexicon, the lexicon is what `model` is.
[[nodiscard]] OpinionFit fit_opinion(std::span<const RatedText> texts,
                                     const OpinionFitOptions& options = {});

}  // namespace limn
