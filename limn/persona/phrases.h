// Parts of sentences: names, counts, dates and lists in one language.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "limn/persona/facts.h"
#include "limn/persona/persona.h"
#include "limn/persona/templates.h"

namespace limn {

class Phrases {
 public:
  Phrases(Language language, const ItemNoun& noun);

  // The pattern of `key`, filled; a sentence begins with a capital.
  [[nodiscard]] std::string text(
      std::string_view key,
      std::initializer_list<std::pair<std::string_view, std::string_view>> values = {}) const;
  [[nodiscard]] std::string sentence(
      std::string_view key,
      std::initializer_list<std::pair<std::string_view, std::string_view>> values = {}) const;

  [[nodiscard]] std::string title(std::string_view title) const;  // in quotation marks
  // A topic or a tag: in quotation marks where the language asks for it, or where the label is no
  // plain words.
  [[nodiscard]] std::string name(std::string_view label) const;
  [[nodiscard]] std::string list(std::span<const std::string> parts, std::string_view kind) const;

  [[nodiscard]] std::string month(Time time) const;      // "March 2024"
  [[nodiscard]] std::string day(Time time) const;        // "3 March 2024"
  [[nodiscard]] std::string hour(int hour) const;        // "21:00"
  [[nodiscard]] std::string times(std::size_t n) const;  // "twice"
  // "one event" or "3 events", by `key`.one and `key`.several.
  [[nodiscard]] std::string count(std::string_view key, std::size_t n) const;

  // The kinds of events that `deeds` tells of.
  [[nodiscard]] std::span<const Deed> told_deeds(const TopicFacts& facts) const;
  // "rated 12 films, reviewed 3 and saved 2"; "rated "Dune" (March 2024)" for a single item.
  [[nodiscard]] std::string deeds(const TopicFacts& facts) const;
  // " and liked 11 of them"; nothing where the deeds say it or none was of an opinion. `side` is
  // that of the facts.
  [[nodiscard]] std::string opinion(const TopicFacts& facts, int side) const;
  // ", most recently "Dune" (March 2024)"; nothing for a single item.
  [[nodiscard]] std::string latest(const TopicFacts& facts) const;

 private:
  [[nodiscard]] std::string deed(const Deed& deed, std::string_view what) const;

  const Templates& templates_;
  ItemNoun noun_;
};

}  // namespace limn
