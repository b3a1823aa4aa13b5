// Opinion: the words of a text that say for or against something, each with its sign.
//
// A lexicon, with what turns a word around: negation within reach, words that raise and lower,
// "but", "if", questions (after Taboada et al., 2011, and Hutto and Gilbert's VADER, 2014).
// opinion_model.h makes a judgement of the whole text from it, aspects.h one of each thing named.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "limn/text/span.h"

namespace limn {

// A word or phrase that carries an opinion.
struct OpinionWord {
  Span span;
  std::size_t clause = 0;  // its place among clauses
  float weight = 0;        // positive for, negative against; of "great" 2, "not great" -1.5

  friend bool operator==(const OpinionWord&, const OpinionWord&) = default;
};

// A name of something that people judge: "battery life".
struct AspectMention {
  Span span;
  std::size_t clause = 0;
  std::string_view name;  // "battery"; of AspectNames, which live for ever

  friend bool operator==(const AspectMention&, const AspectMention&) = default;
};

// A text as its opinions see it. All spans are bytes of the text.
struct OpinionReading {
  std::vector<Span> clauses;           // between marks, and around "but"
  std::vector<OpinionWord> words;      // in order
  std::vector<AspectMention> aspects;  // in order
  // What a model may learn from: words, "not_" before those within reach of a negation, pairs of
  // neighbours; of Chinese, characters and pairs of them. Hashes, ascending, each once.
  std::vector<std::uint64_t> features;
};

// Reads any bytes; tags of HTML are passed over. `with_features` false leaves those out. O(n), some
// 10 MB/s. May be called from several threads.
[[nodiscard]] OpinionReading read_opinion(std::string_view text, bool with_features = false);

// The sum of the words' weights within bytes `part`.
[[nodiscard]] float opinion_of(const OpinionReading& reading, Span part);

}  // namespace limn
