// Words: a text's words, lower-cased and stemmed as asked; Chinese too.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "limn/text/segmenter.h"
#include "limn/text/span.h"

namespace limn {

struct WordOptions {
  std::string lang = "auto";             // or an ISO 639-1 code: "en", "zh", "de" ...
  std::string unknown_lang = "und";      // what "auto" takes a text for that it cannot tell
  bool stem = false;                     // by the language's Snowball stemmer, where it has one
  bool stop_words = false;               // leave them out
  bool keep_case = false;                // else lower-cased
  bool simplified = false;               // traditional Chinese as simplified, so that both match
  const Segmenter* segmenter = nullptr;  // for Chinese; without one, ICU's dictionary
};

// The words of `text`, in order: letters and digits, without punctuation, symbols and emoji.
//
// With "auto" each sentence is read in its own language where that is clear, else in the text's. In
// English a clitic goes with its apostrophe ("it's" is "it", "don't" is "do"). Chinese words are
// cut wherever they stand; in a Chinese text the other words count as English. Takes any bytes.
// O(n): above 10 MB/s of English with stems. May be called from several threads.
[[nodiscard]] std::vector<std::string> words(std::string_view text,
                                             const WordOptions& options = {});

// Whether a text has a word that is no stop word and no number: "very good!!" in a review says
// something, "..." and "it is 5" do not. Takes any bytes. Cheap: a long text does.
[[nodiscard]] bool says_something(std::string_view text);

// Where words stand in `text`, before clitics go. As `words` otherwise.
[[nodiscard]] std::vector<Span> word_spans(std::string_view text,
                                           const Segmenter* segmenter = nullptr);

// Every two neighbouring Chinese characters of `text`; a lone one by itself. Nothing but Chinese.
// For Chinese they tell topics apart better than words do.
[[nodiscard]] std::vector<std::string> han_bigrams(std::string_view text);

}  // namespace limn
