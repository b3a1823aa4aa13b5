// Line by line, then mark by mark: what CommonMark calls blocks and inlines, without its corner
// cases, none of which would lose a word here.
#include <algorithm>

#include "limn/text/characters.h"
#include "limn/text/markup.h"

namespace limn {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Letters, digits, and everything beyond ASCII: what a mark inside a word stands between.
bool is_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || !is_ascii(c);
}

std::string_view trimmed(std::string_view line) {
  while (!line.empty() && is_space(line.front())) line.remove_prefix(1);
  while (!line.empty() && is_space(line.back())) line.remove_suffix(1);
  return line;
}

// "---", "***", "===", "| --- | :-: |": rules, underlines of headings and of table heads.
bool is_rule(std::string_view line) {
  constexpr std::size_t shortest = 3;
  return line.size() >= shortest && line.find_first_not_of("-=*_|: \t") == std::string_view::npos;
}

// The mark that opens or closes a block of code: three of a kind, and for "`" no more in the line,
// since "```x```" is code inside it.
bool is_fence(std::string_view line) {
  if (line.starts_with("~~~")) return true;
  return line.starts_with("```") &&
         line.find('`', line.find_first_not_of('`')) == std::string_view::npos;
}

// Where the line after the one that begins at `begin` begins.
std::size_t next_line(std::string_view text, std::size_t begin) {
  return std::min(text.find('\n', begin), text.size() - 1) + 1;
}

std::string_view line_at(std::string_view text, std::size_t begin) {
  return trimmed(text.substr(begin, text.find('\n', begin) - begin));
}

// Whether a block of code that opens before `begin` is closed. One that is not hides nothing: it
// was likely meant as words.
bool is_closed(std::string_view text, std::size_t begin, char mark) {
  for (; begin < text.size(); begin = next_line(text, begin)) {
    const std::string_view line = line_at(text, begin);
    if (is_fence(line) && line.front() == mark) return true;
  }
  return false;
}

// "[id]: https://..."
bool is_link_definition(std::string_view line) {
  if (!line.starts_with('[')) return false;
  const std::size_t end = line.find("]:");
  return end != std::string_view::npos && line.find("://", end) != std::string_view::npos;
}

// Without the marks at its head: "> ", "# ", "- ", "12. ", several of them in any order.
std::string_view without_head(std::string_view line) {
  while (true) {
    line = trimmed(line);
    const std::size_t hashes = std::min(line.find_first_not_of('#'), line.size());
    const std::size_t digits = static_cast<std::size_t>(
        std::find_if_not(line.begin(), line.end(), is_digit) - line.begin());
    const auto space_at = [&](std::size_t i) { return i < line.size() && is_space(line[i]); };
    if (line.starts_with('>')) {
      line.remove_prefix(1);
    } else if (hashes >= 1 && hashes <= 6 && space_at(hashes)) {
      line.remove_prefix(hashes);
    } else if (!line.empty() && (line[0] == '-' || line[0] == '*' || line[0] == '+') &&
               space_at(1)) {
      line.remove_prefix(1);
    } else if (digits >= 1 && digits <= 3 && digits < line.size() &&
               (line[digits] == '.' || line[digits] == ')') && space_at(digits + 1)) {
      line.remove_prefix(digits + 1);
    } else {
      return line;
    }
  }
}

// The target of a link after its "]": "(url)", "[id]" or "[]". How many bytes it takes; 0 for none.
std::size_t target_length(std::string_view rest) {
  if (rest.empty() || (rest[0] != '(' && rest[0] != '[')) return 0;
  constexpr std::size_t longest = 4096;  // an address may be long; text after "](" must stay
  const std::size_t end = rest.substr(0, longest).find(rest[0] == '(' ? ')' : ']');
  if (end == std::string_view::npos) return 0;
  return end + 1;
}

// "[words](target)" and "![words](target)" from "[" at `i`: appends the words; past its end.
std::size_t append_link(std::string& text, std::string_view line, std::size_t i);

// "*", "__" and longer runs from `i`: nothing where they emphasise, themselves where they stand
// alone (2 * 3), between digits (2*3) or inside a name (snake_case). Returns the end of the run.
std::size_t append_emphasis(std::string& text, std::string_view line, std::size_t i) {
  const char mark = line[i];
  const std::size_t end = std::min(line.find_first_not_of(mark, i), line.size());
  const char before = i > 0 ? line[i - 1] : ' ';
  const char after = end < line.size() ? line[end] : ' ';
  const bool alone = is_space(before) && is_space(after);
  const bool inside =
      mark == '_' ? is_word(before) && is_word(after) : is_digit(before) && is_digit(after);
  if (alone || inside) text += line.substr(i, end - i);
  return end;
}

// The text of a line without the marks inside it.
void append_inline(std::string& text, std::string_view line) {
  constexpr std::string_view escapable = "\\`*_{}[]()#+-.!|>~";
  for (std::size_t i = 0; i < line.size();) {
    const char c = line[i];
    const char before = i > 0 ? line[i - 1] : ' ';
    const char after = i + 1 < line.size() ? line[i + 1] : ' ';
    if (c == '\\' && escapable.find(after) != std::string_view::npos && after != ' ') {
      text += after;
      i += 2;
    } else if (c == '[' || (c == '!' && after == '[')) {
      i = append_link(text, line, i);
    } else if (c == '`' || (c == '~' && (after == '~' || before == '~'))) {
      ++i;
    } else if (c == '*' || c == '_') {
      i = append_emphasis(text, line, i);
    } else {
      text += c;
      ++i;
    }
  }
}

std::size_t append_link(std::string& text, std::string_view line, std::size_t i) {
  const std::size_t open = line[i] == '!' ? i + 1 : i;
  // The first "]" that a target follows, before another "[" opens: no nesting, so that this is
  // linear.
  const std::size_t close = line.find_first_of("[]", open + 1);
  if (close != std::string_view::npos && line[close] == ']') {
    const std::size_t target = target_length(line.substr(close + 1));
    if (target > 0) {
      append_inline(text, line.substr(open + 1, close - open - 1));
      return close + 1 + target;
    }
  }
  text += line.substr(i, open + 1 - i);
  return open + 1;
}

// Cells of a table stand apart by a space.
std::string without_bars(std::string_view line) {
  std::string cells(line);
  std::replace(cells.begin(), cells.end(), '|', ' ');
  return cells;
}

}  // namespace

std::string markdown_to_text(std::string_view markdown, bool keep_code) {
  std::string text;
  text.reserve(markdown.size());
  char fence = 0;        // the mark of the block of code that is open
  std::string unclosed;  // marks that were looked for in vain: none closes later either
  for (std::size_t begin = 0; begin < markdown.size();) {
    const std::string_view line = line_at(markdown, begin);
    begin = next_line(markdown, begin);
    const bool marked = is_fence(line);
    if (marked && fence == 0) {
      const char mark = line.front();
      const bool vain = unclosed.find(mark) != std::string::npos;
      if (!vain && is_closed(markdown, begin, mark)) {
        fence = mark;
      } else if (!vain) {
        unclosed += mark;
      }
    } else if (marked && line.front() == fence) {
      fence = 0;
    } else if (fence != 0) {
      if (keep_code) text += line;
    } else if (line.starts_with('|')) {
      if (!is_rule(line)) append_inline(text, without_bars(line));
    } else if (!is_rule(line) && !is_link_definition(line)) {
      append_inline(text, without_head(line));
    }
    text += '\n';
  }
  return text;
}

}  // namespace limn
