// Language: which one a text is written in, told by its script and its commonest words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "limn/text/span.h"

namespace limn {

// The ISO 639-1 code of the text's language: "en", "zh", "de", "ru" ...; "und" when it cannot be
// told (too short, too mixed, no words). Reads the first 4 KiB. May be called from several threads.
[[nodiscard]] std::string guess_language(std::string_view text);

// A part of a text in one language.
struct LanguageRun {
  Span span;
  std::string lang;

  friend bool operator==(const LanguageRun&, const LanguageRun&) = default;
};

// The text cut where one sentence is clearly of another language than the one before: at least one
// run, in order, covering every byte. A sentence that is short or cannot be told goes with the
// whole text. Takes any bytes. O(n). May be called from several threads.
[[nodiscard]] std::vector<LanguageRun> language_runs(std::string_view text);

}  // namespace limn
