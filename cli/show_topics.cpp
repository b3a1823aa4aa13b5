// Topics for people: group by group, each with what shows what it is about.
#include <algorithm>
#include <array>

#include "cli/console.h"
#include "cli/show.h"

namespace limn::cli {
namespace {

std::size_t size_of(const TopicAnswer& one) {
  return one.topic.items + one.topic.texts;
}

void show_topic(const TopicAnswer& one) {
  say("  {:>4}  {} ({})", one.topic.id, printable(one.topic.label), grouped(size_of(one)));
  constexpr std::size_t columns = 110;
  std::vector<std::string> words;
  for (const auto& [term, weight] : one.topic.terms) words.push_back(term);
  if (!words.empty()) say("        words: {}", shortened(joined(words, 10), columns));
  if (!one.typical_items.empty())
    say("        items: {}", shortened(joined(one.typical_items, 3, "; "), columns));
  constexpr std::size_t texts = 2;
  for (std::size_t i = 0; i < std::min(texts, one.typical_texts.size()); ++i)
    say("        \"{}\"", shortened(one.typical_texts[i].text, columns));
}

}  // namespace

void show(const std::vector<TopicAnswer>& answer) {
  if (answer.empty()) say("no topics: no item and no text says anything");
  for (std::size_t begin = 0; begin < answer.size();) {
    std::size_t end = begin;
    std::size_t size = 0;
    for (; end < answer.size() && answer[end].topic.group == answer[begin].topic.group; ++end)
      size += size_of(answer[end]);
    if (begin > 0) say("");
    // A topic that is alone in its group is called as the group is.
    if (end - begin > 1)
      say("{} ({} topics, {})", printable(answer[begin].group), end - begin, grouped(size));
    for (; begin < end; ++begin) show_topic(answer[begin]);
  }
}

void show_briefly(const std::vector<TopicAnswer>& answer) {
  constexpr std::size_t label_width = 40;
  Table table({"id", "topic", "size", "words", "typical items"});
  for (const TopicAnswer& one : answer) {
    std::vector<std::string> words;
    for (const auto& [term, weight] : one.topic.terms) words.push_back(term);
    table.add({fmt::format("{}", one.topic.id), shortened(one.topic.label, label_width),
               grouped(size_of(one)), shortened(joined(words, 8), 48),
               shortened(joined(one.typical_items, 3, "; "), 56)});
  }
  table.print();
}

void show_changes(const BuildReport& report) {
  if (report.topic_changes.empty()) return;
  constexpr std::array kinds{"new", "split", "merged", "ended", "renamed"};
  std::string counts;
  for (const char* kind : kinds) {
    const auto count = std::ranges::count(report.topic_changes, kind, &TopicChange::kind);
    if (count == 0) continue;
    counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", count, kind);
  }
  say("topics: {}{}", counts, report.topics_anew ? " (chosen anew)" : "");
  constexpr std::size_t shown = 12;
  for (std::size_t i = 0; i < std::min(shown, report.topic_changes.size()); ++i) {
    const TopicChange& change = report.topic_changes[i];
    const std::string label = printable(change.label);
    const std::string other = printable(change.other_label);
    if (change.kind == "split")
      say("  {} {} came off {} {}", change.id, label, *change.other, other);
    if (change.kind == "merged")
      say("  {} {} went into {} {}", change.id, label, *change.other, other);
    if (change.kind == "renamed") say("  {} {} was called {}", change.id, label, other);
    if (change.kind == "new" || change.kind == "ended")
      say("  {} {}: {}", change.id, label, change.kind);
  }
}

}  // namespace limn::cli
