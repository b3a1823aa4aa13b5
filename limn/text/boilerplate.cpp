#include "limn/text/boilerplate.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>
#include <unordered_map>

#include "limn/core/hash.h"
#include "limn/text/characters.h"
#include "limn/text/sentences.h"

namespace limn {
namespace {

// Sentences of a greeting or a signature, at most: what is looked at from either end.
constexpr std::size_t edge = 4;

// A sentence by its letters and digits alone: "Cheers, Jo!" is "cheersjo". Nothing for one without.
std::uint64_t identity(std::string_view sentence) {
  const std::string lower = to_lower(sentence);
  std::string said;
  for (std::size_t position = 0; position < lower.size();) {
    const std::size_t begin = position;
    const char32_t code = next_code_point(lower, position);
    if (code != replacement_character && is_letter_or_digit(code)) {
      said += lower.substr(begin, position - begin);
    }
  }
  return said.empty() ? 0 : hash64(said);
}

// Where a text's sentences stand, and what they say.
struct Outline {
  std::vector<Span> sentences;
  std::vector<std::uint64_t> identities;
};

Outline outline_of(std::string_view text) {
  Outline outline{.sentences = sentences(text)};
  for (const Span sentence : outline.sentences) {
    outline.identities.push_back(identity(piece(text, sentence)));
  }
  return outline;
}

using Frequencies = std::unordered_map<std::uint64_t, std::size_t>;

// Counts the text for each sentence near its beginning, or near its end.
void count_edge(const Outline& outline, bool at_end, Frequencies& texts_with) {
  const std::size_t n = outline.identities.size();
  std::set<std::uint64_t> seen;
  for (std::size_t i = 0; i < std::min(edge, n); ++i) {
    seen.insert(outline.identities[at_end ? n - 1 - i : i]);
  }
  for (const std::uint64_t sentence : seen) texts_with[sentence] += 1;
}

}  // namespace

std::vector<Span> without_boilerplate(std::span<const std::string> texts,
                                      const BoilerplateOptions& options) {
  std::vector<Span> kept;
  for (const std::string& text : texts) kept.push_back({0, text.size()});
  const auto share =
      static_cast<std::size_t>(std::ceil(options.min_share * static_cast<double>(texts.size())));
  const std::size_t enough = std::max(options.min_texts, share);
  if (texts.size() < enough) return kept;

  std::vector<Outline> outlines;
  Frequencies openings;
  Frequencies closings;
  std::set<std::vector<std::uint64_t>> different;  // a text said twice is no habit
  for (const std::string& text : texts) {
    outlines.push_back(outline_of(text));
    if (!different.insert(outlines.back().identities).second) continue;
    count_edge(outlines.back(), false, openings);
    count_edge(outlines.back(), true, closings);
  }
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const Outline& outline = outlines[i];
    std::size_t first = 0;
    std::size_t last = outline.sentences.size();
    while (first < last && openings[outline.identities[first]] >= enough) ++first;
    while (last > first && closings[outline.identities[last - 1]] >= enough) --last;
    if (first == last || last - first == outline.sentences.size()) continue;
    kept[i] = {outline.sentences[first].begin, outline.sentences[last - 1].end};
  }
  return kept;
}

}  // namespace limn
