// Topic words: a text as the words that a topic's name could be made of.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "limn/text/segmenter.h"

namespace limn {

struct TopicWord {
  std::string key;      // the same for all forms of a word: its stem; simplified Chinese
  std::string text;     // lower-cased
  bool small = true;    // written without a capital
  bool joined = false;  // follows the word before it with nothing but space or a hyphen between
};

struct TopicWordOptions {
  std::string lang = "auto";             // of the text
  std::string unknown_lang = "en";       // of what "auto" cannot tell
  const Segmenter* segmenter = nullptr;  // cuts Chinese
};

// The words of `text` in order, without stop words and what has no letter. Takes any bytes. May be
// called from several threads.
[[nodiscard]] std::vector<TopicWord> topic_words(std::string_view text,
                                                 const TopicWordOptions& options = {});

// Whether a word or phrase can name a topic by itself: two Chinese characters, or three letters of
// another script that are most of it, and more than a number or praise of anything.
[[nodiscard]] bool can_name(std::string_view word);

}  // namespace limn
