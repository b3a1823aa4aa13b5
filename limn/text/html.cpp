// A reader of tags, not of documents: it never fails, and what it does not know stays text. A real
// parser would mend broken nesting, which plain text does not need.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <vector>

#include "limn/text/characters.h"
#include "limn/text/markup.h"

namespace limn {
namespace {

enum class Tag { unknown, in_line, block, cell, hidden, preformatted };

struct NamedTag {
  std::string_view name;
  Tag tag;
};

// The elements of HTML, in order; those of no use to a text are left out.
constexpr std::array<NamedTag, 101> tags{{
    {"a", Tag::in_line},      {"abbr", Tag::in_line},     {"acronym", Tag::in_line},
    {"address", Tag::block},  {"area", Tag::in_line},     {"article", Tag::block},
    {"aside", Tag::block},    {"audio", Tag::in_line},    {"b", Tag::in_line},
    {"base", Tag::in_line},   {"bdi", Tag::in_line},      {"bdo", Tag::in_line},
    {"big", Tag::in_line},    {"blockquote", Tag::block}, {"body", Tag::block},
    {"br", Tag::block},       {"button", Tag::in_line},   {"canvas", Tag::in_line},
    {"caption", Tag::block},  {"center", Tag::block},     {"cite", Tag::in_line},
    {"code", Tag::in_line},   {"col", Tag::in_line},      {"colgroup", Tag::in_line},
    {"dd", Tag::block},       {"del", Tag::in_line},      {"details", Tag::block},
    {"dfn", Tag::in_line},    {"dialog", Tag::block},     {"div", Tag::block},
    {"dl", Tag::block},       {"dt", Tag::block},         {"em", Tag::in_line},
    {"embed", Tag::in_line},  {"fieldset", Tag::block},   {"figcaption", Tag::block},
    {"figure", Tag::block},   {"font", Tag::in_line},     {"footer", Tag::block},
    {"form", Tag::block},     {"h1", Tag::block},         {"h2", Tag::block},
    {"h3", Tag::block},       {"h4", Tag::block},         {"h5", Tag::block},
    {"h6", Tag::block},       {"head", Tag::block},       {"header", Tag::block},
    {"hr", Tag::block},       {"html", Tag::block},       {"i", Tag::in_line},
    {"iframe", Tag::in_line}, {"img", Tag::in_line},      {"input", Tag::in_line},
    {"ins", Tag::in_line},    {"kbd", Tag::in_line},      {"label", Tag::in_line},
    {"legend", Tag::block},   {"li", Tag::block},         {"link", Tag::in_line},
    {"main", Tag::block},     {"mark", Tag::in_line},     {"meta", Tag::in_line},
    {"nav", Tag::block},      {"noscript", Tag::in_line}, {"object", Tag::in_line},
    {"ol", Tag::block},       {"optgroup", Tag::block},   {"option", Tag::block},
    {"p", Tag::block},        {"picture", Tag::in_line},  {"pre", Tag::preformatted},
    {"q", Tag::in_line},      {"s", Tag::in_line},        {"samp", Tag::in_line},
    {"script", Tag::hidden},  {"section", Tag::block},    {"select", Tag::block},
    {"small", Tag::in_line},  {"source", Tag::in_line},   {"span", Tag::in_line},
    {"strike", Tag::in_line}, {"strong", Tag::in_line},   {"style", Tag::hidden},
    {"sub", Tag::in_line},    {"summary", Tag::block},    {"sup", Tag::in_line},
    {"svg", Tag::hidden},     {"table", Tag::block},      {"tbody", Tag::block},
    {"td", Tag::cell},        {"textarea", Tag::block},   {"th", Tag::cell},
    {"title", Tag::block},    {"tr", Tag::block},         {"tt", Tag::in_line},
    {"u", Tag::in_line},      {"ul", Tag::block},         {"var", Tag::in_line},
    {"video", Tag::in_line},  {"wbr", Tag::in_line},
}};

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_name(char c) {
  return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == ':';
}

Tag tag_of(std::string_view name) {
  // Names of other vocabularies: Word's o:p, custom elements.
  if (name.find_first_of(":-") != std::string_view::npos) return Tag::in_line;
  const std::string lower = to_lower(name);
  const auto* found = std::lower_bound(
      tags.begin(), tags.end(), lower,
      [](const NamedTag& entry, const std::string& wanted) { return entry.name < wanted; });
  return found != tags.end() && found->name == lower ? found->tag : Tag::unknown;
}

struct Markup {
  Tag tag = Tag::unknown;
  bool closing = false;
  std::string_view name;
  std::size_t end = 0;  // past its ">"
};

// The end of the tag whose attributes begin at `i`, past ">"; nothing where it never ends.
std::optional<std::size_t> end_of_attributes(std::string_view html, std::size_t i) {
  while (i < html.size()) {
    const char c = html[i];
    if (c == '>') return i + 1;
    if (c == '<') return std::nullopt;
    if (c == '"' || c == '\'') {
      i = html.find(c, i + 1);
      if (i == std::string_view::npos) return std::nullopt;
    }
    ++i;
  }
  return std::nullopt;
}

// The known tag that begins with the "<" at `begin`.
std::optional<Markup> read_tag(std::string_view html, std::size_t begin) {
  Markup markup;
  std::size_t i = begin + 1;
  markup.closing = i < html.size() && html[i] == '/';
  if (markup.closing) ++i;
  if (i >= html.size() || !is_letter(html[i])) return std::nullopt;
  const std::size_t name = i;
  while (i < html.size() && is_name(html[i])) ++i;
  markup.name = html.substr(name, i - name);
  markup.tag = tag_of(markup.name);
  const auto end = end_of_attributes(html, i);
  if (markup.tag == Tag::unknown || !end) return std::nullopt;
  markup.end = *end;
  return markup;
}

// Windows-1252 from 128: what "&#146;" means to every browser; 0 where there is none.
constexpr std::array<char16_t, 32> windows_1252{
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

// The names of U+00A0 to U+00FF, in order (HTML 4, section 24.2).
constexpr std::string_view latin_1_names =
    "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn "
    "sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave "
    "Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml "
    "ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN "
    "szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave "
    "iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute "
    "ucirc uuml yacute thorn yuml";

struct NamedCharacter {
  std::string_view name;
  char16_t character;
};
constexpr std::array<NamedCharacter, 40> named_characters{{
    {"amp", '&'},       {"lt", '<'},        {"gt", '>'},        {"quot", '"'},
    {"apos", '\''},     {"ndash", 0x2013},  {"mdash", 0x2014},  {"lsquo", 0x2018},
    {"rsquo", 0x2019},  {"sbquo", 0x201A},  {"ldquo", 0x201C},  {"rdquo", 0x201D},
    {"bdquo", 0x201E},  {"dagger", 0x2020}, {"bull", 0x2022},   {"hellip", 0x2026},
    {"permil", 0x2030}, {"prime", 0x2032},  {"lsaquo", 0x2039}, {"rsaquo", 0x203A},
    {"euro", 0x20AC},   {"trade", 0x2122},  {"larr", 0x2190},   {"uarr", 0x2191},
    {"rarr", 0x2192},   {"darr", 0x2193},   {"minus", 0x2212},  {"infin", 0x221E},
    {"ne", 0x2260},     {"le", 0x2264},     {"ge", 0x2265},     {"hearts", 0x2665},
    {"OElig", 0x0152},  {"oelig", 0x0153},  {"Scaron", 0x0160}, {"scaron", 0x0161},
    {"ensp", 0x2002},   {"emsp", 0x2003},   {"thinsp", 0x2009}, {"check", 0x2713},
}};

std::optional<char32_t> named_character(std::string_view name) {
  for (const NamedCharacter& entry : named_characters) {
    if (entry.name == name) return entry.character;
  }
  char32_t character = 0xA0;
  for (std::size_t begin = 0; begin < latin_1_names.size(); ++character) {
    const std::size_t end = std::min(latin_1_names.find(' ', begin), latin_1_names.size());
    if (latin_1_names.substr(begin, end - begin) == name) return character;
    begin = end + 1;
  }
  return std::nullopt;
}

std::optional<char32_t> numbered_character(std::string_view digits) {
  const bool hexadecimal = digits.starts_with('x') || digits.starts_with('X');
  if (hexadecimal) digits.remove_prefix(1);
  std::uint32_t value = 0;
  const char* end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, value, hexadecimal ? 16 : 10);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  if (value >= 128 && value < 160) return windows_1252[value - 128];
  return value;
}

// Appends the character that the reference at `begin` ("&") stands for; returns its end, or
// `begin` where there is none.
std::size_t append_reference(std::string& text, std::string_view html, std::size_t begin) {
  constexpr std::size_t longest = 12;  // "&#x10FFFF;", "&thinsp;"
  const std::string_view window = html.substr(begin, longest);
  const std::size_t end = window.find(';');
  if (end == std::string_view::npos || end < 2) return begin;
  const std::string_view name = window.substr(1, end - 1);
  const auto character =
      name.front() == '#' ? numbered_character(name.substr(1)) : named_character(name);
  if (!character) return begin;
  append_code_point(text, *character);
  return begin + end + 1;
}

// Finds the closing tag of `name`, lower-cased, from `begin`; past its end, or nothing.
std::optional<std::size_t> find_closing(std::string_view html, std::string_view name,
                                        std::size_t begin) {
  for (std::size_t i = html.find("</", begin); i != std::string_view::npos;
       i = html.find("</", i + 2)) {
    const std::string_view found = html.substr(i + 2, name.size());
    if (found.size() == name.size() && to_lower(found) == name) {
      const std::size_t end = html.find('>', i);
      return end == std::string_view::npos ? html.size() : end + 1;
    }
  }
  return std::nullopt;
}

// One pass over the source, writing the text.
class HtmlReader {
 public:
  HtmlReader(std::string_view html, bool keep_code)
      : html_(html), keep_code_(keep_code), whole_(looks_like_html(html)) {
    text_.reserve(html.size());
  }

  std::string read() {
    while (position_ < html_.size()) {
      const char c = html_[position_];
      if (c == '<' && (skip_comment() || take_tag())) continue;
      if (c == '&') {
        const std::size_t end = append_reference(text_, html_, position_);
        if (end != position_) {
          position_ = end;
          continue;
        }
      }
      text_ += c == '\n' && whole_ && !preformatted_ ? ' ' : c;
      ++position_;
    }
    return std::move(text_);
  }

 private:
  // Comments, declarations and processing instructions; what a CDATA section holds is text.
  bool skip_comment() {
    const std::string_view rest = html_.substr(position_);
    if (rest.starts_with("<![CDATA[")) {
      position_ += std::string_view("<![CDATA[").size();
      return true;
    }
    if (rest.starts_with("<!--")) return skip_past("-->");
    if (rest.starts_with("<!DOCTYPE") || rest.starts_with("<!doctype")) return skip_past(">");
    if (rest.starts_with("<?xml")) return skip_past("?>");
    return false;
  }

  bool skip_past(std::string_view mark) {
    if (is_missing(mark)) return false;
    const std::size_t end = html_.find(mark, position_ + 2);
    if (end == std::string_view::npos) {
      missing_.emplace_back(mark);
      return false;
    }
    position_ = end + mark.size();
    return true;
  }

  // What was looked for in vain once is not there later either: without this memory a text of
  // openings only would cost O(n^2).
  [[nodiscard]] bool is_missing(std::string_view mark) const {
    return std::find(missing_.begin(), missing_.end(), mark) != missing_.end();
  }

  bool take_tag() {
    const auto markup = read_tag(html_, position_);
    if (!markup) return false;
    position_ = markup->end;
    switch (markup->tag) {
      case Tag::block: text_ += '\n'; break;
      case Tag::cell: text_ += ' '; break;
      case Tag::preformatted:
        text_ += '\n';
        preformatted_ = !markup->closing;
        if (!markup->closing && !keep_code_) skip_content(markup->name);
        break;
      case Tag::hidden:
        if (!markup->closing) skip_content(markup->name);
        break;
      case Tag::in_line:
      case Tag::unknown: break;
    }
    return true;
  }

  // A tag that is never closed hides nothing: it was likely meant as a word.
  void skip_content(std::string_view name) {
    const std::string closing = to_lower(name);
    if (is_missing(closing)) return;
    if (const auto end = find_closing(html_, closing, position_)) {
      position_ = *end;
      preformatted_ = false;
    } else {
      missing_.push_back(closing);
    }
  }

  std::string_view html_;
  bool keep_code_;
  bool whole_;
  bool preformatted_ = false;
  std::size_t position_ = 0;
  std::vector<std::string> missing_;  // of the few marks and names above
  std::string text_;
};

}  // namespace

bool looks_like_html(std::string_view text) {
  for (std::size_t i = text.find('<'); i != std::string_view::npos; i = text.find('<', i + 1)) {
    const auto markup = read_tag(text, i);
    if (markup && (markup->tag == Tag::block || markup->tag == Tag::preformatted)) return true;
  }
  return false;
}

std::string html_to_text(std::string_view html, bool keep_code) {
  return HtmlReader(html, keep_code).read();
}

}  // namespace limn
