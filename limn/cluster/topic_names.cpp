#include "limn/cluster/topic_names.h"

#include <algorithm>
#include <utility>

namespace limn {
namespace {

// A term of so small a share of the best one's weight is in no name without need.
constexpr float weakest = 0.15F;

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// Whether two words look like forms of one: "run" and "running", "comedy" and "comedies".
bool same_word(std::string_view a, std::string_view b) {
  constexpr std::size_t min_stem = 4;
  constexpr std::size_t max_ending = 3;
  if (a.size() > b.size()) std::swap(a, b);
  if (!is_ascii(a) || !is_ascii(b)) return b.find(a) != std::string_view::npos;
  const auto differ = std::ranges::mismatch(a, b);
  const auto common = static_cast<std::size_t>(differ.in1 - a.begin());
  if (common == a.size() && common + 1 >= b.size()) return true;  // "car", "cars"
  if (common == a.size() && common >= 3 && b.substr(common).ends_with("ing")) return true;
  constexpr std::size_t min_compound = 5;
  if (common == a.size() && common >= min_compound) return true;  // "glass", "glassware"
  return common >= min_stem && b.size() - common <= max_ending;
}

}  // namespace

bool repeats(std::string_view a, std::string_view b) {
  const auto each_word = [](std::string_view text, auto visit) {
    while (!text.empty()) {
      const std::size_t end = std::min(text.find(' '), text.size());
      if (end > 0) visit(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  };
  bool found = false;
  each_word(a, [&](std::string_view x) {
    each_word(b, [&](std::string_view y) { found = found || same_word(x, y); });
  });
  return found;
}

bool NameWriter::keep(const Name& name) {
  if (name.empty() || is_taken(name)) return false;
  take(name);
  return true;
}

NameWriter::Name NameWriter::write(std::span<const WeightedTerm> terms) {
  if (terms.empty()) return {};
  const std::size_t head = first_free_head(terms);
  Name chosen{terms[head].text};
  std::size_t next = 0;
  while (next < terms.size() && chosen.size() < words_ && terms[next].weight >= weakest) {
    if (next != head) chosen.push_back(terms[next].text);
    ++next;
  }
  // The last term is exchanged for a lesser one until no other topic has the same.
  for (; is_taken(chosen) && next < terms.size(); ++next) {
    if (next == head) continue;
    if (chosen.size() > 1 && chosen.size() >= words_) chosen.pop_back();
    chosen.push_back(terms[next].text);
  }
  if (is_taken(chosen) && chosen.size() > 1 && chosen.size() >= words_) chosen.pop_back();
  for (int number = 2; is_taken(chosen); ++number) {
    if (number > 2) chosen.pop_back();
    chosen.push_back(std::to_string(number));
  }
  take(chosen);
  return chosen;
}

std::size_t NameWriter::first_free_head(std::span<const WeightedTerm> terms) const {
  for (std::size_t i = 0; i < terms.size() && terms[i].weight >= weakest; ++i) {
    if (!heads_.contains(terms[i].text)) return i;
  }
  return 0;
}

// The order of the terms does not make a name another one.
bool NameWriter::is_taken(const Name& name) const {
  return names_.contains(std::set<std::string>(name.begin(), name.end()));
}

void NameWriter::take(const Name& name) {
  heads_.insert(name.front());
  names_.insert(std::set<std::string>(name.begin(), name.end()));
}

std::string joined(std::span<const std::string> name) {
  std::string text;
  for (const std::string& term : name) text += (text.empty() ? "" : ", ") + term;
  return text;
}

}  // namespace limn
