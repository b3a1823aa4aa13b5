// The `limn` format: one JSON object a line, which reads back to the same record and the same
// bytes.
#pragma once

#include <string>

#include "limn/core/types.h"

namespace limn {

// {"type":"user","id":...}: the fields of the type in their order, those that are empty left out,
// without a newline. Times are RFC 3339 to the millisecond; numbers are the shortest that read
// back. Ids and texts must be valid UTF-8.
//
// An event's id is written where it is not 0, and read back: a store that keeps it exports the same
// bytes again.
[[nodiscard]] std::string to_record_line(const User& user);
[[nodiscard]] std::string to_record_line(const Item& item);
[[nodiscard]] std::string to_record_line(const Event& event);
[[nodiscard]] std::string to_record_line(const Edge& edge);

}  // namespace limn
