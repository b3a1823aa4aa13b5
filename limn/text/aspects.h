// Aspects: what a text says of each thing that it names: the battery lasts, the screen is dim.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "limn/text/opinion.h"

namespace limn {

struct AspectOpinion {
  std::string name;     // "battery": of opinions/aspects.txt, or a noun of the text in lower case
  double polarity = 0;  // -1 against to 1 for
  Span clause;          // of the text: the clause that says so most strongly

  friend bool operator==(const AspectOpinion&, const AspectOpinion&) = default;
};

// The aspects that `text` judges, in order of their first mention, each once.
//
// A word of opinion speaks of the aspect that is nearest in its clause, the one before it first; in
// a clause that names none, of the one just before, or of the noun in "the <noun> is". Takes any
// bytes. Costs as read_opinion().
[[nodiscard]] std::vector<AspectOpinion> aspects(std::string_view text);
[[nodiscard]] std::vector<AspectOpinion> aspects(std::string_view text,
                                                 const OpinionReading& reading);

}  // namespace limn
