// Markup: the words of HTML and Markdown.
#pragma once

#include <string>
#include <string_view>

namespace limn {

// Whether a text has paragraphs, breaks or lists in HTML; in-line tags alone are also Markdown.
[[nodiscard]] bool looks_like_html(std::string_view text);

// Tags out, character references resolved, comments, scripts and styles dropped. Blocks end in a
// newline. A "<" that opens no known tag stays. In whole HTML a newline of the source is a space,
// but for preformatted text, which goes where `keep_code` is false.
// Takes any bytes. O(n).
[[nodiscard]] std::string html_to_text(std::string_view html, bool keep_code);

// Marks out: of headings, lists, quotes, tables, rules, code, emphasis; links keep their words.
// Fenced code goes where `keep_code` is false. Takes any bytes. O(n).
[[nodiscard]] std::string markdown_to_text(std::string_view markdown, bool keep_code);

}  // namespace limn
