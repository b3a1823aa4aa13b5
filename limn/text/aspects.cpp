#include "limn/text/aspects.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "limn/text/characters.h"

namespace limn {
namespace {

// A word of weight 1 makes a polarity of .58, one of 2 .82, one of 3 .90.
constexpr double softening = 2;

std::size_t distance(const AspectMention& aspect, const OpinionWord& word) {
  // "The screen is dim": what stands behind a word of opinion is mostly of the next thing, unless
  // it follows at once ("a dim screen").
  constexpr std::size_t behind_penalty = 8;  // bytes
  if (aspect.span.begin >= word.span.end) return aspect.span.begin - word.span.end + behind_penalty;
  return word.span.begin > aspect.span.end ? word.span.begin - aspect.span.end : 0;
}

const AspectMention* nearest(const OpinionReading& reading, const OpinionWord& word,
                             std::size_t clause) {
  const AspectMention* best = nullptr;
  for (const AspectMention& aspect : reading.aspects) {
    if (aspect.clause != clause) continue;
    if (best == nullptr || distance(aspect, word) < distance(*best, word)) best = &aspect;
  }
  return best;
}

// A clause that begins with its opinion goes on about the thing before: "The screen is big, very
// sharp".
bool goes_on(const OpinionReading& reading, const OpinionWord& word) {
  constexpr std::size_t most = 12;  // bytes
  return word.clause > 0 && word.clause < reading.clauses.size() &&
         word.span.begin - reading.clauses[word.clause].begin <= most;
}

// The noun of "the <noun> is" in lower case before the word.
std::optional<std::string> subject(std::string_view text, const OpinionReading& reading,
                                   const OpinionWord& word) {
  static constexpr std::array<std::string_view, 8> articles{"the", "its",  "their", "this",
                                                            "my",  "your", "his",   "her"};
  static constexpr std::array<std::string_view, 14> verbs{
      "is",   "are",   "was",   "were", "looks", "look",   "feels",
      "feel", "seems", "works", "work", "isn't", "wasn't", "has"};
  static constexpr std::array<std::string_view, 10> pronouns{
      "one", "thing", "things", "product", "item", "rest", "whole", "only", "best", "first"};
  const std::size_t begin = reading.clauses[word.clause].begin;
  const std::string lower = to_lower(text.substr(begin, word.span.begin - begin));
  std::vector<std::string> words;
  for (std::size_t i = 0; i < lower.size();) {
    const std::size_t end = std::min(lower.find_first_of(" \t\n", i), lower.size());
    if (end > i) words.push_back(lower.substr(i, end - i));
    i = end + 1;
  }
  const auto is_of = [](const auto& list, const std::string& one) {
    return std::find(list.begin(), list.end(), one) != list.end();
  };
  for (std::size_t i = 0; i + 2 < words.size(); ++i) {
    const std::string& noun = words[i + 1];
    const bool plain = std::all_of(noun.begin(), noun.end(),
                                   [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; });
    constexpr std::size_t shortest = 3;
    if (is_of(articles, words[i]) && is_of(verbs, words[i + 2]) && plain &&
        noun.size() >= shortest && !is_of(pronouns, noun)) {
      return noun;
    }
  }
  return std::nullopt;
}

// What a word of opinion speaks of; nothing where that cannot be told.
std::optional<std::string> aspect_of(std::string_view text, const OpinionReading& reading,
                                     const OpinionWord& word) {
  if (const AspectMention* own = nearest(reading, word, word.clause)) return std::string(own->name);
  if (word.clause >= reading.clauses.size()) return std::nullopt;
  if (auto noun = subject(text, reading, word)) return noun;
  if (!goes_on(reading, word)) return std::nullopt;
  const AspectMention* before = nearest(reading, word, word.clause - 1);
  return before == nullptr ? std::nullopt : std::optional<std::string>(before->name);
}

// Without the white space around it.
Span trimmed(std::string_view text, Span span) {
  while (span.begin < span.end && static_cast<unsigned char>(text[span.begin]) <= ' ') ++span.begin;
  while (span.end > span.begin && static_cast<unsigned char>(text[span.end - 1]) <= ' ') --span.end;
  return span;
}

struct Sum {
  AspectOpinion aspect;
  double weight = 0;
  double strongest = 0;
};

}  // namespace

std::vector<AspectOpinion> aspects(std::string_view text, const OpinionReading& reading) {
  std::vector<Sum> sums;
  for (const OpinionWord& word : reading.words) {
    const auto name = aspect_of(text, reading, word);
    if (!name) continue;
    auto sum = std::find_if(sums.begin(), sums.end(),
                            [&](const Sum& one) { return one.aspect.name == *name; });
    if (sum == sums.end()) {
      sums.push_back({.aspect = {.name = *name, .polarity = 0, .clause = {}}});
      sum = sums.end() - 1;
    }
    sum->weight += word.weight;
    if (word.clause >= reading.clauses.size()) continue;
    // A clause that names the aspect tells more than one that only goes on about it.
    const double named = nearest(reading, word, word.clause) != nullptr ? 10 : 1;
    if (named * std::abs(word.weight) > sum->strongest) {
      sum->strongest = named * std::abs(word.weight);
      sum->aspect.clause = trimmed(text, reading.clauses[word.clause]);
    }
  }
  std::vector<AspectOpinion> found;
  for (Sum& sum : sums) {
    sum.aspect.polarity = sum.weight / std::sqrt(sum.weight * sum.weight + softening);
    constexpr double balanced = 0.1;  // praise and blame alike: nothing to tell
    if (std::abs(sum.aspect.polarity) > balanced) found.push_back(std::move(sum.aspect));
  }
  return found;
}

std::vector<AspectOpinion> aspects(std::string_view text) {
  return aspects(text, read_opinion(text));
}

}  // namespace limn
