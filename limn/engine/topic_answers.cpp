// The answer about topics: what each is called, and the items and texts that show what it is.
#include <algorithm>
#include <map>

#include "limn/core/utf8.h"
#include "limn/engine/engine_state.h"
#include "limn/text/characters.h"
#include "limn/text/clean.h"
#include "limn/text/personal_data.h"
#include "limn/text/sentences.h"

namespace limn {
namespace {

// Columns of a terminal: a Chinese character fills two.
std::size_t width(std::string_view text) {
  std::size_t columns = 0;
  for (std::size_t position = 0; position < text.size();)
    columns += is_han(next_code_point(text, position)) ? 2 : 1;
  return columns;
}

// The longest beginning that is no wider, cut between words where there are any.
std::string_view cut(std::string_view text, std::size_t columns) {
  std::size_t end = 0;
  for (std::size_t position = 0, used = 0; position < text.size(); end = position) {
    used += is_han(next_code_point(text, position)) ? 2 : 1;
    if (used > columns) break;
  }
  const std::size_t space = text.substr(0, end).rfind(' ');
  const bool in_a_word = end < text.size() && text[end] != ' ';
  return text.substr(0,
                     in_a_word && space != std::string_view::npos && 2 * space > end ? space : end);
}

// As many whole sentences from the beginning as fit, or a part of the first.
std::string first_sentences(std::string_view text) {
  constexpr std::size_t columns = 160;
  std::size_t end = 0;
  for (const Span sentence : sentences(text)) {
    if (width(text.substr(0, sentence.end)) > columns) break;
    end = sentence.end;
  }
  if (end == text.size()) return std::string(text);
  constexpr std::size_t telling = columns / 4;  // less would say too little
  if (width(text.substr(0, end)) >= telling) return std::string(text.substr(0, end)) + " ...";
  return std::string(cut(text, columns)) + " ...";
}

// The texts that stand for topics, read user by user.
class ExampleTexts {
 public:
  ExampleTexts(const Store& store, bool mask) : store_(store), mask_(mask) {}

  // Nothing where the text is gone since the build.
  [[nodiscard]] Result<std::optional<TopicText>> read(const TextExample& example) {
    const auto [events, fresh] = events_.try_emplace(example.user);
    if (fresh) {
      LIMN_TRY(events->second, store_.user_events(example.user));
    }
    for (const Event& event : events->second) {
      if (event.id != example.event || event.text.empty()) continue;
      CleanOptions options;
      // Before lines and addresses go, which tell a signature and a login.
      if (mask_) options.without_personal_data = WrittenBy::users;
      return TopicText{event.id, first_sentences(clean_text(event.text, options))};
    }
    return std::nullopt;
  }

 private:
  const Store& store_;
  bool mask_;
  std::map<UserIndex, std::vector<Event>> events_;
};

}  // namespace

Result<std::vector<TopicAnswer>> Engine::topics() {
  LIMN_TRY(const std::shared_ptr<const Snapshot> snapshot, state_->snapshot());
  const SnapshotInfo& info = snapshot->info();
  const bool mask = state_->config.text.mask_personal_data;
  std::vector<ItemIndex> numbers;
  for (const Topic& topic : info.topics) {
    numbers.insert(numbers.end(), topic.top_items.begin(), topic.top_items.end());
    numbers.insert(numbers.end(), topic.typical_items.begin(), topic.typical_items.end());
  }
  LIMN_TRY(const ItemNames names, ItemNames::read(state_->store, std::move(numbers), mask));
  ExampleTexts examples(state_->store, mask);
  std::vector<TopicAnswer> answers;
  for (const TopicGroup& group : info.topic_groups) {
    for (const std::uint32_t t : group.topics) {
      TopicAnswer& answer = answers.emplace_back();
      answer.topic = info.topics[t];
      answer.group = group.label;
      for (const ItemIndex item : answer.topic.top_items) answer.items.push_back(names.title(item));
      for (const ItemIndex item : answer.topic.typical_items)
        answer.typical_items.push_back(names.title(item));
      for (const TextExample& example : answer.topic.typical_texts) {
        LIMN_TRY(std::optional<TopicText> text, examples.read(example));
        if (text) answer.typical_texts.push_back(*std::move(text));
      }
    }
  }
  return answers;
}

}  // namespace limn
