#include "limn/ingest/xml_rows.h"

#include <algorithm>
#include <charconv>
#include <memory>

#include <expat.h>
#include <fmt/format.h>

#include "limn/core/lines.h"
#include "limn/ingest/csv.h"
#include "limn/ingest/repair.h"

namespace limn {
namespace {

// A reference to a control character, which XML 1.0 forbids: the text from '&' to ';', or nothing.
std::string_view control_reference(std::string_view text) {
  if (!text.starts_with("&#")) return {};
  const std::size_t end = text.substr(0, 12).find(';');
  if (end == text.npos) return {};
  std::string_view digits = text.substr(2, end - 2);
  int base = 10;
  if (digits.starts_with('x')) {
    digits.remove_prefix(1);
    base = 16;
  }
  unsigned code = 0;
  const auto [stop, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), code, base);
  if (error != std::errc{} || stop != digits.data() + digits.size()) return {};
  const bool allowed = code == '\t' || code == '\n' || code == '\r' ||
                       (code >= 0x20 && code < 0xD800) || (code >= 0xE000 && code < 0xFFFE) ||
                       (code > 0xFFFF && code < 0x110000);
  return allowed ? std::string_view() : text.substr(0, end + 1);
}

std::string without_control_references(std::string_view text) {
  std::string kept;
  kept.reserve(text.size());
  while (!text.empty()) {
    if (const auto reference = control_reference(text); !reference.empty()) {
      text.remove_prefix(reference.size());
      continue;
    }
    const std::size_t next = std::min(text.find('&', 1), text.size());
    kept.append(text.substr(0, next));
    text.remove_prefix(next);
  }
  return kept;
}

struct ParserDeleter {
  void operator()(XML_ParserStruct* parser) const { XML_ParserFree(parser); }
};

// Feeds expat line by line. expat cannot go on after an error, so a line with one is left out and a
// fresh parser goes on below it. A row that a lost quote keeps open would swallow the rows below it
// until the error shows: where the next row begins, the one before must have been read.
class RowParser {
 public:
  explicit RowParser(const XmlHandlers& handlers)
      : handlers_(handlers), parser_(XML_ParserCreate("UTF-8")) {
    set_handlers();
  }

  void read(std::string_view text);

 private:
  void set_handlers();
  bool feed(std::string_view line);
  void read_line(std::string_view line);
  void settle_open_row(std::string_view row);
  void restart();
  [[nodiscard]] std::string problem() const;
  static void start(void* self, const XML_Char* name, const XML_Char** attributes);
  static void refuse_doctype(void* self, const XML_Char* name, const XML_Char* system_id,
                             const XML_Char* public_id, int has_internal_subset);

  const XmlHandlers& handlers_;
  std::unique_ptr<XML_ParserStruct, ParserDeleter> parser_;
  XmlRow row_;
  std::string root_ = "rows";  // the outermost element
  bool in_root_ = false;
  std::size_t line_ = 0;           // being fed
  std::size_t lines_before_ = 0;   // fed to parsers before this one, less the line it starts with
  std::size_t waiting_bytes_ = 0;  // fed since the last element
  std::size_t open_line_ = 0;      // of a row that was begun and has not been read; else 0
  bool stopped_ = false;
  bool doctype_ = false;
};

void RowParser::set_handlers() {
  XML_SetUserData(parser_.get(), this);
  XML_SetStartElementHandler(parser_.get(), &RowParser::start);
  XML_SetStartDoctypeDeclHandler(parser_.get(), &RowParser::refuse_doctype);
}

void RowParser::read(std::string_view text) {
  if (parser_ == nullptr) return handlers_.fault(0, "no memory to read it");
  Lines lines(text);
  const char* open_row = nullptr;
  while (!stopped_ && lines.next()) {
    const std::string_view line = lines.text();
    line_ = lines.number();
    if (trimmed(line).starts_with("<row ")) {
      if (open_line_ != 0) {
        settle_open_row({open_row, static_cast<std::size_t>(line.data() - open_row)});
      }
      open_row = line.data();
      open_line_ = line_;
    }
    if (!stopped_) read_line(line);
    if (doctype_) return handlers_.fault(line_, "a document type is not read");
  }
  if (!stopped_ && XML_Parse(parser_.get(), "", 0, XML_TRUE) != XML_STATUS_OK) {
    handlers_.fault(open_line_ != 0 ? open_line_ : line_,
                    fmt::format("the file ends too early: {}", problem()));
  }
}

void RowParser::read_line(std::string_view line) {
  waiting_bytes_ += line.size();
  if (waiting_bytes_ > max_row_bytes) {
    handlers_.fault(line_, fmt::format("an element is longer than {} MiB", max_row_bytes >> 20));
    return restart();
  }
  if (feed(line) || stopped_ || doctype_) return;
  const std::string why = problem();
  restart();
  const std::string repaired = without_control_references(repair_text(line).text);
  if (repaired != line) {
    // The fresh parser has this line as its first.
    lines_before_ = line_ - 1;
    row_.repaired = true;
    const bool read = feed(repaired) || stopped_;
    row_.repaired = false;
    if (read) return;
    restart();
  }
  handlers_.fault(line_, fmt::format("the line is not valid XML: {}", why));
}

// `row` is all from where the row begins to where the next one does. In one piece, as expat puts
// off looking at a piece again that was incomplete before.
void RowParser::settle_open_row(std::string_view row) {
  const std::size_t line = open_line_;
  restart();
  lines_before_ = line - 1;
  open_line_ = line;
  if (row.ends_with('\n')) row.remove_suffix(1);  // feed() puts it back
  const bool read = feed(row) && open_line_ == 0;
  if (read || stopped_) return;
  restart();
  lines_before_ = line_ - 1;  // the next row's line comes first
  handlers_.fault(line, "the row is not closed before the next one begins");
}

bool RowParser::feed(std::string_view line) {
  const auto size = static_cast<int>(line.size());  // at most max_row_bytes
  return XML_Parse(parser_.get(), line.data(), size, XML_FALSE) == XML_STATUS_OK &&
         XML_Parse(parser_.get(), "\n", 1, XML_FALSE) == XML_STATUS_OK;
}

// Goes on inside a root element, so that the next row is no root of its own.
void RowParser::restart() {
  XML_ParserReset(parser_.get(), "UTF-8");
  set_handlers();
  const std::string opening = "<" + root_ + ">";
  XML_Parse(parser_.get(), opening.data(), static_cast<int>(opening.size()), XML_FALSE);
  lines_before_ = line_;
  waiting_bytes_ = 0;
  open_line_ = 0;
}

std::string RowParser::problem() const {
  return XML_ErrorString(XML_GetErrorCode(parser_.get()));
}

void RowParser::start(void* self, const XML_Char* name, const XML_Char** attributes) {
  auto& parser = *static_cast<RowParser*>(self);
  parser.waiting_bytes_ = 0;
  if (!parser.in_root_) {
    parser.in_root_ = true;
    parser.root_ = name;
  }
  if (std::string_view(name) != "row" || parser.stopped_) return;
  parser.open_line_ = 0;
  parser.row_.attributes.clear();
  for (; *attributes != nullptr; attributes += 2) {
    parser.row_.attributes.emplace_back(attributes[0], attributes[1]);
  }
  parser.row_.line = parser.lines_before_ + XML_GetCurrentLineNumber(parser.parser_.get());
  if (!parser.handlers_.row(parser.row_)) {
    parser.stopped_ = true;
    XML_StopParser(parser.parser_.get(), XML_FALSE);
  }
}

void RowParser::refuse_doctype(void* self, const XML_Char*, const XML_Char*, const XML_Char*, int) {
  auto& parser = *static_cast<RowParser*>(self);
  parser.doctype_ = true;
  XML_StopParser(parser.parser_.get(), XML_FALSE);
}

}  // namespace

void read_xml_rows(std::string_view text, const XmlHandlers& handlers) {
  RowParser(handlers).read(text);
}

}  // namespace limn
