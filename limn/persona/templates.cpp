#include "limn/persona/templates.h"

#include <algorithm>

#include "limn/core/check.h"

namespace limn {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

// Takes the bars off that keep spaces, and reads \n.
std::string read_pattern(std::string_view text) {
  if (text.size() >= 2 && text.front() == '|' && text.back() == '|')
    text = text.substr(1, text.size() - 2);
  std::string pattern;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool line_break = text[i] == '\\' && i + 1 < text.size() && text[i + 1] == 'n';
    pattern += line_break ? '\n' : text[i];
    if (line_break) ++i;
  }
  return pattern;
}

}  // namespace

Templates::Templates(std::string_view file) {
  while (!file.empty()) {
    const std::size_t end = std::min(file.find('\n'), file.size());
    const std::string_view line = file.substr(0, end);
    file.remove_prefix(std::min(end + 1, file.size()));
    const std::size_t sign = line.find('=');
    if (line.starts_with('#') || sign == std::string_view::npos) continue;
    patterns_.emplace(trimmed(line.substr(0, sign)), read_pattern(trimmed(line.substr(sign + 1))));
  }
}

const Templates& Templates::of(Language language) {
  static const Templates english(templates::en());
  static const Templates chinese(templates::zh());
  return language == Language::chinese ? chinese : english;
}

std::string_view Templates::pattern(std::string_view key) const {
  const auto found = patterns_.find(key);
  LIMN_CHECK(found != patterns_.end());
  return found->second;
}

std::string fill(std::string_view pattern,
                 std::initializer_list<std::pair<std::string_view, std::string_view>> values) {
  std::string text;
  while (!pattern.empty()) {
    const std::size_t open = std::min(pattern.find('{'), pattern.size());
    text += pattern.substr(0, open);
    pattern.remove_prefix(open);
    if (pattern.empty()) break;
    const std::size_t close = pattern.find('}');
    LIMN_CHECK(close != std::string_view::npos);
    const std::string_view name = pattern.substr(1, close - 1);
    const auto value = std::find_if(values.begin(), values.end(),
                                    [&](const auto& pair) { return pair.first == name; });
    LIMN_CHECK(value != values.end());
    text += value->second;
    pattern.remove_prefix(close + 1);
  }
  return text;
}

}  // namespace limn
