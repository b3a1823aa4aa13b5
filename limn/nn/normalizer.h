// Normalizer: the steps that a tokenizer.json takes before text is split, one after the other.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "limn/nn/charsmap.h"
#include "limn/nn/word_splitter.h"

namespace limn {

// "Replace": every `from` becomes `to`; `runs` of two and more count as one.
struct ReplaceStep {
  std::string from;
  std::string to;
  bool runs = false;
};

// "Strip": white space at the ends goes.
struct StripStep {
  bool left = true;
  bool right = true;
};

// "Prepend": text that is not empty gets a beginning.
struct PrependStep {
  std::string text;
};

// WordSettings are a "BertNormalizer", and alone in lowercase a "Lowercase".
using NormalizerStep = std::variant<WordSettings, Charsmap, ReplaceStep, StripStep, PrependStep>;
using Normalizer = std::vector<NormalizerStep>;

// Requires UTF-8.
[[nodiscard]] std::string normalize_text(const Normalizer& normalizer, std::string_view text);

}  // namespace limn
