// JSON lines: rows of a shop, of Gorse, of anyone; and the `limn` format.
#pragma once

#include <string_view>

#include "limn/core/result.h"
#include "limn/ingest/intake.h"
#include "limn/ingest/row.h"

namespace limn {

struct JsonlKind {
  Format format = Format::jsonl;            // or gorse or limn
  RecordKind kind = RecordKind::automatic;  // of the first object
};

// What the first lines are, as far as one of them can be read.
[[nodiscard]] JsonlKind kind_of_jsonl(std::string_view text, const NameHint& hint);

// Reads one object a line, each to the record that its keys say; `kind` where it is not automatic.
// A line that is not UTF-8 is repaired first. A list of words becomes categories, tags or media;
// of texts, one text; an object becomes attributes, named "outer.inner".
//
// Errors: interrupted; the sink's.
[[nodiscard]] Result<void> read_jsonl(Intake& intake, std::string_view text, RecordKind kind,
                                      FileContext& context);

// Reads what to_record_line writes, to the letter: nothing is trimmed, renamed or repaired.
//
// Errors: interrupted; the sink's; those of ReadOptions::other_record.
[[nodiscard]] Result<void> read_record_lines(Intake& intake, std::string_view text);

}  // namespace limn
