#include "limn/persona/phrases.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "limn/persona/quote.h"

namespace limn {
namespace {

constexpr std::size_t max_deeds = 3;  // kinds of events told of one topic

std::chrono::year_month_day date_of(Time time) {
  return std::chrono::year_month_day{std::chrono::floor<std::chrono::days>(time)};
}

bool is_plain_word(std::string_view label) {
  return std::all_of(label.begin(), label.end(), [](char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool digit = c >= '0' && c <= '9';
    return letter || digit || c == ' ' || c == '-' || c == '&' || c == '\'' || c == '+' || c < 0;
  });
}

bool single_item(const TopicFacts& facts) {
  return facts.items == 1 && facts.latest != nullptr && !facts.latest->title.empty();
}

}  // namespace

Phrases::Phrases(Language language, const ItemNoun& noun)
    : templates_(Templates::of(language)), noun_(noun) {
  if (noun_.one.empty()) {
    noun_ = {std::string(templates_.pattern("noun.one")),
             std::string(templates_.pattern("noun.several")), std::string()};
  }
  if (noun_.several.empty()) noun_.several = noun_.one;
  if (noun_.measure.empty()) {
    const std::string key = fmt::format("measure.{}", noun_.one);
    noun_.measure = templates_.pattern(templates_.has(key) ? key : "measure");
  }
}

std::string Phrases::text(
    std::string_view key,
    std::initializer_list<std::pair<std::string_view, std::string_view>> values) const {
  return fill(templates_.pattern(key), values);
}

std::string Phrases::sentence(
    std::string_view key,
    std::initializer_list<std::pair<std::string_view, std::string_view>> values) const {
  std::string sentence = text(key, values);
  char& first = sentence.front();
  if (first >= 'a' && first <= 'z') first = static_cast<char>(first - 'a' + 'A');
  return sentence;
}

std::string Phrases::title(std::string_view title) const {
  return fmt::format("{}{}{}", templates_.pattern("quote.open"), quotable_name(title),
                     templates_.pattern("quote.close"));
}

std::string Phrases::name(std::string_view label) const {
  const std::string clean = quotable_name(label);
  if (templates_.pattern("name.quoted") == "yes" || !is_plain_word(clean)) return title(clean);
  return clean;
}

std::string Phrases::list(std::span<const std::string> parts, std::string_view kind) const {
  std::string list;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) list += text(fmt::format("{}.{}", kind, i + 1 == parts.size() ? "last" : "comma"));
    list += parts[i];
  }
  return list;
}

std::string Phrases::month(Time time) const {
  const auto date = date_of(time);
  const auto name = text(fmt::format("month.{}", static_cast<unsigned>(date.month())));
  return text("date.month",
              {{"month", name}, {"year", std::to_string(static_cast<int>(date.year()))}});
}

std::string Phrases::day(Time time) const {
  const auto date = date_of(time);
  const auto name = text(fmt::format("month.{}", static_cast<unsigned>(date.month())));
  return text("date.day", {{"month", name},
                           {"year", std::to_string(static_cast<int>(date.year()))},
                           {"day", std::to_string(static_cast<unsigned>(date.day()))}});
}

std::string Phrases::hour(int hour) const {
  return text("hour", {{"hour", std::to_string(hour)}});
}

std::string Phrases::times(std::size_t n) const {
  if (n == 1 || n == 2) return text(fmt::format("times.{}", n));
  return text("times.n", {{"n", std::to_string(n)}});
}

std::string Phrases::count(std::string_view key, std::size_t n) const {
  return text(fmt::format("{}.{}", key, n == 1 ? "one" : "several"), {{"n", std::to_string(n)}});
}

std::string Phrases::deed(const Deed& deed, std::string_view what) const {
  const std::string key = fmt::format("deed.{}", deed.kind);
  const std::string known = templates_.has(key) ? key : std::string("deed.other");
  return text(known,
              {{"what", what}, {"times", times(deed.events)}, {"kind", quotable_name(deed.kind)}});
}

std::span<const Deed> Phrases::told_deeds(const TopicFacts& facts) const {
  // Of a single item one deed says enough.
  const std::size_t most = single_item(facts) ? 1 : max_deeds;
  return std::span(facts.deeds).first(std::min(most, facts.deeds.size()));
}

std::string Phrases::deeds(const TopicFacts& facts) const {
  if (single_item(facts)) {
    return deed(facts.deeds.front(), text("single", {{"title", title(facts.latest->title)},
                                                     {"date", month(facts.latest->time)}}));
  }
  std::vector<std::string> parts;
  for (const Deed& one : told_deeds(facts)) {
    const std::size_t n = one.items > 0 ? one.items : one.events;
    const std::string& noun = n == 1 ? noun_.one : noun_.several;
    parts.push_back(
        deed(one, text(parts.empty() ? "what.first" : "what.more",
                       {{"n", std::to_string(n)}, {"noun", noun}, {"measure", noun_.measure}})));
  }
  return list(parts, "deeds");
}

std::string Phrases::opinion(const TopicFacts& facts, int side) const {
  const bool has_opinion =
      std::any_of(facts.deeds.begin(), facts.deeds.end(), [&](const Deed& deed) {
        return deed.kind == "rate" || deed.kind == "review" ||
               deed.kind == (side > 0 ? "dislike" : "like");
      });
  if (!has_opinion || facts.agreeing == 0) return {};
  const bool all = facts.agreeing == facts.items;
  const bool many = told_deeds(facts).size() > 1;
  std::string_view extent = "some";
  if (many)
    extent = all ? "many.all" : "many";
  else if (all)
    extent = facts.items == 1 ? "one" : facts.items == 2 ? "two" : "all";
  return text(fmt::format("opinion.{}.{}", side > 0 ? "like" : "dislike", extent),
              {{"n", std::to_string(facts.agreeing)},
               {"total", std::to_string(facts.items)},
               {"measure", noun_.measure}});
}

std::string Phrases::latest(const TopicFacts& facts) const {
  if (single_item(facts) || facts.latest == nullptr) return {};
  const std::string date = month(facts.latest->time);
  if (facts.latest->title.empty()) return text("latest.untitled", {{"date", date}});
  return text("latest", {{"title", title(facts.latest->title)}, {"date", date}});
}

}  // namespace limn
