// PreTokenizer: the steps that a tokenizer.json takes to split normalized text into words.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace limn {

// "WhitespaceSplit": words are what stands between white space.
struct WhitespaceStep {};

// "Metaspace": a space becomes a mark that begins a word.
struct MetaspaceStep {
  enum class Prepend { always, first, never };

  std::string mark = "\u2581";
  Prepend prepend = Prepend::always;  // whether a beginning without a mark gets one
  bool split = true;                  // before every mark
};

// "ByteLevel": each byte becomes a character that shows, as in GPT-2.
struct ByteLevelStep {
  bool add_prefix_space = false;
  bool split = true;  // by GPT-2's regular expression
};

using PreTokenizerStep = std::variant<WhitespaceStep, MetaspaceStep, ByteLevelStep>;
using PreTokenizer = std::vector<PreTokenizerStep>;

// The words of `text`. `at_start` says whether it begins what was given. Requires UTF-8.
[[nodiscard]] std::vector<std::string> pre_tokenize(const PreTokenizer& splitter,
                                                    std::string_view text, bool at_start);

}  // namespace limn
