// XmlRows: the <row .../> elements of a dump, one by one, well-formed or not.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace limn {

using XmlAttributes = std::vector<std::pair<std::string_view, std::string_view>>;

struct XmlRow {
  XmlAttributes attributes;  // in the order of the file
  std::size_t line = 0;      // where the element starts
  bool repaired = false;     // its line was not XML at first
};

struct XmlHandlers {
  // The views live until it returns. False stops the reading.
  std::function<bool(const XmlRow& row)> row;
  // A line that was passed over.
  std::function<void(std::size_t line, std::string reason)> fault;
};

// Streams. A line that is not XML is repaired (invalid UTF-8, control characters and references to
// them) and read again, or else passed over. A document type ends the reading: no entity can grow.
void read_xml_rows(std::string_view text, const XmlHandlers& handlers);

}  // namespace limn
